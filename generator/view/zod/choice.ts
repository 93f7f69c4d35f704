import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { array } from "../../code/shapes.js";
import type { Schema } from "../../model/schema.js";
import { type Context, type Place, type PrintSchema, runtime } from "./context.js";
import { method, zod } from "./expression.js";
import { flatten } from "./flatten.js";
import { kinds } from "./kinds.js";
import { noteOf } from "./object.js";
import { plainObject } from "./spread.js";
import { type Kind, kindsOf, values } from "./values.js";

/** `anyOf` or `oneOf`. A branch that is null alone becomes `.nullable()`. */
export function printChoice(
  kind: "anyOf" | "oneOf",
  branches: readonly Schema[],
  context: Context,
  place: Place,
  print: PrintSchema,
): Code {
  const of = (branch: Schema) => kinds(branch, context.components);
  const others = branches.filter((branch) => of(branch).join() !== "null");
  const nulls = branches.length - others.length;
  const once = nulls === 1 && !others.some((branch) => of(branch).includes("null"));
  if (nulls === 0 || place.tracked || others.length === 0 || (kind === "oneOf" && !once)) {
    return printAlternatives(kind, branches, context, place, print);
  }
  return method(printAlternatives(kind, others, context, place, print), "nullable");
}

function printAlternatives(
  kind: "anyOf" | "oneOf",
  branches: readonly Schema[],
  context: Context,
  place: Place,
  print: PrintSchema,
): Code {
  const [only, another] = branches;
  if (only !== undefined && another === undefined) return print(only, context, place);
  const key = place.branch ? undefined : discriminatorOf(branches, context);
  if (key !== undefined) {
    return zod("discriminatedUnion", literal(key), array(branches.map((branch) => print(branch, context, place))));
  }
  if (!place.branch && apart(kind, branches, context, place)) {
    return zod("union", array(branches.map((branch) => print(branch, context, place))));
  }
  return runtime(context, kind, array(branches.map((branch) => print(branch, context, { ...place, among: true }))));
}

/**
 * A required property whose values tell all branches apart, so that no value fits two of them. Whether a `discriminator` names it does
 * not matter: what holds follows from the schemas alone (OpenAPI 4.8.25).
 */
function discriminatorOf(branches: readonly Schema[], context: Context): string | undefined {
  const all = branches.map((branch) => {
    const asks = branch.kind === "ref" && branch.siblings === undefined && context.spread(branch.name) !== undefined;
    return asks ? tags(branch, context) : new Map<string, readonly string[]>();
  });
  const [first = new Map<string, readonly string[]>()] = all;
  return [...first.keys()].find((key) => {
    const values = all.flatMap((tag): readonly (string | undefined)[] => tag.get(key) ?? [undefined]);
    return !values.includes(undefined) && new Set(values).size === values.length;
  });
}

/** The required properties of an object that can only be one of some texts. */
function tags(branch: Schema, context: Context): ReadonlyMap<string, readonly string[]> {
  const required = plainObject(branch, context.components)?.properties.filter((one) => one.required) ?? [];
  return new Map(
    required.flatMap(({ name, schema }) => {
      const note = noteOf(schema);
      if (schema.kind !== "assertions" || note?.readOnly || note?.writeOnly) return [];
      const listed = values(flatten(schema.assertions, context.components)) ?? [];
      const texts = listed.filter((one) => typeof one === "string");
      return texts.length > 0 && texts.length === listed.length ? [[name, texts] as const] : [];
    }),
  );
}

/**
 * Whether zod's union, which takes the first alternative that fits, is as good as weighing them all: where a value fits only one, or,
 * for `anyOf`, where it is all the same which one it fits.
 */
function apart(kind: "anyOf" | "oneOf", branches: readonly Schema[], context: Context, place: Place): boolean {
  const possible = place.types ? kindsOf(place.types) : undefined;
  const allowed = branches
    .flatMap((branch) => kinds(branch, context.components))
    .filter((one: Kind) => possible === undefined || possible.includes(one))
    .filter((one) => kind === "oneOf" || one === "object" || one === "array");
  return new Set(allowed).size === allowed.length;
}
