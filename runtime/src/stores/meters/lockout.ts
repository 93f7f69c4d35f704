import type { Cell, Meter, Tally } from "./meter.js";

/**
 * Counts until it is full, and is then full for a window. What was counted is forgotten when nothing came for a window. How much, and
 * until when it matters.
 */
export const lockout: Meter = {
  room: (tally, cell, at) => cell.limit - current(tally, cell, at)[0],
  add: (tally, cell, at, units) => {
    const [count, until] = current(tally, cell, at);
    return [Math.max(0, count + units), units > 0 ? at + cell.window : until];
  },
  wait: (tally, cell, at, units) => {
    const [count, until] = current(tally, cell, at);
    return count + units <= cell.limit ? 0 : until - at;
  },
  ends: ([, until = 0]) => until,
};

function current([count = 0, until = 0]: Tally, cell: Cell, at: number): readonly [number, number] {
  if (at >= until || until > at + 2 * cell.window) return [0, at];
  return [count, Math.min(until, at + cell.window)];
}
