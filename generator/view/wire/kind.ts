import type { Json } from "../../code/json.js";
import { isWide } from "../../model/held.js";
import type { Assertions, JsonType, ObjectSchema, Schema } from "../../model/schema.js";
import { type Find, holds } from "./holds.js";

/** What the text of a parameter is read as (`Kind` of @sallyport/runtime/policy), as a literal. */
export type Kind =
  | "string"
  | "integer"
  | "int64"
  | "number"
  | "boolean"
  | "json"
  | "exactJson"
  | readonly Kind[]
  | { readonly [name: string]: Kind };

/** How many references and branches are followed: more than schemas of parameters have. */
const deepest = 16;

/**
 * What a schema's values are read as. Text stays text where the schema allows it, so that `"01"` is not read as 1.
 * @param levels how many lists and objects may stand in each other. What is deeper is JSON.
 */
export function kindOf(schema: Schema, find: Find, levels = 1): Kind {
  const kind = ofSchema(schema, { find, levels, depth: 0 }) ?? "string";
  return hasJson(kind) && holds(schema, find, isWide) ? exactly(kind) : kind;
}

function hasJson(kind: Kind): boolean {
  return typeof kind === "object" ? Object.values(kind).some(hasJson) : kind === "json";
}

/** The same kind, in which no JSON loses a digit. */
function exactly(kind: Kind): Kind {
  if (Array.isArray(kind)) return kind.map(exactly);
  if (typeof kind !== "object") return kind === "json" ? "exactJson" : kind;
  return Object.fromEntries(Object.entries(kind).map(([name, one]) => [name, exactly(one)]));
}

interface Context {
  readonly find: Find;
  readonly levels: number;
  readonly depth: number;
}

/** `undefined`: the schema does not say. */
function ofSchema(schema: Schema, context: Context): Kind | undefined {
  if (context.depth > deepest || schema.kind === "any" || schema.kind === "never") return undefined;
  const below = { ...context, depth: context.depth + 1 };
  if (schema.kind === "assertions") return ofAssertions(schema.assertions, below);
  const target = context.find(schema.name);
  const named = target === undefined ? undefined : ofSchema(target.schema, below);
  return together([named, schema.siblings === undefined ? undefined : ofAssertions(schema.siblings, below)]);
}

function ofAssertions(assertions: Assertions, context: Context): Kind | undefined {
  const { allOf = [], anyOf = [], oneOf = [] } = assertions;
  const all = (schemas: readonly Schema[]) => schemas.map((one) => ofSchema(one, context));
  return together([ofOwn(assertions, context), ...all(allOf), widest(all(anyOf)), widest(all(oneOf))]);
}

function ofOwn(assertions: Assertions, context: Context): Kind | undefined {
  const { types, enum: values, const: constant, object } = assertions;
  if (types !== undefined) return widest(types.map((type) => ofType(type, assertions, context)));
  if (values !== undefined) return widest(values.map(ofValue));
  if (constant !== undefined) return ofValue(constant.value);
  return object !== undefined && object.properties.length > 0 ? ofType("object", assertions, context) : undefined;
}

function ofType(type: JsonType, assertions: Assertions, context: Context): Kind | undefined {
  const { array, object } = assertions;
  if (type === "null" || type === "octets") return undefined;
  if (type !== "array" && type !== "object") return scalarKind(type, assertions);
  if (context.levels === 0) return "json";
  const below = (schema: Schema) => ofSchema(schema, { ...context, levels: context.levels - 1 });
  if (type === "object") return ofObject(object, below);
  const items = [...(array?.prefixItems ?? []), ...(array?.items === undefined ? [] : [array.items])];
  return [widest(items.map(below)) ?? "string"];
}

/** An integer that code holds as something else must come whole. */
function scalarKind(type: "boolean" | "integer" | "number" | "string", { number }: Assertions): Kind {
  return type !== "boolean" && type !== "string" && number?.held !== undefined ? "int64" : type;
}

/** The kind of a value whose text is JSON. */
export function jsonKind(schema: Schema, find: Find): "json" | "exactJson" {
  return holds(schema, find, isWide) ? "exactJson" : "json";
}

/** `*` stands for the names that have no property of their own, where there may be such. */
function ofObject(object: ObjectSchema | undefined, below: (one: Schema) => Kind | undefined): Kind {
  const { properties = [], additional, patterns = [] } = object ?? {};
  const others = [...patterns.map((one) => one.schema), ...(additional === undefined ? [] : [additional])];
  const open = others.filter((one) => one.kind !== "never");
  const isFree = properties.length === 0 && others.length === 0;
  return Object.fromEntries([
    ...properties.map((one) => [one.name, below(one.schema) ?? "string"] as const),
    ...(open.length > 0 || isFree ? [["*", widest(open.map(below)) ?? "string"] as const] : []),
  ]);
}

function ofValue(value: Json): Kind | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "string" ? "string" : undefined;
}

/** The kind that every alternative can be read from: structure before text, text before numbers. */
function widest(kinds: readonly (Kind | undefined)[]): Kind | undefined {
  const said = kinds.filter((one) => one !== undefined);
  const structured = said.filter((one) => typeof one === "object");
  if (structured.length > 0) return together(structured);
  const [first, ...others] = new Set(said);
  if (others.length === 0) return first;
  const all = [first, ...others];
  if (all.every((one) => one === "integer" || one === "int64")) return "int64";
  return all.every((one) => one === "integer" || one === "number") ? "number" : "string";
}

/** All hold at once: the properties of all objects, else what the first one says. */
function together(kinds: readonly (Kind | undefined)[]): Kind | undefined {
  const said = kinds.filter((one) => one !== undefined);
  const objects = said.filter(isObject);
  if (objects.length < 2 || !isObject(said[0] ?? "string")) return said[0];
  const names = new Set(objects.flatMap((one) => Object.keys(one)));
  const merged = [...names].map((name) => {
    const here = objects.flatMap((one) => (Object.hasOwn(one, name) ? [one[name]] : []));
    return [name, widest(here) ?? "string"] as const;
  });
  return Object.fromEntries(merged);
}

function isObject(kind: Kind): kind is { readonly [name: string]: Kind } {
  return typeof kind === "object" && !Array.isArray(kind);
}
