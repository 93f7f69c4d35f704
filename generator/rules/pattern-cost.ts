import { createRequire } from "node:module";
import type { Diagnostics, Parameters } from "recheck";

/** How the time that a match takes grows with the text; and a text, as JavaScript, on which it does. */
export type Cost =
  | { readonly kind: "linear" }
  | { readonly kind: "polynomial"; readonly degree: number; readonly text: string }
  | { readonly kind: "exponential"; readonly text: string }
  | { readonly kind: "unjudged" };

const linear: Cost = { kind: "linear" };
const unjudged: Cost = { kind: "unjudged" };
const known = new Map<string, Cost>();

/** What a pattern can cost, as its automaton has it: no measurement, so the same on every machine. */
export function costOf(pattern: string): Cost {
  if (isPlain(pattern)) return linear;
  const before = known.get(pattern);
  if (before !== undefined) return before;
  const bound = judge(checker(), unbounded(pattern));
  const cost = bound.kind === "linear" ? bound : judge(checker(), pattern);
  known.set(pattern, cost);
  return cost;
}

const escapesClassesAndCounts = /\\[upP]\{[^}]*\}|\\.|\[(?:\\.|[^\]])*\]|\{(\d+)(?:,(\d*))?\}/gs;
/** From this many on, the copies that an automaton needs of what is counted take seconds to judge. */
const manyCopies = 8;

/**
 * The pattern with its large counts forgotten. It matches in every way in which the pattern does, and in more: where it is linear, so is
 * the pattern, and an automaton without the copies is judged many times faster, on slow machines well within the time as well.
 */
export function unbounded(pattern: string): string {
  return pattern.replace(escapesClassesAndCounts, (part, least?: string, most?: string) => {
    if (least === undefined || Math.max(Number(least), Number(most ?? 0)) < manyCopies) return part;
    return Number(least) === 0 ? "*" : "+";
  });
}

/** Most patterns: anchored, no groups, and one repetition of varying length at most. There is one way to match, and one place to begin. */
function isPlain(pattern: string): boolean {
  const bare = pattern.replace(/\\./gs, "_").replace(/\[[^\]]*\]/g, "_");
  const repetitions = bare.match(/[*+]|\{\d+,\d*\}/g) ?? [];
  const options = bare.match(/\?/g) ?? [];
  if (/[(|]/.test(bare) || options.length > 4) return false;
  return repetitions.length === 0 || (repetitions.length === 1 && bare.startsWith("^"));
}

/** The part of recheck that is used. */
type Check = (source: string, flags: string, parameters: Parameters) => Diagnostics;

/** Three megabytes, which most descriptions do not need. Its other entries start a worker, or Java. */
function checker(): Check {
  const library = createRequire(import.meta.url)("recheck/lib/browser.js") as { readonly checkSync: Check };
  return library.checkSync;
}

/** A safety net: what takes so long is a pattern that nobody should run. */
const timeout = 10_000;

function judge(check: Check, pattern: string): Cost {
  // JSON Schema core, 6.4: patterns are read as Unicode. Those that only make sense without are read without.
  for (const flags of ["u", ""]) {
    const found = check(pattern, flags, { checker: "automaton", timeout, attackTimeout: null, randomSeed: 0 });
    if (found.status === "safe") return linear;
    if (found.status !== "vulnerable") continue;
    const { complexity, attack } = found;
    if (complexity.type === "polynomial")
      return { kind: "polynomial", degree: complexity.degree, text: attack.pattern };
    return { kind: "exponential", text: attack.pattern };
  }
  return unjudged;
}
