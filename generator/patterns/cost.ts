import { createRequire } from "node:module";
import type { Diagnostics, Parameters } from "recheck";
import { type Simpler, simplerOf } from "./simpler.js";

/** How the time that a match takes grows with the text; and, where one is known, a text, as JavaScript, on which it does. */
export type Cost =
  | { readonly kind: "linear" }
  | { readonly kind: "polynomial"; readonly degree: number; readonly text?: string }
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
  const cost = judge(pattern);
  known.set(pattern, cost);
  return cost;
}

/** Most patterns: anchored, no groups, and one repetition of varying length at most. There is one way to match, and one place to begin. */
function isPlain(pattern: string): boolean {
  const bare = pattern.replace(/\\./gs, "_").replace(/\[[^\]]*\]/g, "_");
  const repetitions = bare.match(/[*+]|\{\d+,\d*\}/g) ?? [];
  const options = bare.match(/\?/g) ?? [];
  if (/[(|]/.test(bare) || options.length > 4) return false;
  return repetitions.length === 0 || (repetitions.length === 1 && bare.startsWith("^"));
}

function judge(whole: string): Cost {
  const pattern = withoutTail(whole);
  // JSON Schema core, 6.4: patterns are read as Unicode. Those that only make sense without are read without.
  for (const flags of ["u", ""]) {
    const simpler = simplerOf(pattern, flags);
    if (simpler !== undefined) return costOfSimpler(simpler, flags);
  }
  return unjudged;
}

function costOfSimpler(simpler: Simpler, flags: string): Cost {
  if (!simpler.isRegular) return costOfParts(simpler, flags);
  if (!simpler.isCounted) return costOfAutomaton(simpler.pattern, flags);
  const most = costOfCounted(simpler, flags);
  if (most.kind === "linear") return linear;
  // How long copies of copies take to judge would depend on the machine, and with it what is emitted.
  if (most.kind === "polynomial" && simpler.isRepeated) return { kind: "polynomial", degree: most.degree };
  const cost = costOfAutomaton(simpler.pattern, flags, most.kind === "polynomial" ? patience : timeout);
  if (cost.kind === "exponential") return cost;
  // What a count bounds is a constant to an automaton, and may be more than a server has time for: how much more, the way says.
  if (most.kind !== "polynomial") return unjudged;
  const hidden = cost.kind === "unjudged" ? Infinity : simpler.choices ** (most.degree - degreeOf(cost));
  return hidden > mostHidden ? most : cost;
}

/** What a pattern costs at most: without its counts, or without those that leave a choice. */
function costOfCounted({ way, exactWay }: Simpler, flags: string): Cost {
  const most = costOfAutomaton(way, flags);
  if (most.kind === "linear" || way === exactWay) return most;
  const exact = costOfAutomaton(exactWay, flags, patience);
  return exact.kind === "unjudged" ? most : exact;
}

/** Anything at the end, or nothing, is found in no time; an automaton takes long to see that. */
function withoutTail(pattern: string): string {
  return pattern.replace(/(?<!\\)\.\*$/, "").replace(/(?<!\\)\.\+$/, ".");
}

/** Each step on the way can look ahead once: what that costs is multiplied. */
function costOfParts({ way, ahead }: Simpler, flags: string): Cost {
  const main = costOfAutomaton(way, flags);
  const looks = ahead.map((one) => costOfSimpler(one, flags));
  const worst = [main, ...looks].find((one) => one.kind === "exponential" || one.kind === "unjudged");
  if (worst !== undefined) return worst;
  return looks.length === 0 ? main : { kind: "polynomial", degree: degreeOf(main) + Math.max(...looks.map(degreeOf)) };
}

function degreeOf(cost: Cost): number {
  return cost.kind === "polynomial" ? cost.degree : 1;
}

/** The part of recheck that is used. */
type Check = (source: string, flags: string, parameters: Parameters) => Diagnostics;

/** Three megabytes, which most descriptions do not need. Its other entries start a worker, or Java. */
function checker(): Check {
  const library = createRequire(import.meta.url)("recheck/lib/browser.js") as { readonly checkSync: Check };
  return library.checkSync;
}

/** As much as a match may need beside what its text is long (R36). */
const mostHidden = 1_000;

/** A safety net: what takes so long is a pattern that nobody should run. */
const timeout = 60_000;
/** Where a bound is known already, and a better one is looked for. */
const patience = 10_000;

function costOfAutomaton(pattern: string, flags: string, most = timeout): Cost {
  const found = checked(pattern, flags, most);
  if (found?.status === "safe") return linear;
  if (found?.status !== "vulnerable") return unjudged;
  const { complexity, attack } = found;
  return complexity.type === "polynomial"
    ? { kind: "polynomial", degree: complexity.degree, text: attack.pattern }
    : { kind: "exponential", text: attack.pattern };
}

/** Nothing for an automaton that outgrows the stack: it is recursive. */
function checked(pattern: string, flags: string, most: number): Diagnostics | undefined {
  try {
    return checker()(pattern, flags, { checker: "automaton", timeout: most, attackTimeout: null, randomSeed: 0 });
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}
