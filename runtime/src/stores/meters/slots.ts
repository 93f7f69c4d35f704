import type { Cell, Meter, Tally } from "./meter.js";

/** Nobody knows when a call ends, so nobody can say when to come again. Microseconds. */
const guess = 1_000_000;

/** Who is inside: pairs of a number and until when it counts if it is not renewed, so that a process that dies leaves nothing behind. */
export const slots: Meter = {
  room: (tally, cell, at) => cell.limit - others(tally, cell, at).length / 2,
  add: (tally, cell, at, units) => {
    const kept = others(tally, cell, at);
    if (units > 0) kept.push(cell.slot, at + cell.window);
    return kept;
  },
  wait: (tally, cell, at, units) => (others(tally, cell, at).length / 2 + units <= cell.limit ? 0 : guess),
  ends: (tally) => {
    let last = 0;
    for (let n = 1; n < tally.length; n += 2) last = Math.max(last, tally[n] ?? 0);
    return last;
  },
};

function others(tally: Tally, cell: Cell, at: number): number[] {
  const kept: number[] = [];
  for (let n = 0; n < tally.length; n += 2) {
    const until = tally[n + 1] ?? 0;
    if (tally[n] !== cell.slot && until > at && until <= at + 2 * cell.window)
      kept.push(tally[n] ?? 0, Math.min(until, at + cell.window));
  }
  return kept;
}
