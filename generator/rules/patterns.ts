import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject } from "../model/spec.js";
import { error } from "./complaint.js";
import type { RuleOptions } from "./options.js";
import { type Cost, costOf } from "./pattern-cost.js";
import { isObject, placesOf } from "./places.js";

/** What one match may cost, in steps: about 100 ms, and a thousand times what a match should need (R36). */
const budget = 10_000_000;

/** The longest text on which a pattern that nobody can judge is tried. */
const longestUnjudged = 256;

/**
 * Patterns that an attacker's text can make run for seconds. Whoever sends a text chooses it, so a pattern is proved harmless, or it meets
 * short texts only: the length is checked before the pattern is.
 */
export function patternFaults(spec: Spec, { only }: RuleOptions): readonly Diagnostic[] {
  if (only !== undefined && !only.includes("server") && !only.includes("trpc")) return [];
  const faults: Diagnostic[] = [];
  for (const { node, role } of placesOf(spec)) {
    if (role !== "schema") continue;
    const { pattern, maxLength, patternProperties } = node;
    if (typeof pattern === "string") faults.push(...judge(spec, node, "pattern", pattern, maxLength));
    for (const name of isObject(patternProperties) ? Object.keys(patternProperties) : [])
      faults.push(...judge(spec, patternProperties as SpecObject, name, name, undefined));
  }
  return faults;
}

function judge(spec: Spec, node: SpecObject, key: string, pattern: string, maxLength: unknown): readonly Diagnostic[] {
  const length = typeof maxLength === "number" ? maxLength : Number.POSITIVE_INFINITY;
  const cost = costOf(pattern);
  const at = spec.at(node, key, key === "pattern" ? "value" : "key");
  const said = JSON.stringify(pattern);
  switch (cost.kind) {
    case "linear":
      return [];
    case "polynomial": {
      const longest = Math.floor(budget ** (1 / cost.degree));
      if (length <= longest) return [];
      const message = `The pattern ${said} takes time that grows with the ${powers(cost.degree)} of a text's length${attack(cost)}`;
      return [
        error("SP430", message, `Add maxLength: ${longest} or less beside it, or write it without what overlaps.`, at),
      ];
    }
    case "exponential": {
      const message = `The pattern ${said} takes time without end${attack(cost)}`;
      return [error("SP430", message, "Write it so that no part of a text can be matched in two ways.", at)];
    }
    case "unjudged": {
      if (length <= longestUnjudged) return [];
      const message = `Nobody can say how long the pattern ${said} takes`;
      const fix = `Add maxLength: ${longestUnjudged} or less beside it, or write it without lookaround and back references.`;
      return [error("SP431", message, fix, at)];
    }
    default:
      return cost satisfies never;
  }
}

function powers(degree: number): string {
  return degree === 2 ? "square" : degree === 3 ? "cube" : `${degree}th power`;
}

function attack({ text }: Extract<Cost, { text: string }>): string {
  return `: ${text} shows it`;
}
