import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import type { NumberRule } from "../../model/schema.js";
import { type Context, every, runtime } from "./context.js";
import { method, zod } from "./expression.js";
import { printHeldInteger } from "./held.js";

/** Formats of the OpenAPI registry that narrow what a number may be, as zod says it. */
const formats: Readonly<Record<string, readonly [base: string, min?: number, max?: number]>> = {
  int8: ["int", -128, 127],
  uint8: ["int", 0, 255],
  int16: ["int", -32_768, 32_767],
  uint16: ["int", 0, 65_535],
  int32: ["int32"],
  uint32: ["uint32"],
  int64: ["int"],
  uint64: ["int", 0],
  "single-int": ["int"],
  "double-int": ["int"],
  float: ["float32"],
};

export function printNumber(whole: NumberRule, type: "integer" | "number", context: Context): Code {
  if (whole.held !== undefined) return printHeldInteger(whole, whole.held, context);
  const { format, ...rule } = whole;
  const narrows = context.formats === "assert" && Object.hasOwn(formats, format ?? "");
  const [base, min, max] = (narrows ? formats[format ?? ""] : undefined) ?? [type === "integer" ? "int" : "number"];
  const integer = type === "integer" || base.includes("int");
  let expr: Code = zod(integer && base === "float32" ? "int" : base);
  if (min !== undefined) expr = method(expr, "min", literal(min));
  if (max !== undefined) expr = method(expr, "max", literal(max));
  if (rule.minimum !== undefined) expr = method(expr, "min", literal(rule.minimum));
  if (rule.exclusiveMinimum !== undefined) expr = method(expr, "gt", literal(rule.exclusiveMinimum));
  if (rule.maximum !== undefined) expr = method(expr, "max", literal(rule.maximum));
  if (rule.exclusiveMaximum !== undefined) expr = method(expr, "lt", literal(rule.exclusiveMaximum));
  if (rule.multipleOf === undefined) return expr;
  if (integer && Number.isSafeInteger(rule.multipleOf)) return method(expr, "multipleOf", literal(rule.multipleOf));
  return every(context, [expr, runtime(context, "multipleOf", literal(rule.multipleOf))]);
}
