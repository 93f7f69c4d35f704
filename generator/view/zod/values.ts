import type { Assertions, Json, JsonType } from "../../model/schema.js";

/** Equal as JSON data, keys in any order. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** The values that `const` and `enum` allow together; `undefined` where neither is said. */
export function values(assertions: Assertions): readonly Json[] | undefined {
  const { const: constant, enum: list } = assertions;
  if (constant === undefined) return list;
  return list === undefined || list.some((one) => sameJson(one, constant.value)) ? [constant.value] : [];
}

/** Whether a value is of one of the types. */
export function isOf(value: Json, types: readonly JsonType[]): boolean {
  return types.some((type) => {
    if (type === "null") return value === null;
    if (type === "array") return Array.isArray(value);
    if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
    return type === "integer" ? Number.isInteger(value) : typeof value === type;
  });
}

/** The types that both lists allow; an integer is a number. */
export function restrictTypes(a: readonly JsonType[], b: readonly JsonType[]): readonly JsonType[] {
  const within = (type: JsonType, list: readonly JsonType[]) =>
    list.includes(type) || (type === "integer" && list.includes("number"));
  return [...new Set([...a.filter((type) => within(type, b)), ...b.filter((type) => within(type, a))])];
}

/** What `restrictTypes` and unions tell apart: every JSON value is of exactly one kind, and octets are no JSON. */
export type Kind = "null" | "boolean" | "number" | "string" | "array" | "object" | "octets";

export const everyKind: readonly Kind[] = ["null", "boolean", "number", "string", "array", "object"];

/** The kinds that types allow. */
export function kindsOf(types: readonly JsonType[]): readonly Kind[] {
  return [...new Set(types.map((type) => (type === "integer" ? "number" : type)))];
}
