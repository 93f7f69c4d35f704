import { type ApiKeyScheme, type ApiPolicy, toMilliseconds } from "../policy/index.js";
import type { KeyHash } from "./key-record.js";

/** What a scheme of the spec says about its keys. */
export type KeyTerms = Pick<ApiKeyScheme, "prefix" | "entropyBits" | "hash" | "expires" | "rotation">;

/** The same, read: nothing is left open. Lengths of time are milliseconds. */
export interface KeyRules {
  readonly prefix: string;
  readonly secretOctets: number;
  readonly hash: KeyHash;
  readonly mustExpire: boolean;
  readonly maxAge: number | undefined;
  readonly overlap: number;
}

/**
 * A scheme of generated `policy.ts`, as keys are made and judged by it: `createApiKey({ ...keyScheme(api, "partnerKey"), store, owner })`.
 * @throws RangeError where the API has no such scheme, or it is not one of API keys: no rules must not mean any rules.
 */
export function keyScheme(
  api: Pick<ApiPolicy, "schemes">,
  scheme: string,
): { readonly scheme: string; readonly rules: KeyTerms } {
  const rules = Object.hasOwn(api.schemes, scheme) ? api.schemes[scheme] : undefined;
  if (rules?.kind !== "apiKey") throw new RangeError(`The API has no scheme "${scheme}" for API keys`);
  return { scheme, rules };
}

const prefixForm = /^[A-Za-z0-9_.-]{0,32}$/;

/**
 * Reads the rules of a scheme.
 * @throws RangeError for a rule that cannot be held: a prefix that cannot stand in a header or a cookie, less than 128 random bits
 *   (ASVS 11.5.1), a rotation whose overlap is longer than a key may live.
 */
export function keyRulesOf(terms: KeyTerms): KeyRules {
  const { prefix = "", entropyBits = 160, hash = "sha256", expires = "optional", rotation } = terms;
  if (!prefixForm.test(prefix)) throw new RangeError("The prefix of an API key is at most 32 of A-Z a-z 0-9 _ . -");
  if (!Number.isInteger(entropyBits) || entropyBits < 128 || entropyBits > 512)
    throw new RangeError("The secret of an API key has 128 to 512 random bits");
  if (hash !== "sha256" && hash !== "hmac-sha256") throw new RangeError(`There is no hash "${hash}" for API keys`);
  const maxAge = rotation === undefined ? undefined : toMilliseconds(rotation.maxAge);
  const overlap = rotation?.overlap === undefined ? 0 : toMilliseconds(rotation.overlap);
  if (maxAge !== undefined && !(maxAge > 0 && overlap <= maxAge))
    throw new RangeError("rotation.maxAge is longer than nothing, and rotation.overlap not longer than it");
  return {
    prefix,
    secretOctets: Math.ceil(entropyBits / 8),
    hash,
    mustExpire: expires === "required",
    maxAge,
    overlap,
  };
}
