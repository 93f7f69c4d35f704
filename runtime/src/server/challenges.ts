import type { BoundVerifier } from "../credentials/verifier.js";
import type { Exchange } from "../http/exchange.js";
import type { Ground } from "./blueprint.js";

/** A scheme at work, by its name in the spec. */
export interface NamedVerifier {
  readonly name: string;
  readonly verifier: BoundVerifier;
}

/** The verifiers of some schemes. A scheme without one never gets here: the server does not start. */
export function named(names: readonly string[], ground: Ground): readonly NamedVerifier[] {
  return names.map((name) => {
    const verifier = ground.verifiers.get(name);
    if (verifier === undefined) throw new TypeError(`No verifier is bound to "${name}"`);
    return { name, verifier };
  });
}

type AuthParams = Readonly<Record<string, string>>;

/**
 * One `WWW-Authenticate` line for each scheme that would let the caller in (RFC 9110, 11.6.1).
 * @param errors what was wrong, by scheme. RFC 6750, 3.1: nothing of it where no credential came.
 */
export function challenges(
  schemes: readonly NamedVerifier[],
  errors: ReadonlyMap<string, AuthParams>,
  exchange: Exchange,
  ground: Ground,
): readonly string[] {
  return schemes.flatMap(({ name, verifier }) => {
    const parameters = { ...errors.get(name), ...whereToAsk(verifier, exchange, ground) };
    return ["WWW-Authenticate", verifier.challenge(parameters)];
  });
}

/** RFC 9728, 5.1: a client that knows nothing of us learns here where its tokens come from. */
function whereToAsk({ resource }: BoundVerifier, exchange: Exchange, ground: Ground): AuthParams {
  const url = resource === undefined ? undefined : ground.resource.metadataUrl(exchange);
  return url === undefined ? {} : { resource_metadata: url };
}
