import type { Assertions, Json, JsonType, Schema } from "../model/schema.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { listOf, objectOf } from "./node.js";

const jsonTypes: readonly JsonType[] = ["boolean", "integer", "number", "string", "array", "object", "null"];

/** `type`, one or several. The order of several means nothing, so it becomes ours. */
export function typesOf(run: Lowering, node: SpecObject): readonly JsonType[] | undefined {
  const said = node.type;
  if (said === undefined) return undefined;
  const names = listOf(said) ?? [said];
  const unknown = names.filter((name) => !jsonTypes.some((type) => type === name));
  if (unknown.length > 0 || names.length === 0) {
    complain(run, node, "type", {
      code: "SP404",
      message: `${JSON.stringify(unknown[0] ?? [])} is not a type of JSON Schema.`,
      fix: `Write one of ${jsonTypes.join(", ")}.`,
    });
  }
  return jsonTypes.filter((type) => names.includes(type));
}

export function constOf(node: SpecObject): Assertions["const"] {
  return node.const === undefined ? undefined : { value: copyJson(node.const) };
}

export function enumOf(run: Lowering, node: SpecObject): readonly Json[] | undefined {
  const said = node.enum;
  if (said === undefined) return undefined;
  const values = listOf(said);
  if (values === undefined) complain(run, node, "enum", { code: "SP405", message: "enum must be a list." });
  return values?.map(copyJson);
}

export function schemaListOf(
  run: Lowering,
  node: SpecObject,
  keyword: "allOf" | "anyOf" | "oneOf" | "prefixItems",
  lower: (run: Lowering, node: SpecValue | undefined) => Schema,
): readonly Schema[] | undefined {
  const said = node[keyword];
  if (said === undefined) return undefined;
  const schemas = listOf(said);
  if (schemas === undefined) complain(run, node, keyword, { code: "SP405", message: `${keyword} must be a list.` });
  return schemas?.map((schema) => lower(run, schema));
}

/** A number that an assertion needs. Another kind of value is a complaint: skipped, it would assert nothing. */
export function numberOf(run: Lowering, node: SpecObject, keyword: string): number | undefined {
  const said = node[keyword];
  if (said === undefined || (typeof said === "number" && Number.isFinite(said))) return said;
  complain(run, node, keyword, { code: "SP405", message: `${keyword} must be a number.` });
  return undefined;
}

/** A count: an integer from 0 on. */
export function countOf(run: Lowering, node: SpecObject, keyword: string): number | undefined {
  const count = numberOf(run, node, keyword);
  if (count === undefined || (Number.isSafeInteger(count) && count >= 0)) return count;
  complain(run, node, keyword, { code: "SP405", message: `${keyword} must be an integer of 0 or more.` });
  return undefined;
}

/** A copy that nothing else holds, with a null prototype, so that the model may freeze it. */
export function copyJson(value: SpecValue): Json {
  const list = listOf(value);
  if (list !== undefined) return list.map(copyJson);
  const object = objectOf(value);
  if (object === undefined) return value as null | boolean | number | string;
  const copy: Record<string, Json> = Object.create(null);
  for (const [key, child] of Object.entries(object)) if (child !== undefined) copy[key] = copyJson(child);
  return copy;
}

/** Only the members that are present. */
export function present<T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined)) as Partial<T>;
}
