import type { Code } from "../../code/layout.js";
import { code } from "../../code/template.js";
import type { Assertions, Schema } from "../../model/schema.js";
import { printBase } from "./base.js";
import { printChoice } from "./choice.js";
import { type Context, every, ownValue, type Place, runtime } from "./context.js";
import { zod } from "./expression.js";
import { flatten } from "./flatten.js";
import { declaresKeys, isClosed } from "./kinds.js";
import { printClosed } from "./object.js";
import { says, spreadable } from "./spread.js";

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
  const object = target.kind === "assertions" ? target.assertions.object : undefined;
  const closes = object !== undefined && isClosed(object, context.components);
  return place.among && closes ? printClosed(context.ref(name), context) : context.ref(name);
}

function printAssertions(own: Assertions, context: Context, place: Place): Code {
  const spreads = spreadable(own, context, place);
  const isSpread = (branch: Schema) => spreads.some((one) => one.branch === branch);
  const { allOf = [], ...folded } = flatten(own, context.components, isSpread);
  const flat: Assertions = spreads.length > 0 ? { ...folded, types: ["object"] } : folded;
  const beside = allOf.filter((branch) => !isSpread(branch));
  const keyed = branchesOf(flat, beside).some((branch) => declaresKeys(branch, context.components));
  const parts = printParts(flat, beside, context, inside(flat, spreads.length > 0, keyed, context, place));
  const base = printBase(
    { flat: unevaluated(flat, keyed, context), spreads: spreads.map((one) => one.name) },
    context,
    { ...place, branch: place.branch || keyed, among: place.among || keyed },
    print,
  );
  const [first, ...others] = [...(base === undefined ? [] : [base]), ...parts];
  return first === undefined ? printNothing(context, place) : every(context, [first, ...others]);
}

/** The branches whose keys may join those of the object itself. */
function branchesOf(flat: Assertions, allOf: readonly Schema[]): readonly Schema[] {
  const { then: holding, else: otherwise } = flat.conditional ?? {};
  const dependent = flat.object?.dependentSchemas.map((one) => one.schema) ?? [];
  const branches = [...allOf, ...(flat.anyOf ?? []), ...(flat.oneOf ?? []), holding, otherwise, ...dependent];
  return branches.filter((branch): branch is Schema => branch !== undefined);
}

/** Where the branches of these assertions stand: only asserting, if the object beside them says what its keys are. */
function inside(flat: Assertions, spreads: boolean, keyed: boolean, context: Context, place: Place): Place {
  const { anyOf: _, oneOf: __, ...alone } = flat;
  const declared = spreads || declaresKeys({ kind: "assertions", assertions: alone }, context.components);
  const free = !keyed && (flat.types?.includes("object") ?? false);
  const types = flat.types ?? place.types;
  return { branch: place.branch || declared || free, among: true, ...(types ? { types } : {}) };
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

/**
 * Where no branch declares keys, what is unevaluated is what is additional. Where one does, `false` is what happens anyway: such a key
 * is refused in requests and dropped from responses.
 */
function unevaluated(flat: Assertions, keyed: boolean, context: Context): Assertions {
  const { unevaluated: rest, ...object } = flat.object ?? {};
  if (flat.object === undefined || rest === undefined || flat.object.additional !== undefined) return flat;
  if (!keyed) return { ...flat, object: { ...flat.object, ...object, additional: rest } };
  if (rest.kind !== "never") {
    const fix = "Declare the properties, or say additionalProperties beside them.";
    context.complain(
      "SP452",
      "unevaluatedProperties beside branches that declare properties is supported only as false.",
      fix,
    );
  }
  return flat;
}
