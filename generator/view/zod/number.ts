import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import type { NumberRule } from "../../model/schema.js";
import { type Context, every, runtime } from "./context.js";
import { method, zod } from "./expression.js";

export function printNumber(rule: NumberRule, integer: boolean, context: Context): Code {
  let expr: Code = zod(!integer ? "number" : rule.format === "int32" ? "int32" : "int");
  if (rule.minimum !== undefined) expr = method(expr, "min", literal(rule.minimum));
  if (rule.exclusiveMinimum !== undefined) expr = method(expr, "gt", literal(rule.exclusiveMinimum));
  if (rule.maximum !== undefined) expr = method(expr, "max", literal(rule.maximum));
  if (rule.exclusiveMaximum !== undefined) expr = method(expr, "lt", literal(rule.exclusiveMaximum));
  if (rule.multipleOf === undefined) return expr;
  if (integer && Number.isSafeInteger(rule.multipleOf)) return method(expr, "multipleOf", literal(rule.multipleOf));
  return every(context, [expr, runtime(context, "multipleOf", literal(rule.multipleOf))]);
}
