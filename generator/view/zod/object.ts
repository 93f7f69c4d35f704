import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { array, type Entry, object as objectLiteral } from "../../code/shapes.js";
import { code } from "../../code/template.js";
import type { Json, ObjectSchema, Property, Schema, SchemaNote } from "../../model/schema.js";
import { flagsOf } from "../../patterns/regular-expression.js";
import { type Context, every, type Place, type PrintSchema, runtime } from "./context.js";
import { method, regex, zod } from "./expression.js";
import { flatten } from "./flatten.js";
import { heldDefault } from "./held.js";
import { isClosed, kinds } from "./kinds.js";

/**
 * An object of a schema.
 * @param spreads consts whose properties it has too.
 * @param known whether somebody else sees to it that the value is an object.
 */
export function printObject(
  object: ObjectSchema,
  spreads: readonly Code[],
  known: boolean,
  context: Context,
  place: Place,
  print: PrintSchema,
): Code {
  if (object.properties.some((one) => one.name === proto)) {
    return printObject(withoutProto(object), spreads, known, context, place, print);
  }
  const inRequest = context.direction === "request";
  const readOnly = object.properties.filter((one) => inRequest && noteOf(one.schema)?.readOnly);
  const inResponse = context.direction === "response";
  const dropped = object.properties.filter((one) => inResponse && noteOf(one.schema)?.writeOnly);
  const left = [...readOnly, ...dropped].map((one) => one.name);
  const keys: Keys = { declared: object.properties.filter((one) => !left.includes(one.name)), spreads, left };
  const extras = printExtras(object, keys, context, place, print);
  const [extra, ...more] = extras;
  if (known && place.branch && !declaresAny(object, spreads)) {
    return extra === undefined ? runtime(context, "requires", code`[]`) : every(context, [extra, ...more]);
  }
  const core = printKeys(object, keys, context, place, print);
  const wrapped =
    readOnly.length === 0
      ? core
      : runtime(context, "readOnlyKeys", array(readOnly.map((one) => literal(one.name))), core);
  const closes = place.among && isClosed(object, context.components);
  return every(context, [closes ? printClosed(wrapped, context) : wrapped, ...extras]);
}

/** A name that zod's objects give a meaning of its own. */
const proto = "__proto__";

/** The same object, whose property `__proto__` is known by a pattern. */
function withoutProto(object: ObjectSchema): ObjectSchema {
  const named = object.properties.filter((one) => one.name === proto);
  return {
    ...object,
    properties: object.properties.filter((one) => one.name !== proto),
    patterns: [...object.patterns, ...named.map((one) => ({ pattern: `^${proto}$`, schema: one.schema }))],
  };
}

/** That an object has no other keys, judged at once. */
export function printClosed(schema: Code, context: Context): Code {
  return runtime(context, context.direction === "response" ? "closedDropping" : "closed", schema);
}

function declaresAny(object: ObjectSchema, spreads: readonly Code[]): boolean {
  return object.properties.length + object.patterns.length + spreads.length > 0 || object.additional !== undefined;
}

/** What a schema says about itself, where it stands. */
export function noteOf(schema: Schema): SchemaNote | undefined {
  if (schema.kind === "assertions") return schema.assertions.note;
  return schema.kind === "ref" ? schema.siblings?.note : undefined;
}

interface Keys {
  readonly declared: readonly Property[];
  readonly spreads: readonly Code[];
  /** Properties that this direction does not have. */
  readonly left: readonly string[];
}

function printKeys(object: ObjectSchema, keys: Keys, context: Context, place: Place, print: PrintSchema): Code {
  // A name that is required is a name that is known, unless another schema is there to declare it.
  const alsoAsserted = asserted(object, keys, place);
  const known = undeclared(object, keys).filter((name) => !alsoAsserted.includes(name));
  const schema = object.additional ?? anything;
  const all = [...keys.declared, ...known.map((name) => ({ name, required: true, schema }))];
  const shape = [
    ...keys.spreads.map((name) => code`...${name}.shape`),
    ...all
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((one): Entry => ({ key: one.name, value: printProperty(one, context, print) })),
  ];
  const free = shape.length === 0 && keys.left.length === 0 && object.patterns.length === 0 && !place.branch;
  const base = printOpenness(object, shape, free, context, place, print);
  return object.patterns.length === 0 ? base : every(context, [base, printPatterns(object, context, print)]);
}

/** Names that are required and not declared. */
function undeclared(object: ObjectSchema, keys: Keys): readonly string[] {
  if (keys.spreads.length > 0) return [];
  return object.required.filter((name) => !object.properties.some((one) => one.name === name));
}

/** Those of them that are only asserted, as another schema or a pattern declares them. */
function asserted(object: ObjectSchema, keys: Keys, place: Place): readonly string[] {
  const names = undeclared(object, keys);
  return place.branch || object.patterns.length > 0 ? names : names.filter((name) => name === proto);
}

/** What becomes of keys that are not declared. An object of which nothing at all is said may hold anything. */
function printOpenness(
  object: ObjectSchema,
  shape: readonly (Entry | Code)[],
  free: boolean,
  context: Context,
  place: Place,
  print: PrintSchema,
): Code {
  const fields = objectLiteral(shape, { open: place.open ?? false });
  const additional = object.patterns.length > 0 ? undefined : (object.additional ?? (free ? anything : undefined));
  if (additional === undefined) {
    return zod(isStrict(object, context) ? "strictObject" : "object", fields);
  }
  if (kinds(additional, context.components).length === 0)
    return zod(context.direction === "response" ? "object" : "strictObject", fields);
  if (shape.length === 0) return zod("record", zod("string"), print(additional, context));
  if (additional.kind === "any") return zod("looseObject", fields);
  return method(zod("object", fields), "catchall", print(additional, context));
}

const anything: Schema = { kind: "any" };

function printProperty(one: Property, context: Context, print: PrintSchema): Code {
  const expr = print(one.schema, context);
  return one.required ? expr : printOptional(expr, one.schema, context);
}

/** An optional value: with its default in a request, which is where defaults are applied. */
export function printOptional(expr: Code, schema: Schema, context: Context): Code {
  const value = context.direction === "request" ? defaultOf(schema, context) : undefined;
  return value === undefined
    ? method(expr, "exactOptional")
    : method(expr, "default", defaultCode(value.value, schema, context));
}

/** A default as code holds it, where it is held by itself. */
function defaultCode(value: Json, schema: Schema, context: Context, trail: readonly string[] = []): Code {
  if (schema.kind === "assertions") {
    const { number, string } = flatten(schema.assertions, context.components);
    const held = number?.held ?? string?.held;
    return held === undefined ? literal(value) : heldDefault(value, held, context);
  }
  if (schema.kind !== "ref" || trail.includes(schema.name)) return literal(value);
  const target = context.components(schema.name);
  return target === undefined ? literal(value) : defaultCode(value, target, context, [...trail, schema.name]);
}

function defaultOf(
  schema: Schema,
  context: Context,
  trail: readonly string[] = [],
): { readonly value: Json } | undefined {
  if (schema.kind === "assertions") return schema.assertions.default;
  if (schema.kind !== "ref" || trail.includes(schema.name)) return undefined;
  const target = context.components(schema.name);
  return schema.siblings?.default ?? (target && defaultOf(target, context, [...trail, schema.name]));
}

function printPatterns(object: ObjectSchema, context: Context, print: PrintSchema): Code {
  const patterns = object.patterns.map(({ pattern, schema }) => {
    const flags = flagsOf(pattern);
    if (flags === undefined) {
      const message = `The pattern ${JSON.stringify(pattern)} is no regular expression.`;
      context.complain("SP450", message, "Write it as ECMA-262 does, without the slashes around it.");
    }
    return array([regex(pattern, flags ?? ""), print(schema, context)]);
  });
  return runtime(
    context,
    "patternKeys",
    objectLiteral([
      { key: "known", value: array(object.properties.map((one) => literal(one.name))) },
      { key: "patterns", value: array(patterns) },
      ...(object.additional && !isClosed(object, context.components)
        ? [{ key: "rest", value: print(object.additional, context) }]
        : []),
      { key: "strict", value: literal(isStrict(object, context)) },
    ]),
  );
}

/** Whether keys that are not declared are named. */
function isStrict(object: ObjectSchema, context: Context): boolean {
  return context.direction === "request" || (context.direction === "plain" && isClosed(object, context.components));
}

/** Assertions about an object that declare no key. */
function printExtras(
  object: ObjectSchema,
  keys: Keys,
  context: Context,
  place: Place,
  print: PrintSchema,
): readonly Code[] {
  const { minProperties, maxProperties, names } = object;
  const missing = asserted(object, keys, place);
  const below: Place = { branch: true, among: true, tracked: place.tracked ?? false, types: ["object"] };
  const counted = minProperties !== undefined || maxProperties !== undefined;
  const max = maxProperties === undefined ? [] : [literal(maxProperties)];
  return [
    ...(missing.length > 0 ? [runtime(context, "requires", array(missing.map((one) => literal(one))))] : []),
    ...(counted ? [runtime(context, "propertyCount", literal(minProperties ?? 0), ...max)] : []),
    ...(names ? [runtime(context, "propertyNames", print(names, context))] : []),
    ...object.dependentRequired.map((one) => {
      const required = one.required.filter((name) => !keys.left.includes(name));
      return runtime(context, "dependentRequired", literal(one.property), array(required.map((one) => literal(one))));
    }),
    ...object.dependentSchemas.map((one) =>
      runtime(context, "dependentSchema", literal(one.property), print(one.schema, context, below)),
    ),
  ];
}
