import type { Field } from "../policy/index.js";
import { type Decoded, decodeFields } from "./decoded.js";
import { joinTexts, readDelimited, readObject, textsOf } from "./delimited.js";
import type { ReceivedHeaders } from "./exchange.js";
import { isFieldName } from "./headers.js";
import { decodePercent, encodingOf } from "./percent.js";
import { readForm, writeForm } from "./query.js";
import { EncodingError, itemKind, propertyKinds, readScalar, Unreadable } from "./scalar.js";

/** RFC 6265, 4.1.1, but for the comma, which both styles write between items. */
const cookieText = /^[\x21\x23-\x3a\x3c-\x5b\x5d-\x7e]*$/;
/** The reserved characters that a cookie may hold (RFC 6265, 4.1.1), and no style puts between parts. */
const kept = ":/?#[]@!$&'()*+";

/**
 * Reads cookie parameters. In the style `cookie` their text is never percent-decoded, in the style `form` once (OpenAPI 3.2, 4.12.2.2).
 * Cookies that no field names are none of ours.
 */
export function decodeCookie(fields: readonly Field[], headers: ReceivedHeaders): Decoded {
  const cookies = cookiesOf(headers);
  return decodeFields("cookie", fields, (field) => readCookie(field, cookies));
}

type Cookies = ReadonlyMap<string, readonly string[]>;

function readCookie(field: Field, cookies: Cookies): unknown {
  const { name, kind = "string", style = "form", explode = true, form } = field;
  const decode = style === "cookie" ? (text: string) => text : decodePercent;
  const properties = propertyKinds(kind);
  if (properties !== undefined && explode) {
    const pairs = [...cookies].flatMap(([found, texts]) => {
      const key = nameIn(found, decode);
      return Object.hasOwn(properties, key) ? texts.map((text) => [key, decode(text)] as const) : [];
    });
    return pairs.length === 0 ? undefined : readObject(properties, pairs);
  }
  const found = cookies.get(name);
  if (found === undefined) return undefined;
  const item = itemKind(kind);
  if (item !== undefined && explode) return found.map((text) => readScalar(item, decode(text)));
  if (found.length > 1) throw new Unreadable("The cookie stands more than once.");
  if (form !== undefined) return readForm(form, found[0] ?? "");
  return readDelimited(kind, found[0] ?? "", { between: ",", decode });
}

/** Most cookies are none of ours, and may be spelt as they like. */
function nameIn(found: string, decode: (text: string) => string): string {
  try {
    return decode(found);
  } catch {
    return found;
  }
}

function cookiesOf(headers: ReceivedHeaders): Cookies {
  const cookies = new Map<string, string[]>();
  for (const pair of headers.all("cookie").flatMap((line) => line.split(";"))) {
    const at = pair.indexOf("=");
    if (at === -1) continue;
    const name = pair.slice(0, at).trim();
    const text = pair.slice(at + 1).trim();
    const known = cookies.get(name);
    if (known === undefined) cookies.set(name, [text]);
    else known.push(text);
  }
  return cookies;
}

/**
 * Writes cookie parameters, as pairs for one Cookie header (RFC 6265, 4.2.1).
 * @throws EncodingError for what cannot stand in a cookie.
 */
export function encodeCookies(
  fields: readonly Field[],
  input: Readonly<Record<string, unknown>>,
): readonly (readonly [name: string, text: string])[] {
  return fields.flatMap((field) => {
    const value = input[field.key ?? field.name];
    return value === undefined ? [] : writeCookie(field, value);
  });
}

function writeCookie(field: Field, value: unknown): readonly (readonly [string, string])[] {
  const { name, kind = "string", style = "form", explode = true, allowReserved, form } = field;
  if (form !== undefined) return [[name, checked(name, writeForm(name, form, value))]];
  const encode = style === "cookie" ? (text: string) => text : encodingOf(allowReserved, kept);
  const texts = textsOf(name, kind, value, (text) => checked(name, encode(text)));
  if (texts.kind === "list" && explode) return texts.texts.map((text) => [name, text] as const);
  if (texts.kind === "object" && explode) {
    // RFC 6265, 4.1.1: the name of a cookie is a token.
    if (texts.entries.some(([key]) => !isFieldName(key))) throw new EncodingError(name, "a name cannot name a cookie");
    return texts.entries;
  }
  return [[name, joinTexts(name, texts, { between: "," })]];
}

function checked(name: string, text: string): string {
  if (!cookieText.test(text)) throw new EncodingError(name, "the value cannot stand in a cookie");
  return text;
}
