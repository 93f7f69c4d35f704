/** One limit to be counted against, with the key of its counter. */
export interface LimitCheck {
  /** Of the limit and its subject: `perUser|…`. */
  readonly key: string;
  /** Milliseconds between two requests at the limit's sustained rate. */
  readonly interval: number;
  /** Requests that may come at once. */
  readonly burst: number;
}

/** What one limit says. */
export interface LimitVerdict {
  readonly allowed: boolean;
  /** Requests left now. */
  readonly remaining: number;
  /** Milliseconds until one more request is allowed; 0 when one is. */
  readonly retryAfter: number;
  /** Milliseconds until the full burst is there again. */
  readonly reset: number;
}

/**
 * Counters of rate limits. All checks of a call are judged together: either each is counted or none is, in one atomic step.
 * A store that throws or rejects refuses the call (R12, R44).
 */
export interface LimitStore {
  readonly take: (
    checks: readonly LimitCheck[],
    now: number,
  ) => readonly LimitVerdict[] | Promise<readonly LimitVerdict[]>;
}
