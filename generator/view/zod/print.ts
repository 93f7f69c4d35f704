import type { Code } from "../../code/layout.js";
import { code } from "../../code/template.js";
import type { Assertions, Schema } from "../../model/schema.js";
import { printBase } from "./base.js";
import { printChoice } from "./choice.js";
import { type Context, every, ownValue, type Place, runtime, trackedIn } from "./context.js";
import { zod } from "./expression.js";
import { flatten, plainNote } from "./flatten.js";
import { branchesOf, declaresKeys, isClosed } from "./kinds.js";
import { printClosed } from "./object.js";
import { printRest, splitRest } from "./rest.js";
import { plainObject, says, spreadable } from "./spread.js";

/** The zod schema of a schema. */
export function print(schema: Schema, context: Context, place: Place = ownValue): Code {
  if (schema.kind === "any") return printNothing(context, place);
  if (schema.kind === "never") return zod("never");
  if (schema.kind === "assertions") return printAssertions(schema.assertions, context, place);
  if (schema.siblings === undefined || !says(schema.siblings)) return printRef(schema.name, context, place);
  const allOf: readonly Schema[] = [{ kind: "ref", name: schema.name }, ...(schema.siblings.allOf ?? [])];
  return printAssertions({ ...schema.siblings, allOf }, context, place);
}

/** Nothing is asserted. */
function printNothing(context: Context, place: Place): Code {
  return place.branch ? runtime(context, "requires", code`[]`) : zod("unknown");
}

function printRef(name: string, context: Context, place: Place): Code {
  const target = context.components(name);
  if (target === undefined) return context.ref(name);
  // Where another schema declares the keys, a component that declares none must not: it is printed in place, as an assertion.
  if (place.branch && !declaresKeys(target, context.components)) return print(target, context, place);
  if (place.tracked && !hasOnlyKeys(target, context)) return print(target, context, place);
  return place.among && closes(target, context) ? printClosed(context.ref(name), context) : context.ref(name);
}

/** Whether the const of a component judges the properties that it declares, and no other key or item. */
function hasOnlyKeys(target: Schema, context: Context): boolean {
  const typed = target.kind === "assertions" && target.assertions.types?.join() === "object";
  return typed && (plainObject(target, context.components)?.properties.length ?? 0) > 0;
}

/** Whether a component refuses keys that it does not declare. */
function closes(target: Schema, context: Context): boolean {
  const whole: Assertions = target.kind === "assertions" ? target.assertions : { allOf: [target], note: plainNote };
  const { object } = flatten(whole, context.components);
  return object !== undefined && (isClosed(object, context.components) || object.unevaluated?.kind === "never");
}

function printAssertions(assertions: Assertions, context: Context, place: Place): Code {
  const { own, rest } = splitRest(assertions, context, place);
  if (rest === undefined) return printJoined(own, context, place);
  return printRest(printJoined(own, context, trackedIn(place)), rest, context, print);
}

/** Assertions that hold together. */
function printJoined(own: Assertions, outer: Context, place: Place): Code {
  const spreads = spreadable(own, outer, place);
  const isSpread = (branch: Schema) => spreads.some((one) => one.branch === branch);
  const isOpen = (branch: Schema) => branch.kind === "ref" && outer.around.has(branch.name);
  const { allOf = [], ...folded } = flatten(own, outer.components, (branch) => isSpread(branch) || isOpen(branch));
  const context = { ...outer, around: new Set([...outer.around, ...foldedNames(own, outer)]) };
  const flat: Assertions = spreads.length > 0 ? { ...folded, types: ["object"] } : folded;
  const beside = allOf.filter((branch) => !isSpread(branch));
  const keyed = branchesOf(flat, beside).some((branch) => declaresKeys(branch, context.components));
  const parts = printParts(flat, beside, context, inside(flat, spreads.length > 0, keyed, context, place));
  const base = printBase(
    { flat, spreads: spreads.map((one) => one.name) },
    context,
    { ...place, branch: place.branch || keyed, among: place.among || keyed },
    print,
  );
  const [first, ...others] = [...(base === undefined ? [] : [base]), ...parts];
  return first === undefined ? printNothing(context, place) : every(context, [first, ...others]);
}

/** The components that `allOf` may fold in, with those that they fold in themselves. */
function foldedNames({ allOf = [] }: Assertions, context: Context): ReadonlySet<string> {
  const names = new Set<string>();
  const open = [...allOf];
  for (let branch = open.pop(); branch !== undefined; branch = open.pop()) {
    if (branch.kind === "assertions") open.push(...(branch.assertions.allOf ?? []));
    if (branch.kind !== "ref" || names.has(branch.name)) continue;
    names.add(branch.name);
    const target = context.components(branch.name);
    if (target !== undefined) open.push(target, ...(branch.siblings?.allOf ?? []));
  }
  return names;
}

/** Where the branches of these assertions stand: only asserting, if the object beside them says what its keys are. */
function inside(flat: Assertions, spreads: boolean, keyed: boolean, context: Context, place: Place): Place {
  const { anyOf: _, oneOf: __, ...alone } = flat;
  const declared = spreads || declaresKeys({ kind: "assertions", assertions: alone }, context.components);
  const free = !keyed && (flat.types?.includes("object") ?? false);
  const types = flat.types ?? place.types;
  const branch = place.branch || declared || free;
  return { branch, among: true, tracked: place.tracked ?? false, ...(types ? { types } : {}) };
}

function printParts(flat: Assertions, allOf: readonly Schema[], context: Context, place: Place): readonly Code[] {
  const asserting: Place = { ...place, branch: true };
  const { anyOf, oneOf, not, conditional } = flat;
  return [
    ...allOf.map((branch) => print(branch, context, place)),
    ...(anyOf ? [printChoice("anyOf", anyOf, context, place, print)] : []),
    ...(oneOf ? [printChoice("oneOf", oneOf, context, place, print)] : []),
    ...(not ? [runtime(context, "not", print(not, context, asserting))] : []),
    ...(conditional ? [printConditional(conditional, context, asserting)] : []),
  ];
}

function printConditional(rule: NonNullable<Assertions["conditional"]>, context: Context, place: Place): Code {
  const condition = print(rule.if, context, place);
  const holding = rule.then ? print(rule.then, context, place) : code`undefined`;
  return runtime(context, "conditional", condition, holding, ...(rule.else ? [print(rule.else, context, place)] : []));
}
