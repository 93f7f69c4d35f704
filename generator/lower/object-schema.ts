import type { ObjectSchema, Property, Schema } from "../model/schema.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { byText, entriesOf, objectOf, sorted, textsOf } from "./node.js";
import { checkPattern } from "./string-rule.js";
import { countOf, present } from "./values.js";

type LowerSchema = (run: Lowering, node: SpecValue | undefined) => Schema;

const keywords = [
  ...[
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
  ],
  ...["dependentRequired", "dependentSchemas", "unevaluatedProperties"],
];

/** What is said of objects. Properties are sorted by name: their order in the spec means nothing. */
export function lowerObjectSchema(run: Lowering, node: SpecObject, lower: LowerSchema): ObjectSchema | undefined {
  if (keywords.every((keyword) => node[keyword] === undefined)) return undefined;
  const schemaAt = (keyword: string) => (node[keyword] === undefined ? undefined : lower(run, node[keyword]));
  const required = requiredOf(run, node);
  return {
    properties: propertiesOf(run, node, required, lower),
    required,
    patterns: patternsOf(run, node, lower),
    dependentRequired: sortedEntries(mapOf(run, node, "dependentRequired")).map(([property, names]) => ({
      property,
      required: sorted(textsOf(names)),
    })),
    dependentSchemas: sortedEntries(mapOf(run, node, "dependentSchemas")).map(([property, schema]) => ({
      property,
      schema: lower(run, schema),
    })),
    ...present<Pick<ObjectSchema, "additional" | "names" | "minProperties" | "maxProperties" | "unevaluated">>({
      additional: schemaAt("additionalProperties"),
      names: schemaAt("propertyNames"),
      minProperties: countOf(run, node, "minProperties"),
      maxProperties: countOf(run, node, "maxProperties"),
      unevaluated: schemaAt("unevaluatedProperties"),
    }),
  };
}

function propertiesOf(
  run: Lowering,
  node: SpecObject,
  required: readonly string[],
  lower: LowerSchema,
): readonly Property[] {
  const names = new Set(required);
  return sortedEntries(mapOf(run, node, "properties")).map(([name, schema]) => ({
    name,
    required: names.has(name),
    schema: lower(run, schema),
  }));
}

function patternsOf(run: Lowering, node: SpecObject, lower: LowerSchema): ObjectSchema["patterns"] {
  const patterns = mapOf(run, node, "patternProperties");
  return sortedEntries(patterns).map(([pattern, schema]) => {
    if (patterns !== undefined) checkPattern(run, patterns, pattern, pattern);
    return { pattern, schema: lower(run, schema) };
  });
}

function requiredOf(run: Lowering, node: SpecObject): readonly string[] {
  const said = node.required;
  if (said === undefined) return [];
  if (Array.isArray(said) && said.every((name) => typeof name === "string")) return sorted(textsOf(said));
  complain(run, node, "required", {
    code: "SP405",
    message: "required must be a list of property names.",
    fix: "List the required properties in the object that has them.",
  });
  return [];
}

function mapOf(run: Lowering, node: SpecObject, keyword: string): SpecObject | undefined {
  const said = node[keyword];
  if (said === undefined) return undefined;
  const map = objectOf(said);
  if (map === undefined) complain(run, node, keyword, { code: "SP405", message: `${keyword} must be an object.` });
  return map;
}

function sortedEntries(map: SpecObject | undefined): readonly (readonly [string, SpecValue])[] {
  return [...entriesOf(map)].sort(([a], [b]) => byText(a, b));
}
