import { type Cost, costOf } from "./cost.js";

/** What one match may cost, in steps: about 100 ms, and a thousand times what a match should need (R36). */
const budget = 10_000_000;

/** The longest text on which a pattern that nobody can judge is tried: at worst each character doubles the ways. */
const longestUnjudged = Math.floor(Math.log2(budget));

/** How long a text may be that meets a pattern of such a cost. Nothing helps against time without end. */
export function longestAt(cost: Cost): number {
  switch (cost.kind) {
    case "linear":
      return Number.POSITIVE_INFINITY;
    case "polynomial":
      return Math.floor(budget ** (1 / cost.degree));
    case "exponential":
      return 0;
    case "unjudged":
      return longestUnjudged;
    default:
      return cost satisfies never;
  }
}

/** How long a text may be that meets a pattern: what the schema says, or less where the pattern takes the text's square or more. */
export function longestOf(pattern: string, maxLength?: number): number | undefined {
  const cost = costOf(pattern);
  return cost.kind === "polynomial" ? Math.min(maxLength ?? Number.POSITIVE_INFINITY, longestAt(cost)) : maxLength;
}
