import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { longestAt } from "../patterns/budget.js";
import { costOf } from "../patterns/cost.js";
import { error, warning } from "./complaint.js";
import { isObject, placesOf } from "./places.js";
import { turnedSchemas } from "./turned.js";

/**
 * Patterns that an attacker's text can make run for seconds. Whoever sends a text chooses it, so a pattern is proved harmless, or it meets
 * short texts only: the emitted schema checks the length before the pattern.
 */
export function patternFaults(spec: Spec): readonly Diagnostic[] {
  const faults: Diagnostic[] = [];
  const places = placesOf(spec);
  const turned = turnedSchemas(spec, places);
  for (const { node, role } of places) {
    if (role !== "schema") continue;
    const { pattern, maxLength, patternProperties } = node;
    if (typeof pattern === "string") {
      const judged = { node, key: "pattern", pattern, maxLength, isBounded: !turned.has(node) };
      faults.push(...judge(spec, judged));
    }
    for (const name of isObject(patternProperties) ? Object.keys(patternProperties) : [])
      faults.push(
        ...judge(spec, { node: patternProperties as SpecObject, key: name, pattern: name, isBounded: false }),
      );
  }
  return faults;
}

/** A pattern, and where it stands. */
interface Judged {
  readonly node: SpecObject;
  readonly key: string;
  readonly pattern: string;
  readonly maxLength?: SpecValue | undefined;
  /** Whether the emitted schema may refuse what is too long: not where a refusal would make another schema accept. */
  readonly isBounded: boolean;
}

function judge(spec: Spec, { node, key, pattern, maxLength, isBounded }: Judged): readonly Diagnostic[] {
  const length = typeof maxLength === "number" ? maxLength : Number.POSITIVE_INFINITY;
  const cost = costOf(pattern);
  const longest = longestAt(cost);
  if (length <= longest && cost.kind !== "exponential") return [];
  const at = spec.at(node, key, key === "pattern" ? "value" : "key");
  const said = JSON.stringify(pattern);
  switch (cost.kind) {
    case "linear":
      return [];
    case "polynomial": {
      const message = `The pattern ${said} takes time that grows with the ${powers(cost.degree)} of a text's length${attack(cost)}`;
      const fix = `Add maxLength: ${longest} or less beside it, or write it without what overlaps.`;
      if (!isBounded) return [error("SP430", message, fix, at)];
      return [warning("SP430", `${message}; texts of more than ${longest} characters are refused`, fix, at)];
    }
    case "exponential": {
      const message = `The pattern ${said} takes time without end${attack(cost)}`;
      return [error("SP430", message, "Write it so that no part of a text can be matched in two ways.", at)];
    }
    case "unjudged": {
      const message = `Nobody can say how long the pattern ${said} takes`;
      const fix = `Add maxLength: ${longest} or less beside it, or write it smaller and without looking behind.`;
      return [error("SP431", message, fix, at)];
    }
    default:
      return cost satisfies never;
  }
}

function powers(degree: number): string {
  return degree === 2 ? "square" : degree === 3 ? "cube" : `${degree}th power`;
}

function attack({ text }: { readonly text?: string }): string {
  return text === undefined ? "" : `: ${text} shows it`;
}
