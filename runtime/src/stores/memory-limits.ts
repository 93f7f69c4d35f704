import type { LimitCheck, LimitVerdict, LocalLimitStore } from "./limits.js";
import { meters } from "./meters/index.js";
import { type Cell, type Meter, type Tally, toCell } from "./meters/meter.js";

/** Options of `memoryLimits`. */
export interface MemoryLimitsOptions {
  /** Counters that are kept at once; 100,000 where absent. */
  readonly maxKeys?: number;
}

/** A counter. It is changed where it stands: one that is counted with every call is not worth an object each time. */
interface Entry {
  tally: Tally;
  /** The instant in microseconds from which on it says nothing any more. */
  ends: number;
  /** What it was counted by last, in whole microseconds: most callers hand in the very same check again. */
  check: LimitCheck;
  cell: Cell;
}

type Entries = Map<string, Entry>;

/** One check of a call, and how it came out. */
interface Judged {
  readonly check: LimitCheck;
  readonly meter: Meter;
  readonly cell: Cell;
  readonly units: number;
  /** What would be counted; `undefined`: there is no room. */
  readonly after: Tally | undefined;
}

const nothing: Tally = [];

/**
 * Counters in the memory of one process: exact, a few numbers a counter, no timers.
 *
 * Memory is bounded. When `maxKeys` counters are live, those that are full again go first; if none is, the ones nearest to being
 * full again go, a sixty-fourth of all at a time. A caller who is being refused is the last to be forgotten.
 */
export function memoryLimits({ maxKeys = 100_000 }: MemoryLimitsOptions = {}): LocalLimitStore {
  if (!Number.isSafeInteger(maxKeys) || maxKeys < 1) throw new RangeError("maxKeys is a whole number, at least 1");
  const entries: Entries = new Map();
  const write = ({ check, meter, cell }: Judged, tally: Tally, at: number): void => {
    const { key } = check;
    const ends = meter.ends(tally, cell);
    const entry = entries.get(key);
    if (ends <= at) {
      entries.delete(key);
    } else if (entry === undefined) {
      if (entries.size >= maxKeys) makeRoom(entries, at, Math.ceil(maxKeys / 64));
      entries.set(key, { tally, ends, check, cell });
    } else {
      entry.tally = tally;
      entry.ends = ends;
      entry.check = check;
      entry.cell = cell;
    }
  };
  const takeAll = (checks: readonly LimitCheck[], at: number): readonly LimitVerdict[] => {
    const next = new Map<string, Tally>();
    const judged = checks.map((check) => {
      const entry = entries.get(check.key);
      const one = judge(check, at, entry, next.get(check.key) ?? entry?.tally);
      if (one.after !== undefined) next.set(check.key, one.after);
      return one;
    });
    const counted = judged.every(({ after }) => after !== undefined);
    if (counted) for (const one of judged) write(one, next.get(one.check.key) ?? nothing, at);
    return judged.map((one) => verdictOf(one, entries.get(one.check.key)?.tally ?? nothing, at, counted));
  };
  return {
    take: (checks, now) => {
      const at = Math.round(now * 1_000);
      const [only] = checks;
      if (only === undefined || checks.length > 1) return takeAll(checks, at);
      const entry = entries.get(only.key);
      const before = entry?.tally ?? nothing;
      const one = judge(only, at, entry, before);
      if (one.after !== undefined) write(one, one.after, at);
      return [verdictOf(one, one.after ?? before, at, one.after !== undefined)];
    },
  };
}

/** Decides one check. */
function judge(check: LimitCheck, at: number, entry: Entry | undefined, tally: Tally = nothing): Judged {
  const cell = entry?.check === check ? entry.cell : toCell(check);
  const meter = meters[check.algorithm];
  const { cost, upTo = cost } = check;
  const room = cost < 0 || check.always === true ? upTo : meter.room(tally, cell, at);
  const units = Math.min(room, upTo);
  return { check, meter, cell, units, after: units < cost ? undefined : meter.add(tally, cell, at, units) };
}

function verdictOf({ check, meter, cell, units }: Judged, tally: Tally, at: number, counted: boolean): LimitVerdict {
  const wait = meter.wait(tally, cell, at, Math.max(1, check.cost));
  return {
    allowed: counted || units >= check.cost,
    remaining: meter.room(tally, cell, at),
    retryAfter: Math.ceil(wait / 1_000),
    reset: Math.max(0, Math.ceil((meter.ends(tally, cell) - at) / 1_000)),
    taken: counted ? units : 0,
  };
}

/** Forgets at least a batch of counters, so that the pass over all of them pays for as many insertions. */
function makeRoom(entries: Entries, at: number, batch: number): void {
  const live = entries.size;
  for (const [key, { ends }] of entries) if (ends <= at) entries.delete(key);
  const missing = batch - (live - entries.size);
  if (missing <= 0) return;
  const nearest = [...entries].sort((a, b) => a[1].ends - b[1].ends).slice(0, missing);
  for (const [key] of nearest) entries.delete(key);
}
