import type { Json } from "../../code/json.js";
import type { Assertions, JsonType, NamedSchema, Schema } from "../../model/schema.js";

/** What the text of a parameter is read as (`Kind` of @sallyport/runtime/policy), as a literal. */
export type Kind = "string" | "integer" | "number" | "boolean" | readonly Kind[] | { readonly [name: string]: Kind };

/** Finds a component schema. */
export type Find = (name: string) => NamedSchema | undefined;

/** Deeper than parameters nest in any style. */
const deepest = 8;

/** What a schema's values are read as. Text stays text where the schema allows it, so that `"01"` is not read as 1. */
export function kindOf(schema: Schema, find: Find): Kind {
  return ofSchema(schema, find, 0) ?? "string";
}

/** `undefined`: the schema does not say. */
function ofSchema(schema: Schema, find: Find, depth: number): Kind | undefined {
  if (depth > deepest || schema.kind === "any" || schema.kind === "never") return undefined;
  if (schema.kind === "assertions") return ofAssertions(schema.assertions, find, depth);
  const target = find(schema.name);
  const named = target === undefined ? undefined : ofSchema(target.schema, find, depth + 1);
  return named ?? (schema.siblings === undefined ? undefined : ofAssertions(schema.siblings, find, depth));
}

function ofAssertions(assertions: Assertions, find: Find, depth: number): Kind | undefined {
  const { types, allOf = [], anyOf = [], oneOf = [] } = assertions;
  const below = (one: Schema) => ofSchema(one, find, depth + 1);
  if (types !== undefined) return widest(types.map((type) => ofType(type, assertions, below)));
  if (assertions.enum !== undefined) return widest(assertions.enum.map(ofValue));
  if (assertions.const !== undefined) return ofValue(assertions.const.value);
  for (const branches of [anyOf, oneOf]) {
    if (branches.length > 0) return widest(branches.map(below));
  }
  return allOf.map(below).find((kind) => kind !== undefined);
}

function ofType(
  type: JsonType,
  { array, object }: Assertions,
  below: (one: Schema) => Kind | undefined,
): Kind | undefined {
  switch (type) {
    case "null":
      return undefined;
    case "array":
      return [(array?.items === undefined ? undefined : below(array.items)) ?? "string"];
    case "object":
      return Object.fromEntries((object?.properties ?? []).map((one) => [one.name, below(one.schema) ?? "string"]));
    default:
      return type;
  }
}

function ofValue(value: Json): Kind | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "string" ? "string" : undefined;
}

/** The kind that every alternative can be read from: structure before text, text before numbers. */
function widest(kinds: readonly (Kind | undefined)[]): Kind | undefined {
  const said = kinds.filter((one) => one !== undefined);
  const structured = said.find((one) => typeof one === "object");
  if (structured !== undefined) return structured;
  const [first, ...others] = new Set(said);
  if (others.length === 0) return first;
  return [first, ...others].every((one) => one === "integer" || one === "number") ? "number" : "string";
}
