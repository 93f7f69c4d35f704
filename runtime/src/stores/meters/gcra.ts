import type { Cell, Meter, Tally } from "./meter.js";

/**
 * The generic cell rate algorithm: one number, the time at which the next unit would arrive if all came evenly. It decides as a token
 * bucket does that holds `burst` tokens and is filled all the time.
 */
export const gcra: Meter = {
  room: (tally, cell, at) => Math.floor((cell.horizon - (arrival(tally, cell, at) - at)) / cell.interval),
  add: (tally, cell, at, units) => [
    Math.min(Math.max(arrival(tally, cell, at) + units * cell.interval, at), at + cell.ceiling),
  ],
  wait: (tally, cell, at, units) => Math.max(0, arrival(tally, cell, at) - at + units * cell.interval - cell.horizon),
  ends: ([arrives = 0]) => arrives,
};

/** Never behind now, and never further ahead of it than is counted; what is, a clock wrote that was set back since. */
function arrival([stored]: Tally, cell: Cell, at: number): number {
  if (stored === undefined || stored < at || stored > at + cell.ceiling + cell.window) return at;
  return Math.min(stored, at + cell.ceiling);
}
