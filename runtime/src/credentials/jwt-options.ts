import type { Denylist } from "../secrets/denylist.js";
import type { Fetch } from "./fetch-json.js";
import type { IntrospectionClient } from "./introspection-client.js";

/**
 * What code says of a token scheme, where the spec does not. Code fills gaps: a value that differs from the spec's is an error
 * at start, because then one of the two is not what its author believes.
 */
export interface JwtOptions {
  /** Compared exactly with `iss`. */
  readonly issuer?: string;
  /** One of them must be in `aud`. */
  readonly audience?: string | readonly string[];
  /** The algorithms that a token may be signed with. */
  readonly algorithms?: readonly string[];
  /** Where the issuer's keys are; discovered where absent. */
  readonly jwksUri?: string;
  /** Where the issuer's metadata is; the issuer's well-known places where absent. */
  readonly discovery?: string;
  /**
   * The one algorithm of keys whose JWK states none, for providers that leave `alg` out. Absent: such keys are not used, since
   * what a key may be used for would then be for the token to say (RFC 8725, 3.1).
   */
  readonly keysWithoutAlgorithm?: string;
  /** Verified tokens that are remembered at once; 10,000 where absent, 0 for none. */
  readonly cachedTokens?: number;
  /** Milliseconds for which a verified token is remembered, at most until it expires; five minutes where absent. */
  readonly cachedFor?: number;
  /** Milliseconds between two fetches of the keys because of an unknown `kid`; 30 seconds where absent. */
  readonly keyCooldown?: number;
  /** Fetches metadata and keys; the global `fetch` where absent. */
  readonly fetch?: Fetch;
  /** Tokens that are no longer good: required where the spec says `revocation: denylist`. */
  readonly denylist?: Denylist;
  /** Who we are at the introspection endpoint: required where the spec says `revocation: introspect`. */
  readonly introspection?: IntrospectionClient;
}
