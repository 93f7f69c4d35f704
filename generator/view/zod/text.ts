import type { Json } from "../../model/schema.js";
import { braces, type Expr, list } from "./layout.js";

const beyondAscii = /[\u007f-\uffff]/g;
const identifiers = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** A string literal, in ASCII: the only way in which a string of the spec enters schemas.ts. */
export function text(value: string): string {
  return JSON.stringify(value).replace(beyondAscii, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A JSON value as an expression. */
export function json(value: Json): Expr {
  if (typeof value === "string") return text(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (isList(value)) return list(value.map(json));
  return braces(Object.entries(value).map(([key, item]) => [property(key), ": ", json(item)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** A property's name in an object literal. `__proto__` is written so that it makes a property, not a prototype. */
export function property(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return identifiers.test(name) ? name : text(name);
}

/** A regular expression literal would need its own escapes: a string has one way in. */
export function regex(pattern: string, flags: string): Expr {
  return `new RegExp(${text(pattern)}${flags === "" ? "" : `, ${text(flags)}`})`;
}
