import type { LimitCheck } from "../limits.js";

/** The numbers of a counter; none where nothing was counted, or nothing that still matters. */
export type Tally = readonly number[];

/** A check in whole microseconds, so that sums are exact where milliseconds as fractions would drift. */
export interface Cell {
  readonly limit: number;
  readonly window: number;
  /** Of gcra: between two units at the sustained rate. */
  readonly interval: number;
  /** Of gcra: how far ahead of now the theoretical arrival time may be: the whole burst. */
  readonly horizon: number;
  /** Of gcra: how far ahead it may be at most, debts included. */
  readonly ceiling: number;
  readonly slot: number;
}

/**
 * One way to count. Instants and lengths of time are in microseconds. What a clock wrote that was set back since is clamped to what can
 * be; and forgotten where it lies more than a window ahead of that, or a caller would be locked out for as long as the clock was wrong.
 */
export interface Meter {
  /** Units that there is room for; below 0 where more was counted. */
  readonly room: (tally: Tally, cell: Cell, at: number) => number;
  /** The tally after some units were counted, or, below 0, given back. */
  readonly add: (tally: Tally, cell: Cell, at: number, units: number) => Tally;
  /** How long until there is room for some units; 0 when there is. */
  readonly wait: (tally: Tally, cell: Cell, at: number, units: number) => number;
  /** The instant from which on the tally says nothing any more. */
  readonly ends: (tally: Tally, cell: Cell) => number;
}

/**
 * Reads a check.
 * @throws RangeError for one that makes no sense: it must not become no limit.
 */
export function toCell({ limit, window, burst, debt, slot = 0 }: LimitCheck): Cell {
  const micros = Math.round(window * 1_000);
  if (!isCount(limit) || !isCount(burst) || !(micros >= 1) || !Number.isSafeInteger(micros))
    throw new RangeError("A limit has a positive window, and a limit and a burst of at least 1");
  const interval = Math.ceil(micros / limit);
  const horizon = interval * burst;
  return { limit, window: micros, interval, horizon, ceiling: debt === true ? horizon + micros : horizon, slot };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
