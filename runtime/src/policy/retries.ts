import type { Duration } from "./units.js";

/** How the client repeats a call that failed in a way that may pass. Jitter is always full. */
export interface Retries {
  /** Attempts in all, the first one included. */
  readonly maxAttempts: number;
  readonly base: Duration;
  readonly cap: Duration;
  readonly maxElapsed: Duration;
  readonly statuses: readonly number[];
  /** Whether a connection that broke is repeated. */
  readonly network: boolean;
  /** `idempotent`: only methods that RFC 9110, 9.2.2 calls so. `never`: not at all. */
  readonly when: "idempotent" | "always" | "never";
  /** The longest Retry-After that is waited for. A longer one fails the call at once: repeating early would be wrong. */
  readonly retryAfterMax: Duration;
}
