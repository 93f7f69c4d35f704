import type { Kind } from "../policy/index.js";
import { wideInteger } from "./exact.js";
import { EncodingError, Unreadable } from "./faults.js";
import { type Breadth, parseJson } from "./json.js";
import { jsonText } from "./json-text.js";
import { plainText } from "./plain.js";

export { EncodingError, Unreadable } from "./faults.js";

/** How deep a JSON-encoded parameter may nest. */
const jsonDepth = 32;

/** RFC 8259, 6: the one spelling of numbers that is read. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * What a text stands for. A text that is no number stays a text, so that validation refuses it where it stands.
 * @throws Unreadable when a JSON-encoded parameter is not JSON.
 */
export function readScalar(kind: Kind, text: string, depth = jsonDepth, breadth?: Breadth): unknown {
  // OpenAPI leaves open how a list or an object within a parameter is written. It is JSON, which loses nothing.
  if (typeof kind === "object") return readJson(text, depth, breadth, holdsExact(kind));
  switch (kind) {
    case "int64":
      return jsonNumber.test(text) ? (wideInteger(text) ?? Number(text)) : text;
    case "integer":
    case "number":
      return jsonNumber.test(text) ? Number(text) : text;
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    case "json":
    case "exactJson":
      return readJson(text, depth, breadth, kind === "exactJson");
    default:
      return text;
  }
}

/** Whether no digit of an integer may be lost anywhere in it. */
function holdsExact(kind: Kind): boolean {
  return typeof kind === "object" ? Object.values(kind).some(holdsExact) : kind === "int64" || kind === "exactJson";
}

function readJson(text: string, depth: number, breadth: Breadth | undefined, exact: boolean): unknown {
  const reading = parseJson(text, depth, breadth, exact);
  if ("fault" in reading) throw new Unreadable(reading.fault);
  return reading.value;
}

/**
 * The text of a scalar.
 * @throws EncodingError for what would not be read back as what it is: null among others, which has no text.
 */
export function writeScalar(name: string, kind: Kind, value: unknown): string {
  if (isJsonKind(kind)) return writeJson(name, value);
  return plainText(name, value);
}

function writeJson(name: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = jsonText(value);
  } catch {
    throw new EncodingError(name, "the value has no JSON form");
  }
  if (text === undefined) throw new EncodingError(name, "the value has no JSON form");
  return text;
}

/** Whether the whole text of a parameter is JSON. */
export function isJsonText(kind: Kind): boolean {
  return kind === "json" || kind === "exactJson";
}

/** Whether a value by itself is written as JSON: also a list or an object within another. */
export function isJsonKind(kind: Kind): boolean {
  return isJsonText(kind) || typeof kind === "object";
}

/** JSON in ASCII (RFC 8259, 7): what else there is of Unicode cannot stand in a header. */
export function asciiJson(text: string): string {
  return text.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Whether a kind is a list, and of what. */
export function itemKind(kind: Kind): Kind | undefined {
  return isList(kind) ? (kind[0] ?? "string") : undefined;
}

/** The kind of one property of an object; `undefined` where the object has none of that name. */
export function kindOfProperty(kinds: Readonly<Record<string, Kind>>, name: string): Kind | undefined {
  return Object.hasOwn(kinds, name) ? kinds[name] : kinds["*"];
}

/** The kinds of an object's properties. `undefined`: the kind is no object. */
export function propertyKinds(kind: Kind): Readonly<Record<string, Kind>> | undefined {
  return typeof kind === "object" && !isList(kind) ? (kind as Readonly<Record<string, Kind>>) : undefined;
}

function isList(kind: Kind): kind is readonly Kind[] {
  return Array.isArray(kind);
}
