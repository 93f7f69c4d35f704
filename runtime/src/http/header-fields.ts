import type { Field } from "../policy/index.js";
import { type Decoded, decodeFields } from "./decoded.js";
import { joinTexts, readDelimited, textsOf } from "./delimited.js";
import type { ReceivedHeaders } from "./exchange.js";
import { isFieldValue } from "./headers.js";
import { readForm, writeForm } from "./query.js";
import { asciiJson, EncodingError, isJsonText, itemKind, Unreadable } from "./scalar.js";

/** Reads header parameters. Their text is never percent-decoded (OpenAPI 3.2, 4.12.2.2). */
export function decodeHeader(fields: readonly Field[], headers: ReceivedHeaders): Decoded {
  return decodeFields("header", fields, (field) => readHeader(field, headers.all(field.name.toLowerCase())));
}

function readHeader({ kind = "string", explode = false, form }: Field, lines: readonly string[]): unknown {
  if (lines.length === 0) return undefined;
  // RFC 9110, 5.3: only lists may come in several lines.
  if (lines.length > 1 && itemKind(kind) === undefined) throw new Unreadable("The header stands more than once.");
  const text = lines.join(",");
  if (form !== undefined) return readForm(form, text);
  return readDelimited(kind, isJsonText(kind) ? text : text.trim(), {
    between: ",",
    decode: (part) => part.trim(),
    ...(explode ? { assign: "=" } : {}),
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
    const value = input[field.key ?? field.name];
    if (value !== undefined) headers[field.name] = writeHeader(field, value);
  }
  return headers;
}

/**
 * The text of one header.
 * @throws EncodingError
 */
export function writeHeader({ name, kind = "string", explode = false, form }: Field, value: unknown): string {
  if (form !== undefined) return writeForm(name, form, value);
  const texts = textsOf(name, kind, value, (text) => checked(name, isJsonText(kind) ? asciiJson(text) : text));
  return joinTexts(name, texts, explode ? { between: ",", assign: "=" } : { between: "," });
}

function checked(name: string, text: string): string {
  if (!isFieldValue(text) || text.trim() !== text) throw new EncodingError(name, "the value cannot stand in a header");
  return text;
}
