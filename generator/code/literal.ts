import type { Json } from "./json.js";
import { type Code, text, toCode } from "./layout.js";
import { quote } from "./quote.js";
import { array, fillOf, object } from "./shapes.js";

/** Door 1: a value of the spec, as a literal. */
export function literal(value: Json): Code {
  if (typeof value === "string") return toCode(text(quote(value)));
  if (typeof value === "number") return toCode(text(numeral(value)));
  if (value === null || typeof value === "boolean") return toCode(text(String(value)));
  if (isList(value)) {
    const items = value.map(literal);
    return value.length > 1 && value.every((item) => typeof item === "number") ? fillOf(items) : array(items);
  }
  if (typeof value !== "object") throw new TypeError("only JSON values have a literal");
  return object(Object.entries(value).map(([key, entry]) => ({ key, value: literal(entry) })));
}

/** An integer of any size. */
export function bigintLiteral(value: bigint): Code {
  return toCode(text(`${value}n`));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function numeral(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError("JSON has no such number");
  return JSON.stringify(value).replace("e+", "e");
}
