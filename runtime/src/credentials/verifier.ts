import type { Exchange } from "../http/exchange.js";
import type { Log } from "../observe/log.js";
import type { SchemePolicy } from "../policy/index.js";
import type { Refusal } from "../problem/refusal.js";
import type { Secret } from "../secrets/secret.js";
import type { Identity } from "./principal.js";

/** What a verifier is bound to at start. */
export interface SchemeContext {
  readonly name: string;
  readonly scheme: SchemePolicy;
  /** Values of `env:NAME` settings; those that are secrets do not print. */
  readonly settings: Readonly<Record<string, string | Secret>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** For what goes wrong without failing a call. */
  readonly log?: Log;
  /** The origin that callers reach this server at (`https://api.example.com`); absent, the connection and `Host` say it. */
  readonly origin?: string;
}

/** What a verifier makes of a request: who it is; that there is no such credential (`undefined`); or that there is a bad one. */
export type Verdict = Identity | Refusal | undefined;

/** A verifier at work for one scheme. */
export interface BoundVerifier {
  readonly verify: (exchange: Exchange) => Verdict | Promise<Verdict>;
  /**
   * What `verify` would say, where that needs no work: that it knows who it is, or that there is no such credential. `undefined` where the
   * credential would have to be judged. Absent: it always would.
   */
  readonly foresee?: (exchange: Exchange) => "known" | "absent" | undefined;
  /**
   * The challenge of this scheme for `WWW-Authenticate` (RFC 9110, 11.6.1).
   * @param error the auth-params that say what was wrong (RFC 6750, 3); none when no credential came.
   */
  readonly challenge: (error?: Readonly<Record<string, string>>) => string;
  /** What a token of this scheme comes from and needs, for the protected resource metadata (RFC 9728, 2). */
  readonly resource?: ResourceFacts;
  /** Header fields that go with every answer to a call of this scheme, flat. */
  readonly headers?: () => readonly string[];
}

/** What the metadata of a protected resource says of one of its schemes (RFC 9728, 2). */
export interface ResourceFacts {
  /** Issuer identifiers of the authorization servers. */
  readonly authorizationServers: readonly string[];
  readonly binding: "none" | "dpop" | "mtls";
  /** Algorithms that a proof of possession may be signed with. */
  readonly dpopAlgorithms: readonly string[];
}

/** How credentials of one kind of scheme are verified. `bind` throws a StartError when the scheme lacks what it needs. */
export interface Verifier<K extends SchemePolicy["kind"] = SchemePolicy["kind"]> {
  readonly kind: K;
  readonly bind: (context: SchemeContext) => BoundVerifier;
}
