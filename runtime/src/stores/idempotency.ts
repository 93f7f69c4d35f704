/** A call that asks whether it is the first with its key. */
export interface Claim {
  /** Of the input. A key belongs to one. */
  readonly fingerprint: string;
  /** Names this very attempt. */
  readonly owner: string;
  /** For how many milliseconds it counts as running when nothing more is heard of it. */
  readonly lease: number;
  /** For how many milliseconds the key is remembered. */
  readonly ttl: number;
  /** Whether it may go on where another has been, and nobody knows how that ended. */
  readonly again: boolean;
}

/** What there was under a key. `new`: nothing; from now on there is this call. */
export type Found =
  | { readonly kind: "new" }
  | { readonly kind: "running" }
  | { readonly kind: "unknown" }
  | { readonly kind: "other" }
  | { readonly kind: "done"; readonly result: string };

/** How a call ended: with a result; as if it had never been; or nobody knows how. */
export type Settlement =
  | { readonly kind: "done"; readonly result: string }
  | { readonly kind: "forgotten" }
  | { readonly kind: "unknown" };

/**
 * Remembers calls by their keys. Each function is one atomic step: of two calls at the same time one is told that it is new. What fails
 * throws or rejects; the call is then refused with 503 before its handler runs.
 */
export interface IdempotencyStore {
  readonly begin: (key: string, claim: Claim, now: number) => Found | Promise<Found>;
  /** The call is still running. */
  readonly renew: (key: string, claim: Claim, now: number) => void | Promise<void>;
  /** Does nothing where another call holds the key by now. */
  readonly settle: (key: string, claim: Claim, how: Settlement, now: number) => void | Promise<void>;
}
