import type { Code } from "../../code/layout.js";
import { bigintLiteral, literal } from "../../code/literal.js";
import type { HeldAs } from "../../model/held.js";
import type { Json, NumberRule } from "../../model/schema.js";
import { type Context, every, runtime } from "./context.js";
import { method, zod } from "./expression.js";

/** A 64-bit integer, as code holds it: a bigint, or its digits. */
export function printHeldInteger(rule: NumberRule, held: HeldAs, context: Context): Code {
  const whole = printBigint(rule, context);
  return held === "digits" ? runtime(context, "digits", whole) : whole;
}

/** Bounds that are no integers bound the integers within them. */
function printBigint({ format, ...rule }: NumberRule, context: Context): Code {
  let expr = zod(context.formats === "assert" && format !== undefined ? format : "bigint");
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf } = rule;
  if (minimum !== undefined) expr = method(expr, "min", whole(Math.ceil(minimum)));
  if (exclusiveMinimum !== undefined) expr = method(expr, "gt", whole(Math.floor(exclusiveMinimum)));
  if (maximum !== undefined) expr = method(expr, "max", whole(Math.floor(maximum)));
  if (exclusiveMaximum !== undefined) expr = method(expr, "lt", whole(Math.ceil(exclusiveMaximum)));
  if (multipleOf === undefined) return expr;
  if (Number.isSafeInteger(multipleOf)) return method(expr, "multipleOf", whole(multipleOf));
  return every(context, [expr, runtime(context, "multipleOf", literal(multipleOf))]);
}

function whole(value: number): Code {
  return bigintLiteral(BigInt(value));
}

/** A default of the spec, as code holds it. */
export function heldDefault(value: Json, held: HeldAs): Code {
  if (typeof value !== "number" || !Number.isInteger(value)) return literal(value);
  return held === "bigint" ? whole(value) : literal(String(value));
}
