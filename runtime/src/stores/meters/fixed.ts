import type { Cell, Meter, Tally } from "./meter.js";

/** Windows that start with their first unit, so that not everybody's quota comes back in the same instant: when it began, and how much. */
export const fixed: Meter = {
  room: (tally, cell, at) => cell.limit - current(tally, cell, at)[1],
  add: (tally, cell, at, units) => {
    const [start, count] = current(tally, cell, at);
    return [start, Math.max(0, count + units)];
  },
  wait: (tally, cell, at, units) => {
    const [start, count] = current(tally, cell, at);
    return count + units <= cell.limit ? 0 : start + cell.window - at;
  },
  ends: ([start = 0], cell) => start + cell.window,
};

function current([start = 0, count = 0]: Tally, cell: Cell, at: number): readonly [number, number] {
  if (at >= start + cell.window || start > at + cell.window) return [at, 0];
  // The clock was set back a little: the window is no longer for it than it is.
  return [Math.min(start, at), count];
}
