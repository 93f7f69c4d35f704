import type { ArrayRule, Assertions, ObjectSchema, Schema } from "../model/schema.js";

/**
 * Where a schema stands in another one. `same`: both speak of the same value (`allOf`, `not`, `if` …), so that a cycle of such
 * steps never ends. `inside`: of a part of it (a property, an item).
 */
export type Step = "same" | "inside";
type Visit = (schema: Schema, step: Step) => Schema;

/** A schema with each of its direct parts replaced. */
export function mapParts(schema: Schema, visit: Visit): Schema {
  if (schema.kind === "assertions") return { kind: "assertions", assertions: mapAssertions(schema.assertions, visit) };
  if (schema.kind !== "ref" || schema.siblings === undefined) return schema;
  return { ...schema, siblings: mapAssertions(schema.siblings, visit) };
}

/** Every schema in a schema, itself included, with the steps that lead to it. */
export function eachPart(schema: Schema, visit: (part: Schema, step: Step) => void, step: Step = "same"): void {
  visit(schema, step);
  mapParts(schema, (part, next) => {
    eachPart(part, visit, step === "inside" ? "inside" : next);
    return part;
  });
}

/** A schema whose references speak settled names. */
export function renameReferences(schema: Schema, nameOf: (key: string) => string): Schema {
  const renamed = schema.kind === "ref" ? { ...schema, name: nameOf(schema.name) } : schema;
  return mapParts(renamed, (part) => renameReferences(part, nameOf));
}

function mapAssertions(assertions: Assertions, visit: Visit): Assertions {
  const { array, object, allOf, anyOf, oneOf, not, conditional, ...rest } = assertions;
  const same = (schema: Schema) => visit(schema, "same");
  return {
    ...rest,
    ...(array === undefined ? {} : { array: mapArray(array, visit) }),
    ...(object === undefined ? {} : { object: mapObject(object, visit) }),
    ...(allOf === undefined ? {} : { allOf: allOf.map(same) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(same) }),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map(same) }),
    ...(not === undefined ? {} : { not: same(not) }),
    ...(conditional === undefined ? {} : { conditional: mapConditional(conditional, same) }),
  };
}

function mapConditional(
  rule: NonNullable<Assertions["conditional"]>,
  same: (schema: Schema) => Schema,
): NonNullable<Assertions["conditional"]> {
  const branch = (key: "then" | "else", schema: Schema | undefined) =>
    schema === undefined ? {} : { [key]: same(schema) };
  return { if: same(rule.if), ...branch("then", rule.then), ...branch("else", rule.else) };
}

function mapArray(rule: ArrayRule, visit: Visit): ArrayRule {
  const { prefixItems, items, contains, unevaluatedItems, ...rest } = rule;
  const inside = (schema: Schema) => visit(schema, "inside");
  return {
    ...rest,
    ...(prefixItems === undefined ? {} : { prefixItems: prefixItems.map(inside) }),
    ...(items === undefined ? {} : { items: inside(items) }),
    ...(contains === undefined ? {} : { contains: { ...contains, schema: inside(contains.schema) } }),
    ...(unevaluatedItems === undefined ? {} : { unevaluatedItems: inside(unevaluatedItems) }),
  };
}

function mapObject(rule: ObjectSchema, visit: Visit): ObjectSchema {
  const { properties, additional, patterns, names, dependentSchemas, unevaluated, ...rest } = rule;
  const inside = (schema: Schema) => visit(schema, "inside");
  return {
    ...rest,
    properties: properties.map((property) => ({ ...property, schema: inside(property.schema) })),
    patterns: patterns.map((pattern) => ({ ...pattern, schema: inside(pattern.schema) })),
    dependentSchemas: dependentSchemas.map((one) => ({ ...one, schema: visit(one.schema, "same") })),
    ...(additional === undefined ? {} : { additional: inside(additional) }),
    ...(names === undefined ? {} : { names: inside(names) }),
    ...(unevaluated === undefined ? {} : { unevaluated: inside(unevaluated) }),
  };
}
