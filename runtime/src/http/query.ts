import type { Field, Kind } from "../policy/index.js";
import { type Decoded, decodeFields, faultOf } from "./decoded.js";
import { readDeep, writeDeep } from "./deep.js";
import { entriesOf, joinTexts, readDelimited, readObject, type Texts, textsOf } from "./delimited.js";
import { decodePercent, decodeQueryText, encodePercent, encodingOf } from "./percent.js";
import { isSpread, type OwnerOf, ownersOf } from "./rivals.js";
import { EncodingError, itemKind, propertyKinds, readScalar, Unreadable, writeScalar } from "./scalar.js";

/** The raw texts of each name. */
type Texture = Map<string, string[]>;

/**
 * Reads the parameters of a query, or of a urlencoded body. Names that no field has are kept as texts: a strict schema refuses them.
 * @param rawQuery without its question mark, not decoded.
 */
export function decodeQuery(fields: readonly Field[], rawQuery: string): Decoded {
  const [only] = fields;
  if (only === undefined && rawQuery === "") return none;
  if (only?.whole === true) return decodeFields("query", fields, (field) => readWhole(field, rawQuery));
  let texts: Texture;
  try {
    texts = takeApart(rawQuery);
  } catch (thrown) {
    if (!(thrown instanceof Unreadable)) throw thrown;
    return { faults: [{ detail: thrown.message, in: "query", pointer: "#" }] };
  }
  const decoded = decodeFields("query", byGreed(fields), (field) => readQueryField(field, texts, fields));
  return "faults" in decoded ? decoded : keepUnknown(decoded.value, texts);
}

/** One for all: nobody writes into what was decoded. */
const none: Decoded = { value: Object.freeze(Object.create(null)) };

/** OpenAPI 3.2, 4.12.1: the whole query is one value, a form or whatever else its media type says. */
function readWhole({ kind = "string", form }: Field, rawQuery: string): unknown {
  if (rawQuery === "") return undefined;
  return form === undefined ? readScalar(kind, decodePercent(rawQuery)) : readForm(form, rawQuery);
}

function takeApart(rawQuery: string): Texture {
  const texts: Texture = new Map();
  for (const part of rawQuery.split("&")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    const name = decodeQueryText(at === -1 ? part : part.slice(0, at));
    const text = at === -1 ? "" : part.slice(at + 1);
    const known = texts.get(name);
    if (known === undefined) texts.set(name, [text]);
    else known.push(text);
  }
  return texts;
}

/** Fields that take what their properties are called come after those that are called so themselves, and `a` after `a[b]`. */
function byGreed(fields: readonly Field[]): readonly Field[] {
  const isGreedy = (field: Field) => greedOf(field) > 0;
  if (!fields.some(isGreedy)) return fields;
  return [...fields].sort((a, b) => greedOf(a) - greedOf(b) || b.name.length - a.name.length);
}

function greedOf(field: Field): number {
  if (!isSpread(field)) return field.style === "deepObject" ? 1 : 0;
  return Object.hasOwn(propertyKinds(field.kind ?? "string") ?? {}, "*") ? 3 : 2;
}

/** Takes what belongs to the field out of the texts. */
function readQueryField(field: Field, texts: Texture, all: readonly Field[]): unknown {
  const { name, kind = "string", style = "form", explode = style === "form" } = field;
  if (style === "deepObject" && typeof kind === "object") return readDeep(name, kind, texts);
  const properties = propertyKinds(kind);
  if (properties !== undefined && explode) return readSpread(field, properties, texts, ownersOf(all));
  const found = texts.get(name);
  if (found === undefined) return undefined;
  texts.delete(name);
  // OpenAPI 3.2, 4.12.2.1: an empty text may be sent instead of leaving the parameter out.
  if (field.allowEmptyValue === true && found.length === 1 && found[0] === "") return undefined;
  const item = itemKind(kind);
  if (item !== undefined && explode) return found.map((text) => readScalar(item, decodeQueryText(text)));
  // OWASP API testing, parameter pollution: two values for one name are read differently by every layer (R35).
  if (found.length > 1) throw new Unreadable("The parameter stands more than once.");
  if (field.form !== undefined) return readForm(field.form, decodeQueryText(found[0] ?? ""));
  return readDelimited(kind, found[0] ?? "", { between: betweenOf(style), decode: decodeQueryText });
}

function betweenOf(style: Field["style"]): string | RegExp {
  if (style === "spaceDelimited") return /%20|\+/;
  return style === "pipeDelimited" ? /\||%7C/i : ",";
}

/** `form` and `explode`: the properties stand among the other parameters. */
function readSpread(field: Field, kinds: Readonly<Record<string, Kind>>, texts: Texture, ownerOf: OwnerOf): unknown {
  const pairs: [string, string][] = [];
  for (const key of Object.hasOwn(kinds, "*") ? [...texts.keys()] : Object.keys(kinds)) {
    const found = texts.get(key);
    if (found === undefined) continue;
    const owner = ownerOf(key);
    if (owner !== field) {
      if (owner !== undefined && isSpread(owner)) continue;
      throw new Unreadable("Several parameters take this name.");
    }
    texts.delete(key);
    if (found.length > 1) throw new Unreadable("A property stands twice.");
    pairs.push([key, decodeQueryText(found[0] ?? "")]);
  }
  return pairs.length === 0 ? undefined : readObject(kinds, pairs);
}

function keepUnknown(value: Record<string, unknown>, texts: Texture): Decoded {
  for (const [name, [text = "", ...more]] of texts) {
    // A name of ours that is left is one that its parameter is not written under.
    if (more.length > 0 || name in value)
      return { faults: [faultOf("query", name, "The parameter stands more than once.")] };
    try {
      value[name] = decodeQueryText(text);
    } catch {
      return { faults: [faultOf("query", name, "The percent-encoding is broken.")] };
    }
  }
  return { value };
}

/**
 * Writes the parameters of a query, without its question mark; empty where there are none.
 * @throws EncodingError
 */
export function encodeQuery(fields: readonly Field[], input: Readonly<Record<string, unknown>>): string {
  return fields
    .flatMap((field) => {
      const value = input[field.key ?? field.name];
      return value === undefined ? [] : writeQueryField(field, value, fields);
    })
    .join("&");
}

/** RFC 3986, 3.4: the reserved characters that a query may hold, without those that a form or a style puts between parts. */
const kept = ":/?@!$'()*;";
/** The same where no comma stands between parts. */
const keptAlone = `${kept},`;

function writeQueryField(field: Field, value: unknown, all: readonly Field[]): readonly string[] {
  const { name, kind = "string", style = "form", explode = style === "form", form } = field;
  if (field.whole === true) return [writeWhole(field, value)];
  const key = encodePercent(name);
  if (form !== undefined) return [`${key}=${encodePercent(writeForm(name, form, value))}`];
  const encode = encodingOf(field.allowReserved, explode || typeof kind === "string" ? keptAlone : kept);
  if (style === "deepObject" && typeof kind === "object") {
    const pairs = writeDeep(name, kind, value);
    refuseRivals(field, pairs, all);
    return pairs.map(([path, text]) => `${encodePercent(path)}=${encode(text)}`);
  }
  if (isSpread(field)) refuseRivals(field, entriesOf(name, value), all);
  const texts = textsOf(name, kind, value, encode);
  if (field.allowEmptyValue === true && texts.kind === "list" && texts.texts.join() === "" && texts.texts.length > 0)
    throw new EncodingError(name, "one empty text and none look the same");
  if (explode && texts.kind !== "scalar") return spread(name, key, texts);
  const between = style === "spaceDelimited" ? "%20" : style === "pipeDelimited" ? "%7C" : ",";
  return [`${key}=${joinTexts(name, texts, { between })}`];
}

/** A property that would be read as another parameter's is not written. */
function refuseRivals(field: Field, pairs: readonly (readonly [string, unknown])[], all: readonly Field[]): void {
  const ownerOf = ownersOf(all);
  const rival = pairs.find(([name]) => ownerOf(name) !== field);
  if (rival !== undefined)
    throw new EncodingError(field.name, `${JSON.stringify(rival[0])} would be read as another parameter's`);
}

function writeWhole({ name, kind = "string", form }: Field, value: unknown): string {
  if (form !== undefined) return writeForm(name, form, value);
  const text = writeScalar(name, kind, value);
  if (text === "") throw new EncodingError(name, "an empty query and none look the same");
  return encodePercent(text);
}

function spread(name: string, key: string, texts: Exclude<Texts, { kind: "scalar" }>): readonly string[] {
  if (texts.kind === "list") return texts.texts.map((text) => `${key}=${text}`);
  if (texts.entries.length === 0) return [];
  if (texts.entries.some(([property]) => property === "")) throw new EncodingError(name, "a name is empty");
  return texts.entries.map(([property, text]) => `${property}=${text}`);
}

/**
 * Reads a parameter whose text is a urlencoded form.
 * @throws Unreadable
 */
export function readForm(fields: readonly Field[], text: string): unknown {
  const decoded = decodeQuery(fields, text);
  if ("faults" in decoded) throw new Unreadable(decoded.faults[0]?.detail ?? "The form is malformed.");
  if (Object.hasOwn(decoded.value, "__proto__")) throw new Unreadable("A name is not allowed.");
  return decoded.value;
}

/**
 * The text of a parameter that is a urlencoded form.
 * @throws EncodingError
 */
export function writeForm(name: string, fields: readonly Field[], value: unknown): string {
  const known = new Set(fields.map((field) => field.name));
  const unknown = entriesOf(name, value).find(([key]) => !known.has(key));
  if (unknown !== undefined) throw new EncodingError(name, `it has no ${JSON.stringify(unknown[0])}`);
  return encodeQuery(fields, Object.assign(Object.create(null), value));
}
