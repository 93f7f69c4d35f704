/**
 * How a counter counts. `gcra` is a bucket that refills all the time; `fixed` starts a window with its first unit; `sliding` looks back
 * over one; `lockout` counts until it is full, and then stays so for a window; `slots` counts who is inside.
 */
export type LimitAlgorithm = "gcra" | "fixed" | "sliding" | "lockout" | "slots";

/** One limit to be counted against, with the key of its counter. A key is always counted by one algorithm. */
export interface LimitCheck {
  /** Of the limit and its subject: `g|perUser|…`. */
  readonly key: string;
  readonly algorithm: LimitAlgorithm;
  /** Units in a window. */
  readonly limit: number;
  /** Milliseconds. Of `slots`: after which one is free again that nobody has renewed. */
  readonly window: number;
  /** Of `gcra`: units that may come at once. */
  readonly burst: number;
  /** Units that this call takes; below 0 it gives some back. */
  readonly cost: number;
  /** Units that it takes where there is room for so many; it is allowed as soon as there is room for `cost`. */
  readonly upTo?: number;
  /** It has happened already: it is counted whether or not there is room, and refuses nothing. */
  readonly always?: boolean;
  /** Of `gcra`: what is counted beyond the burst is owed, for up to a window. Otherwise it is forgotten. */
  readonly debt?: boolean;
  /** Of `slots`: who takes one. Who has one already renews it. */
  readonly slot?: number;
}

/** What one limit says. */
export interface LimitVerdict {
  readonly allowed: boolean;
  /** Units left now; below 0 where more was counted than there was room for. */
  readonly remaining: number;
  /** Milliseconds until as much again is allowed; 0 when it is. */
  readonly retryAfter: number;
  /** Milliseconds until everything is there again. */
  readonly reset: number;
  /** Units that were taken, where the check would take more than its `cost`. */
  readonly taken?: number;
}

/**
 * Counters of rate limits. All checks of a call are judged together: either each is counted or none is, in one atomic step.
 * A store that throws, rejects, or takes too long has failed: then the limit's `onStoreError` holds (R44).
 */
export interface LimitStore {
  /** Whether an answer takes a round trip. Then the limits of a call are asked for together where they can be. */
  readonly remote?: boolean;
  readonly take: (
    checks: readonly LimitCheck[],
    now: number,
  ) => readonly LimitVerdict[] | Promise<readonly LimitVerdict[]>;
}

/** A store that answers at once. */
export interface LocalLimitStore extends LimitStore {
  readonly take: (checks: readonly LimitCheck[], now: number) => readonly LimitVerdict[];
}
