import type { Exchange } from "../http/exchange.js";
import type { Log } from "../observe/log.js";
import type { SchemePolicy } from "../policy/index.js";
import type { Refusal } from "../problem/refusal.js";
import type { Identity } from "./principal.js";

/** What a verifier is bound to at start. */
export interface SchemeContext {
  readonly name: string;
  readonly scheme: SchemePolicy;
  /** Values of `env:NAME` settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** For what goes wrong without failing a call. */
  readonly log?: Log;
}

/** What a verifier makes of a request: who it is; that there is no such credential (`undefined`); or that there is a bad one. */
export type Verdict = Identity | Refusal | undefined;

/** A verifier at work for one scheme. */
export interface BoundVerifier {
  readonly verify: (exchange: Exchange) => Verdict | Promise<Verdict>;
  /**
   * The challenge of this scheme for `WWW-Authenticate` (RFC 9110, 11.6.1).
   * @param error the auth-params that say what was wrong (RFC 6750, 3); none when no credential came.
   */
  readonly challenge: (error?: Readonly<Record<string, string>>) => string;
}

/** How credentials of one kind of scheme are verified. `bind` throws a StartError when the scheme lacks what it needs. */
export interface Verifier<K extends SchemePolicy["kind"] = SchemePolicy["kind"]> {
  readonly kind: K;
  readonly bind: (context: SchemeContext) => BoundVerifier;
}
