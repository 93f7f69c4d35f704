import type { Cell, Meter, Tally } from "./meter.js";

/** Parts of a window that are counted apart. */
const parts = 10;

/**
 * A window that ends now, counted in tenths: pairs of the tenth's number and its count, the oldest first. A tenth counts until all of it
 * is out of the window, so never more than `limit` fall into any window, wherever it begins; room comes back a tenth late at most.
 */
export const sliding: Meter = {
  room: (tally, cell, at) => cell.limit - sum(live(tally, cell, at)),
  add: (tally, cell, at, units) => {
    const kept = live(tally, cell, at);
    return units < 0 ? without(kept, -units) : within(kept, Math.floor(at / width(cell)), units);
  },
  wait: (tally, cell, at, units) => {
    const kept = live(tally, cell, at);
    let missing = sum(kept) + units - cell.limit;
    let wait = 0;
    for (let n = 0; n < kept.length && missing > 0; n += 2) {
      missing -= kept[n + 1] ?? 0;
      wait = leaves(kept[n] ?? 0, cell) - at;
    }
    return missing > 0 ? cell.window : wait;
  },
  ends: (tally, cell) => (tally.length === 0 ? 0 : leaves(tally[tally.length - 2] ?? 0, cell)),
};

function width({ window }: Cell): number {
  return Math.ceil(window / parts);
}

/** The instant at which all of a tenth is out of the window. */
function leaves(part: number, cell: Cell): number {
  return (part + 1) * width(cell) + cell.window;
}

function live(tally: Tally, cell: Cell, at: number): number[] {
  const now = Math.floor(at / width(cell));
  const kept: number[] = [];
  for (let n = 0; n < tally.length; n += 2) {
    const written = tally[n] ?? 0;
    // What lies ahead was counted before the clock was set back: it counts as of now, if it is not too far ahead.
    const part = Math.min(written, now);
    if (leaves(part, cell) <= at || written > now + parts) continue;
    if (kept[kept.length - 2] === part) kept[kept.length - 1] = (kept[kept.length - 1] ?? 0) + (tally[n + 1] ?? 0);
    else kept.push(part, tally[n + 1] ?? 0);
  }
  return kept;
}

function sum(tally: Tally): number {
  let total = 0;
  for (let n = 1; n < tally.length; n += 2) total += tally[n] ?? 0;
  return total;
}

function within(kept: number[], now: number, units: number): Tally {
  if (kept[kept.length - 2] === now) kept[kept.length - 1] = (kept[kept.length - 1] ?? 0) + units;
  else kept.push(now, units);
  return kept;
}

/** What is given back is taken from the newest. */
function without(kept: number[], units: number): Tally {
  let left = units;
  for (let n = kept.length - 1; n > 0 && left > 0; n -= 2) {
    const less = Math.min(left, kept[n] ?? 0);
    kept[n] = (kept[n] ?? 0) - less;
    left -= less;
  }
  return kept;
}
