import type { Field } from "../policy/index.js";
import { type Decoded, decodeFields } from "./decoded.js";
import { readDelimited, readObject, textsOf } from "./delimited.js";
import type { ReceivedHeaders } from "./exchange.js";
import { EncodingError, itemKind, propertyKinds, readScalar, Unreadable } from "./scalar.js";

/** RFC 6265, 4.1.1, but for the comma, which OpenAPI's `form` style writes between items. */
const cookieText = /^[\x21\x23-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/** Reads cookie parameters. Their text is never percent-decoded. Cookies that no field names are none of ours. */
export function decodeCookie(fields: readonly Field[], headers: ReceivedHeaders): Decoded {
  const cookies = cookiesOf(headers);
  return decodeFields("cookie", fields, (field) => {
    const { name, kind = "string", explode = true } = field;
    const properties = propertyKinds(kind);
    if (properties !== undefined && explode) {
      const pairs = Object.keys(properties).flatMap((key) =>
        (cookies.get(key) ?? []).map((text) => [key, text] as const),
      );
      return pairs.length === 0 ? undefined : readObject(properties, pairs);
    }
    const found = cookies.get(name);
    if (found === undefined) return undefined;
    const item = itemKind(kind);
    if (item !== undefined && explode) return found.map((text) => readScalar(item, text));
    if (found.length > 1) throw new Unreadable("The cookie stands more than once.");
    return readDelimited(kind, found[0] ?? "", { between: ",", decode: (text) => text });
  });
}

function cookiesOf(headers: ReceivedHeaders): ReadonlyMap<string, readonly string[]> {
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
    const { name, kind = "string", explode = true } = field;
    const value = input[field.key ?? name];
    if (value === undefined) return [];
    const composed = !explode && (itemKind(kind) !== undefined || propertyKinds(kind) !== undefined);
    const texts = textsOf(name, kind, value, (text) => checked(name, text, composed));
    if (texts.kind === "scalar") return [[name, texts.text] as const];
    if (texts.kind === "list")
      return explode ? texts.texts.map((text) => [name, text] as const) : [[name, texts.texts.join(",")] as const];
    return explode ? texts.entries : [[name, texts.entries.flat().join(",")] as const];
  });
}

function checked(name: string, text: string, composed: boolean): string {
  if (!cookieText.test(text)) throw new EncodingError(name, "the value cannot stand in a cookie");
  if (composed && text.includes(",")) throw new EncodingError(name, "a value holds the delimiter of its style");
  return text;
}
