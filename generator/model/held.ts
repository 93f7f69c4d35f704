import type { SpecObject } from "./spec.js";

/** What code holds a value as that is something else on the wire. `digits` are those of an integer, as a text. */
export type HeldAs = "bigint" | "digits" | "Date" | "Instant" | "PlainDate";

/** What code holds 64-bit integers and dates as. On the wire they are what the spec says, whatever is chosen here. */
export interface ValueOptions {
  readonly int64: "number" | "bigint" | "string";
  readonly dates: "string" | "Date" | "Temporal";
}

export const plainValues: ValueOptions = { int64: "number", dates: "string" };

/** Keywords that say more of a value than its format does: what they say, they say of the value on the wire. */
const telling = ["enum", "const", "allOf", "anyOf", "oneOf", "pattern", "minLength", "maxLength"];

/** What code holds the values of a Schema Object as; `undefined`: as what they are on the wire. */
export function heldBy(node: SpecObject, options: ValueOptions): HeldAs | undefined {
  if (telling.some((keyword) => node[keyword] !== undefined)) return undefined;
  const said = Array.isArray(node.type) ? node.type : [node.type];
  const [type, ...others] = said.filter((one) => one !== "null");
  if (others.length > 0) return undefined;
  if (type === "string") return heldText(node, options);
  return type === "integer" || type === "number" ? heldInteger(node, options) : undefined;
}

function heldInteger({ format }: SpecObject, { int64 }: ValueOptions): HeldAs | undefined {
  if (int64 === "number" || (format !== "int64" && format !== "uint64")) return undefined;
  return int64 === "bigint" ? "bigint" : "digits";
}

/** A Date is an instant: a day without a place is none, and stays a text. */
function heldText({ format }: SpecObject, { dates }: ValueOptions): HeldAs | undefined {
  if (dates === "string") return undefined;
  if (format === "date-time") return dates === "Date" ? "Date" : "Instant";
  return format === "date" && dates === "Temporal" ? "PlainDate" : undefined;
}

/** Whether a value is an integer on the wire of which no digit may be lost. */
export function isWide(as: HeldAs): boolean {
  return as === "bigint" || as === "digits";
}
