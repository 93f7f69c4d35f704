import type { Kind } from "../policy/index.js";
import {
  EncodingError,
  itemKind,
  kindOfProperty,
  propertyKinds,
  readScalar,
  Unreadable,
  writeScalar,
} from "./scalar.js";

/** How the parts of a list or an object are told apart in one text. */
export interface Delimiters {
  /** Between items, or between a name and its value where `assign` is absent. */
  readonly between: string | RegExp;
  /** Between a name and its value. */
  readonly assign?: string;
  readonly decode: (text: string) => string;
}

/**
 * Reads a list, an object or a scalar out of one text. It is taken apart before it is decoded: an encoded delimiter is data.
 * @throws Unreadable
 */
export function readDelimited(kind: Kind, text: string, { between, assign, decode }: Delimiters): unknown {
  const item = itemKind(kind);
  if (item !== undefined) return text === "" ? [] : text.split(between).map((part) => readScalar(item, decode(part)));
  const properties = propertyKinds(kind);
  if (properties === undefined) return readScalar(kind, decode(text));
  const parts = text === "" ? [] : text.split(between);
  const pairs = assign === undefined ? pairUp(parts) : parts.map((part) => splitOnce(part, assign));
  return readObject(
    properties,
    pairs.map(([name, value]) => [decode(name), decode(value)] as const),
  );
}

/** An object without prototype, out of names and texts. A name that stands twice is malformed. */
export function readObject(
  kinds: Readonly<Record<string, Kind>>,
  pairs: readonly (readonly [string, string])[],
): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  for (const [name, text] of pairs) {
    // The one name that validators look away from (R32).
    if (name === "__proto__") throw new Unreadable("A name is not allowed.");
    if (name in object) throw new Unreadable("A property stands twice.");
    object[name] = readScalar(kindOfProperty(kinds, name) ?? "string", text);
  }
  return object;
}

function pairUp(parts: readonly string[]): readonly (readonly [string, string])[] {
  if (parts.length % 2 === 1) throw new Unreadable("A property has no value.");
  return parts.flatMap((part, at) => (at % 2 === 0 ? [[part, parts[at + 1] ?? ""] as const] : []));
}

function splitOnce(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at === -1) throw new Unreadable("A property has no value.");
  return [text.slice(0, at), text.slice(at + mark.length)];
}

/** The texts of a value: one for a scalar, one an item, or name and value an entry. */
export type Texts =
  | { readonly kind: "scalar"; readonly text: string }
  | { readonly kind: "list"; readonly texts: readonly string[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, string])[] };

/**
 * The texts of a value, encoded.
 * @throws EncodingError for what a parameter cannot carry.
 */
export function textsOf(name: string, kind: Kind, value: unknown, encode: (text: string) => string): Texts {
  const item = itemKind(kind);
  if (item !== undefined) {
    // Where a schema takes one value or several, one is a list of one.
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    return { kind: "list", texts: items.map((one) => encode(writeScalar(name, item, one))) };
  }
  const properties = propertyKinds(kind);
  if (properties === undefined) return { kind: "scalar", text: encode(writeScalar(name, kind, value)) };
  return {
    kind: "object",
    entries: entriesOf(name, value).map(([key, one]) => {
      const text = writeScalar(name, kindOfProperty(properties, key) ?? "string", one);
      return [encode(key), encode(text)] as const;
    }),
  };
}

/**
 * The properties of an object that are there.
 * @throws EncodingError for what is no object, or has a name that nobody reads (R32).
 */
export function entriesOf(name: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new EncodingError(name, "an object is wanted");
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  if (entries.some(([key]) => key === "__proto__")) throw new EncodingError(name, "a name is not allowed");
  return entries;
}

/** How the parts of a list or an object are joined into one text. */
export interface Joint {
  readonly between: string;
  /** Between a name and its value, where that is something else. */
  readonly assign?: string;
}

/**
 * One text of a value. What would be taken apart in other places than it was joined is refused.
 * @throws EncodingError
 */
export function joinTexts(name: string, texts: Texts, { between, assign = between }: Joint): string {
  if (texts.kind === "scalar") return texts.text;
  const parts = texts.kind === "list" ? texts.texts : texts.entries.flat();
  const marks = texts.kind === "list" || assign === between ? [between] : [between, assign];
  if (parts.some((part) => marks.some((mark) => part.includes(mark))))
    throw new EncodingError(name, "a value holds the delimiter of its style");
  if (texts.kind === "object") return texts.entries.map(([key, text]) => `${key}${assign}${text}`).join(between);
  if (texts.texts.length === 1 && texts.texts[0] === "")
    throw new EncodingError(name, "one empty text and no text at all look the same in its style");
  return texts.texts.join(between);
}
