import type {
  ArrayRule,
  Assertions,
  Json,
  NumberRule,
  ObjectSchema,
  Property,
  Schema,
  StringRule,
} from "../../model/schema.js";
import { restrictTypes, sameJson, values } from "./values.js";

/** Finds a component schema by its settled name. */
export type Components = (name: string) => Schema | undefined;

/**
 * The assertions with `allOf` folded in as far as one object, string or number can say it. What cannot be said by one stays in `allOf`.
 * @param keep whether a branch is to stay as it is.
 */
export function flatten(
  own: Assertions,
  components: Components,
  keep: (branch: Schema) => boolean = () => false,
  trail: readonly string[] = [],
): Assertions {
  const { allOf = [], ...base } = own;
  let merged: Assertions = base;
  const rest: Schema[] = [];
  for (const branch of allOf) {
    const kept = keep(branch) ? undefined : resolve(branch, components, keep, trail);
    const foldable = kept !== undefined && kept.allOf === undefined && !asksForRest(kept);
    const both = foldable ? merge(merged, kept) : undefined;
    if (both === undefined) rest.push(branch);
    else merged = both;
  }
  return rest.length === 0 ? merged : { ...merged, allOf: rest };
}

/** What a branch asserts, flattened itself; `undefined` where it refers back to itself. */
function resolve(
  branch: Schema,
  components: Components,
  keep: (branch: Schema) => boolean,
  trail: readonly string[],
): Assertions | undefined {
  if (branch.kind === "any") return { note: plainNote };
  if (branch.kind === "never") return { types: [], note: plainNote };
  if (branch.kind === "assertions") return flatten(branch.assertions, components, keep, trail);
  const target = components(branch.name);
  if (target === undefined || trail.includes(branch.name)) return undefined;
  const below = resolve(target, components, () => false, [...trail, branch.name]);
  if (below === undefined || branch.siblings === undefined) return below;
  if (asksForRest(below)) return undefined;
  return below.allOf === undefined ? merge(flatten(branch.siblings, components, keep, trail), below) : undefined;
}

/** Whether a schema judges what nothing else in it does. Beside other assertions it would see what they judge, too (JSON Schema core, 11). */
function asksForRest({ object, array }: Assertions): boolean {
  return object?.unevaluated !== undefined || array?.unevaluatedItems !== undefined;
}

export const plainNote = { deprecated: false, readOnly: false, writeOnly: false, sensitivity: "public" } as const;

/** Both sets of assertions in one, the first's note winning; `undefined` where one set cannot say it. */
export function merge(a: Assertions, b: Assertions): Assertions | undefined {
  const string = both(a.string, b.string, mergeStrings);
  const number = both(a.number, b.number, mergeNumbers);
  const array = both(a.array, b.array, mergeArrays);
  const object = both(a.object, b.object, mergeObjects);
  const clash = (["anyOf", "oneOf", "not", "conditional"] as const).some((key) => a[key] && b[key]);
  if (clash || [string, number, array, object].includes("clash")) return undefined;
  const enumeration = mergeValues(a, b);
  const types = a.types && b.types ? restrictTypes(a.types, b.types) : (a.types ?? b.types);
  const { const: _a, enum: _b, ...first } = a;
  const { const: _c, enum: _d, ...second } = b;
  return {
    ...second,
    ...first,
    ...(types ? { types } : {}),
    ...(enumeration ? { enum: enumeration } : {}),
    ...(string ? { string: string as StringRule } : {}),
    ...(number ? { number: number as NumberRule } : {}),
    ...(array ? { array: array as ArrayRule } : {}),
    ...(object ? { object: object as ObjectSchema } : {}),
    note: a.note,
  };
}

type Merged<T> = T | "clash" | undefined;

function both<T>(a: T | undefined, b: T | undefined, join: (a: T, b: T) => T | "clash"): Merged<T> {
  return a !== undefined && b !== undefined ? join(a, b) : (a ?? b);
}

function mergeValues(a: Assertions, b: Assertions): readonly Json[] | undefined {
  const [mine, theirs] = [values(a), values(b)];
  if (mine === undefined || theirs === undefined) return mine ?? theirs;
  return mine.filter((one) => theirs.some((other) => sameJson(one, other)));
}

function mergeStrings(a: StringRule, b: StringRule): StringRule | "clash" {
  if (differ(a.pattern, b.pattern) || differ(a.format, b.format)) return "clash";
  return { ...b, ...a, ...tightest(a, b, ["minLength"], ["maxLength"]) };
}

function mergeNumbers(a: NumberRule, b: NumberRule): NumberRule | "clash" {
  if (differ(a.multipleOf, b.multipleOf) || differ(a.format, b.format)) return "clash";
  return { ...b, ...a, ...tightest(a, b, ["minimum", "exclusiveMinimum"], ["maximum", "exclusiveMaximum"]) };
}

function mergeArrays(a: ArrayRule, b: ArrayRule): ArrayRule | "clash" {
  if ((a.contains && b.contains) || a.prefixItems || b.prefixItems || a.unevaluatedItems || b.unevaluatedItems)
    return "clash";
  const items = a.items && b.items ? together(a.items, b.items) : (a.items ?? b.items);
  return {
    ...b,
    ...a,
    ...(items ? { items } : {}),
    ...tightest(a, b, ["minItems"], ["maxItems"]),
    uniqueItems: a.uniqueItems || b.uniqueItems,
  };
}

function mergeObjects(a: ObjectSchema, b: ObjectSchema): ObjectSchema | "clash" {
  if (a.unevaluated || b.unevaluated) return "clash";
  if ((a.patterns.length > 0 && b.additional) || (b.patterns.length > 0 && a.additional)) return "clash";
  const required = [...new Set([...a.required, ...b.required])];
  const additional =
    a.additional && b.additional ? together(a.additional, b.additional) : (a.additional ?? b.additional);
  const names = a.names && b.names ? together(a.names, b.names) : (a.names ?? b.names);
  return {
    ...b,
    ...a,
    ...(additional ? { additional } : {}),
    ...(names ? { names } : {}),
    ...tightest(a, b, ["minProperties"], ["maxProperties"]),
    properties: mergeProperties(a, b, required),
    required,
    patterns: [...a.patterns, ...b.patterns],
    dependentRequired: [...a.dependentRequired, ...b.dependentRequired],
    dependentSchemas: [...a.dependentSchemas, ...b.dependentSchemas],
  };
}

/** A property that only one side declares must also be what the other side says of additional ones (JSON Schema core, 10.3.2.3). */
function mergeProperties(a: ObjectSchema, b: ObjectSchema, required: readonly string[]): readonly Property[] {
  const names = [...new Set([...a.properties, ...b.properties].map((one) => one.name))];
  return names.map((name) => {
    const sides = [a, b].map((side) => side.properties.find((one) => one.name === name)?.schema ?? side.additional);
    const [mine, theirs] = sides.filter((one): one is Schema => one !== undefined);
    const schema = mine && theirs ? together(mine, theirs) : (mine ?? theirs ?? { kind: "any" });
    return { name, required: required.includes(name), schema };
  });
}

/** Both schemas hold; a property that either calls read-only is. */
export function together(a: Schema, b: Schema): Schema {
  if (a.kind === "never" || b.kind === "any" || sameJson(a as unknown as Json, b as unknown as Json)) return a;
  if (b.kind === "never" || a.kind === "any") return b;
  const notes = [a, b].flatMap((one) =>
    one.kind === "assertions" ? [one.assertions.note] : one.kind === "ref" && one.siblings ? [one.siblings.note] : [],
  );
  const note = {
    ...plainNote,
    readOnly: notes.some((one) => one.readOnly),
    writeOnly: notes.some((one) => one.writeOnly),
  };
  return { kind: "assertions", assertions: { allOf: [a, b], note } };
}

function differ(a: unknown, b: unknown): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

function tightest<T extends object>(
  a: T,
  b: T,
  floors: readonly (keyof T)[],
  ceilings: readonly (keyof T)[],
): Partial<T> {
  const pick = (keys: readonly (keyof T)[], choose: (...of: number[]) => number) =>
    keys.flatMap((key) => {
      const said = [a[key], b[key]].filter((one): one is T[keyof T] & number => typeof one === "number");
      return said.length === 0 ? [] : [[key, choose(...said)] as const];
    });
  return Object.fromEntries([...pick(floors, Math.max), ...pick(ceilings, Math.min)]) as Partial<T>;
}
