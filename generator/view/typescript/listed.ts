import { literal } from "../../code/literal.js";
import { typeLiteral } from "../../code/shapes.js";
import { code, join } from "../../code/template.js";
import type { Json, JsonType } from "../../model/schema.js";
import { isOf } from "../zod/values.js";
import { listOf, noKeys, some, type Type, word } from "./type.js";

/** The values that are listed, as far as they are of the types beside them. */
export function listedType(listed: readonly Json[], types: readonly JsonType[] | undefined, immutable: boolean): Type {
  const allowed = types === undefined ? listed : listed.filter((one) => isOf(one, types));
  return some(allowed.map((one) => valueType(one, immutable)));
}

function valueType(value: Json, immutable: boolean): Type {
  if (typeof value !== "object" || value === null) return word(literal(value));
  if (!isList(value)) {
    const members = Object.entries(value).map(([key, one]) => ({
      key,
      optional: false,
      type: valueType(one, immutable).code,
    }));
    return members.length === 0 ? noKeys : word(typeLiteral(members));
  }
  if (value.length === 0) return listOf(code`never[]`, immutable);
  return listOf(
    code`[${join(
      value.map((one) => valueType(one, immutable).code),
      code`, `,
    )}]`,
    immutable,
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
