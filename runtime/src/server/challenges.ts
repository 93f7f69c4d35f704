import type { BoundVerifier } from "../credentials/verifier.js";

/** A scheme at work, by its name in the spec. */
export interface NamedVerifier {
  readonly name: string;
  readonly verifier: BoundVerifier;
}

/**
 * One `WWW-Authenticate` line for each scheme that would let the caller in (RFC 9110, 11.6.1).
 * @param errors what was wrong, by scheme. RFC 6750, 3.1: nothing of it where no credential came.
 */
export function challenges(
  schemes: readonly NamedVerifier[],
  errors: ReadonlyMap<string, Readonly<Record<string, string>>>,
): readonly string[] {
  return schemes.flatMap(({ name, verifier }) => ["WWW-Authenticate", verifier.challenge(errors.get(name))]);
}
