import type { LimitCheck, LimitStore, LimitVerdict } from "./limits.js";

/** Options of `memoryLimits`. */
export interface MemoryLimitsOptions {
  /** Counters that are kept at once; 100,000 where absent. */
  readonly maxKeys?: number;
}

/** One check in whole microseconds, so that sums are exact where milliseconds as fractions would drift. */
interface Cell {
  readonly key: string;
  readonly interval: number;
  /** How far ahead of now the theoretical arrival time may be: the whole burst. */
  readonly horizon: number;
}

/**
 * Counters in the memory of one process, by the generic cell rate algorithm: exact, one number a counter, no timers.
 *
 * Memory is bounded. When `maxKeys` counters are live, those that are full again go first; if none is, the ones nearest to being
 * full again go, a sixty-fourth of all at a time. A caller who is being refused is the last to be forgotten.
 */
export function memoryLimits({ maxKeys = 100_000 }: MemoryLimitsOptions = {}): LimitStore {
  if (!Number.isSafeInteger(maxKeys) || maxKeys < 1) throw new RangeError("maxKeys is a whole number, at least 1");
  /** Theoretical arrival times, in microseconds since 1970. */
  const arrivals = new Map<string, number>();
  return {
    take: (checks, now) => {
      const at = Math.round(now * 1_000);
      const cells = checks.map(toCell);
      const next = judge(cells, at, arrivals);
      if (next !== undefined) {
        for (const [key, arrival] of next) {
          if (!arrivals.has(key) && arrivals.size >= maxKeys) makeRoom(arrivals, at, Math.ceil(maxKeys / 64));
          arrivals.set(key, arrival);
        }
      }
      return cells.map((cell) => verdictOf(cell, at, arrivals.get(cell.key), next !== undefined));
    },
  };
}

/** The arrival times after the call was counted against every cell; `undefined` when one of them does not allow it. */
function judge(
  cells: readonly Cell[],
  at: number,
  arrivals: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> | undefined {
  const next = new Map<string, number>();
  for (const cell of cells) {
    const arrival = current(cell, at, next.get(cell.key) ?? arrivals.get(cell.key)) + cell.interval;
    if (arrival - cell.horizon > at) return undefined;
    next.set(cell.key, arrival);
  }
  return next;
}

function verdictOf(cell: Cell, at: number, stored: number | undefined, counted: boolean): LimitVerdict {
  const ahead = current(cell, at, stored) - at;
  const wait = Math.max(0, ahead + cell.interval - cell.horizon);
  return {
    allowed: counted || wait === 0,
    remaining: Math.max(0, Math.floor((cell.horizon - ahead) / cell.interval)),
    retryAfter: Math.ceil(wait / 1_000),
    reset: Math.ceil(ahead / 1_000),
  };
}

/** Never behind now; never more than a burst ahead of it, so that a clock that is set back locks nobody out for longer. */
function current(cell: Cell, at: number, stored: number | undefined): number {
  return Math.min(Math.max(stored ?? at, at), at + cell.horizon);
}

function toCell({ key, interval, burst }: LimitCheck): Cell {
  if (!(interval > 0) || !Number.isFinite(interval) || !Number.isSafeInteger(burst) || burst < 1) {
    throw new RangeError("A limit has a positive interval and a burst of at least 1");
  }
  const micros = Math.ceil(interval * 1_000);
  return { key, interval: micros, horizon: micros * burst };
}

/** Forgets at least a batch of counters, so that the pass over all of them pays for as many insertions. */
function makeRoom(arrivals: Map<string, number>, at: number, batch: number): void {
  const live = arrivals.size;
  for (const [key, arrival] of arrivals) if (arrival <= at) arrivals.delete(key);
  const missing = batch - (live - arrivals.size);
  if (missing <= 0) return;
  const nearest = [...arrivals].sort((a, b) => a[1] - b[1]).slice(0, missing);
  for (const [key] of nearest) arrivals.delete(key);
}
