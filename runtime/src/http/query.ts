import type { Field } from "../policy/index.js";
import { type Decoded, decodeFields, faultOf } from "./decoded.js";
import { readDelimited, readObject, type Texts, textsOf } from "./delimited.js";
import { decodeQueryText, encodePercent, encodeReserved } from "./percent.js";
import { EncodingError, itemKind, propertyKinds, readScalar, Unreadable } from "./scalar.js";

/** The raw texts of each name. */
type Texture = Map<string, string[]>;

/**
 * Reads the parameters of a query, or of a urlencoded body. Names that no field has are kept as texts: a strict schema refuses them.
 * @param rawQuery without its question mark, not decoded.
 */
export function decodeQuery(fields: readonly Field[], rawQuery: string): Decoded {
  let texts: Texture;
  try {
    texts = takeApart(rawQuery);
  } catch (thrown) {
    if (!(thrown instanceof Unreadable)) throw thrown;
    return { faults: [{ detail: thrown.message, in: "query", pointer: "#" }] };
  }
  const decoded = decodeFields("query", fields, (field) => readQueryField(field, texts));
  return "faults" in decoded ? decoded : keepUnknown(decoded.value, texts);
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

/** Takes what belongs to the field out of the texts. */
function readQueryField(field: Field, texts: Texture): unknown {
  const { name, kind = "string", style = "form", explode = style === "form" } = field;
  const properties = propertyKinds(kind);
  if (properties !== undefined && style === "deepObject") return readDeep(name, properties, texts);
  if (properties !== undefined && explode) return readSpread(properties, texts);
  const found = texts.get(name);
  if (found === undefined) return undefined;
  texts.delete(name);
  const item = itemKind(kind);
  if (item !== undefined && explode) return found.map((text) => readScalar(item, decodeQueryText(text)));
  // OWASP API testing, parameter pollution: two values for one name are read differently by every layer (R35).
  if (found.length > 1) throw new Unreadable("The parameter stands more than once.");
  return readDelimited(kind, found[0] ?? "", { between: betweenOf(style), decode: decodeQueryText });
}

function betweenOf(style: Field["style"]): string | RegExp {
  if (style === "spaceDelimited") return /%20|\+/;
  return style === "pipeDelimited" ? /\||%7C/i : ",";
}

/** `filter[state]=open`: one level, as OpenAPI defines it. */
function readDeep(name: string, kinds: Parameters<typeof readObject>[0], texts: Texture): unknown {
  const pairs: [string, string][] = [];
  for (const [key, found] of [...texts]) {
    if (!key.startsWith(`${name}[`) || !key.endsWith("]")) continue;
    texts.delete(key);
    if (found.length > 1) throw new Unreadable("A property stands twice.");
    pairs.push([key.slice(name.length + 1, -1), decodeQueryText(found[0] ?? "")]);
  }
  return pairs.length === 0 ? undefined : readObject(kinds, pairs);
}

/** `form` and `explode`: the properties stand among the other parameters. */
function readSpread(kinds: Parameters<typeof readObject>[0], texts: Texture): unknown {
  const pairs: [string, string][] = [];
  for (const key of Object.keys(kinds)) {
    const found = texts.get(key);
    if (found === undefined) continue;
    texts.delete(key);
    if (found.length > 1) throw new Unreadable("A property stands twice.");
    pairs.push([key, decodeQueryText(found[0] ?? "")]);
  }
  return pairs.length === 0 ? undefined : readObject(kinds, pairs);
}

function keepUnknown(value: Record<string, unknown>, texts: Texture): Decoded {
  for (const [name, [text = "", ...more]] of texts) {
    if (more.length > 0) return { faults: [faultOf("query", name, "The parameter stands more than once.")] };
    try {
      if (!(name in value)) value[name] = decodeQueryText(text);
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
      return value === undefined ? [] : writeQueryField(field, value);
    })
    .join("&");
}

function writeQueryField(field: Field, value: unknown): readonly string[] {
  const { name, kind = "string", style = "form", explode = style === "form" } = field;
  const texts = textsOf(name, kind, value, field.allowReserved === true ? encodeReserved : encodePercent);
  const key = encodePercent(name);
  if (texts.kind === "scalar") return [`${key}=${texts.text}`];
  if (texts.kind === "object" && style === "deepObject") {
    return texts.entries.map(([property, text]) => `${key}%5B${property}%5D=${text}`);
  }
  if (explode) return spread(key, texts);
  const between = style === "spaceDelimited" ? "%20" : style === "pipeDelimited" ? "%7C" : ",";
  const parts = texts.kind === "list" ? texts.texts : texts.entries.flat();
  if (between !== "," && parts.some((part) => part.includes(between))) {
    throw new EncodingError(name, "a value holds the delimiter of its style");
  }
  return [`${key}=${parts.join(between)}`];
}

function spread(key: string, texts: Texts): readonly string[] {
  if (texts.kind === "list") return texts.texts.map((text) => `${key}=${text}`);
  return texts.kind === "object" ? texts.entries.map(([property, text]) => `${property}=${text}`) : [];
}
