import type { NumberRule } from "../../model/schema.js";
import { type Context, every, runtime } from "./context.js";
import { type Expr, method } from "./layout.js";

export function printNumber(rule: NumberRule, integer: boolean, context: Context): Expr {
  let expr: Expr = !integer ? "z.number()" : rule.format === "int32" ? "z.int32()" : "z.int()";
  if (rule.minimum !== undefined) expr = method(expr, "min", String(rule.minimum));
  if (rule.exclusiveMinimum !== undefined) expr = method(expr, "gt", String(rule.exclusiveMinimum));
  if (rule.maximum !== undefined) expr = method(expr, "max", String(rule.maximum));
  if (rule.exclusiveMaximum !== undefined) expr = method(expr, "lt", String(rule.exclusiveMaximum));
  if (rule.multipleOf === undefined) return expr;
  if (integer && Number.isSafeInteger(rule.multipleOf)) return method(expr, "multipleOf", String(rule.multipleOf));
  return every(context, [expr, runtime(context, "multipleOf", String(rule.multipleOf))]);
}
