import type { Code } from "../../code/layout.js";
import { bigintLiteral, literal } from "../../code/literal.js";
import { code } from "../../code/template.js";
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

/** A date, as code holds it. */
export function printHeldText(held: HeldAs, context: Context): Code {
  return runtime(context, "moment", literal(held));
}

/** A default of the spec, as code holds it: a date is made anew each time, so that nobody can change another's. */
export function heldDefault(value: Json, held: HeldAs, context: Context): Code {
  if (held === "bigint" || held === "digits") {
    if (typeof value !== "number" || !Number.isInteger(value)) return literal(value);
    if (!Number.isSafeInteger(value))
      context.complain(
        "SP414",
        `The default is beyond 2^53 − 1, where a number of the spec loses digits: it is read as ${BigInt(value)}.`,
        "Leave the default out, and let the handler say what is meant.",
      );
    return held === "bigint" ? whole(value) : literal(String(value));
  }
  if (typeof value !== "string") return literal(value);
  if (!isSpelt(value, held))
    context.complain(
      "SP414",
      `The default ${JSON.stringify(value)} is no ${held}.`,
      "Write it as RFC 3339, 5.6 spells it.",
    );
  return code`() => ${runtime(context, "momentOf", literal(held), literal(value))}`;
}

function isSpelt(text: string, held: HeldAs): boolean {
  const form =
    held === "PlainDate" ? /^\d{4}-\d{2}-\d{2}$/ : /^\d{4}-\d{2}-\d{2}[Tt][\d:.]{8,}(?:[Zz]|[+-]\d{2}:\d{2})$/;
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day ?? 0));
  return form.test(text) && date.getUTCDate() === day && !Number.isNaN(Date.parse(text.toUpperCase()));
}
