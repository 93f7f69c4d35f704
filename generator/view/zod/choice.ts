import type { Code } from "../../code/layout.js";
import { array } from "../../code/shapes.js";
import type { Schema } from "../../model/schema.js";
import { type Context, type Place, type PrintSchema, runtime } from "./context.js";
import { method, zod } from "./expression.js";
import { kinds } from "./kinds.js";
import { type Kind, kindsOf } from "./values.js";

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
  if (!place.branch && apart(kind, branches, context, place)) {
    return zod("union", array(branches.map((branch) => print(branch, context, place))));
  }
  return runtime(context, kind, array(branches.map((branch) => print(branch, context, { ...place, among: true }))));
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
