import { pointerOf, valueAt } from "../../http/pointer.js";
import { find, omit, type Selection, select } from "../../http/selection.js";
import type { WriteRule } from "../../policy/index.js";
import type { ProblemDetail } from "../../problem/problem.js";
import { Refusal } from "../../problem/refusal.js";
import { invalidInput } from "../../problem/refusals.js";
import type { Guard } from "../guard.js";
import { satisfies } from "../roles.js";
import { sameData } from "../same-data.js";
import { type Input, type Loaded, prove } from "../states.js";

/** Parts of a request of which a caller may leave something out. */
type Part = "body" | "query" | "header" | "cookie";

/**
 * Keeps callers from setting what is not theirs to set (OWASP API3, R26). What is looked at is what was sent: a default that the
 * schema fills in is the server's own.
 */
export const write: Guard<Loaded, Loaded> = {
  name: "write",
  compile: ({ policy }) => {
    const rules = Object.entries(policy.write ?? {}).map(([place, rule]) => compileRule(place, rule));
    if (rules.length === 0) return undefined;
    return (call) => {
      const broken = rules.flatMap((rule) => breach(rule, call));
      if (broken.length === 0) return call;
      const refused = broken.filter(({ rule }) => rule.otherwise !== "ignore");
      if (refused.length > 0) return refusalOf(refused);
      return prove(
        call,
        "input",
        without(
          call.input,
          broken.map(({ rule }) => rule),
        ),
      );
    };
  },
};

interface Compiled extends WriteRule {
  readonly part: Part;
  readonly selection: Selection;
}

function compileRule(place: string, rule: WriteRule): Compiled {
  const cut = place.indexOf(":");
  return { ...rule, part: place.slice(0, cut) as Part, selection: select([place.slice(cut + 1)]) };
}

interface Breach {
  readonly rule: Compiled;
  readonly forbidden: boolean;
  readonly faults: readonly ProblemDetail[];
}

function breach(rule: Compiled, call: Loaded): readonly Breach[] {
  const hits = find(call.decoded[rule.part], rule.selection);
  if (hits.length === 0) return [];
  const forbidden = rule.by !== undefined && !satisfies(rule.by, call.roles, call.about.owned);
  const wrong = forbidden
    ? hits
    : hits.filter(
        ({ value, tokens }) => rule.unchanged === true && !sameData(value, valueAt(call.about.object, tokens)),
      );
  if (wrong.length === 0) return [];
  const detail = forbidden ? "May not be set by this caller." : "Cannot be changed.";
  const faults = wrong.map(({ tokens }) => ({ in: rule.part, pointer: `#${encodeURI(pointerOf(tokens))}`, detail }));
  return [{ rule, forbidden, faults }];
}

function refusalOf(breaches: readonly Breach[]): Refusal {
  const forbidden = breaches.filter((one) => one.forbidden);
  if (forbidden.length === 0) return invalidInput(breaches.flatMap((one) => one.faults));
  return new Refusal("forbidden", {
    status: 403,
    title: "Access is denied",
    errors: forbidden.flatMap((one) => one.faults),
    cause: "the caller may not set a property",
  });
}

function without(input: Input, rules: readonly Compiled[]): Input {
  const left = { ...input };
  for (const { part, selection } of rules) left[part] = omit(left[part], selection);
  return left;
}
