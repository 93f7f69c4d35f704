import type { Field } from "../policy/index.js";
import { type Decoded, decodeFields } from "./decoded.js";
import { readDelimited, textsOf } from "./delimited.js";
import type { ReceivedHeaders } from "./exchange.js";
import { isFieldValue } from "./headers.js";
import { EncodingError, itemKind, propertyKinds, Unreadable } from "./scalar.js";

/** Reads header parameters. Their text is never percent-decoded (OpenAPI 4.8.12.2). */
export function decodeHeader(fields: readonly Field[], headers: ReceivedHeaders): Decoded {
  return decodeFields("header", fields, (field) => {
    const { name, kind = "string", explode = false } = field;
    const lines = headers.all(name.toLowerCase());
    if (lines.length === 0) return undefined;
    // RFC 9110, 5.3: only lists may come in several lines.
    if (lines.length > 1 && itemKind(kind) === undefined) throw new Unreadable("The header stands more than once.");
    const text = lines.join(",");
    return readDelimited(kind, kind === "json" ? text : text.trim(), {
      between: ",",
      decode: (part) => part.trim(),
      ...(explode ? { assign: "=" } : {}),
    });
  });
}

/**
 * Writes header parameters.
 * @throws EncodingError for what cannot stand in a header, or would be read back as something else.
 */
export function encodeHeaders(
  fields: readonly Field[],
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const field of fields) {
    const { name, kind = "string", explode = false } = field;
    const value = input[field.key ?? name];
    if (value === undefined) continue;
    const composed = itemKind(kind) !== undefined || propertyKinds(kind) !== undefined;
    const texts = textsOf(name, kind, value, (text) => checked(name, text, composed));
    if (texts.kind === "scalar") headers[name] = texts.text;
    else if (texts.kind === "list") headers[name] = texts.texts.join(",");
    else headers[name] = texts.entries.map(([key, text]) => `${key}${explode ? "=" : ","}${text}`).join(",");
  }
  return headers;
}

function checked(name: string, text: string, composed: boolean): string {
  if (!isFieldValue(text) || text.trim() !== text) throw new EncodingError(name, "the value cannot stand in a header");
  if (composed && /[,=]/.test(text)) throw new EncodingError(name, "a value holds the delimiter of its style");
  return text;
}
