import type { Field } from "../policy/index.js";
import { type Decoded, decodeFields } from "./decoded.js";
import { type Delimiters, joinTexts, readDelimited, type Texts, textsOf } from "./delimited.js";
import { decodePercent, encodePercent, encodingOf } from "./percent.js";
import { fillPath } from "./plain.js";
import { readForm, writeForm } from "./query.js";
import { EncodingError, itemKind, propertyKinds, readScalar, Unreadable } from "./scalar.js";

/**
 * Reads the parameters of a path.
 * @param raw what stands in the path for each name, not decoded.
 */
export function decodePath(fields: readonly Field[], raw: Readonly<Record<string, string>>): Decoded {
  return decodeFields("path", fields, (field) => {
    const text = Object.hasOwn(raw, field.name) ? raw[field.name] : undefined;
    return text === undefined ? undefined : readPathText(field, text);
  });
}

function readPathText(field: Field, text: string): unknown {
  const { kind = "string", style = "simple", explode = false, form } = field;
  if (form !== undefined) return readForm(form, decodePercent(text));
  // As most of them are.
  if (style === "simple" && typeof kind === "string") return readScalar(kind, decodePercent(text));
  if (style === "matrix") return readMatrix(field, text);
  const label = style === "label";
  if (label && !text.startsWith(".")) throw new Unreadable("A label begins with a dot.");
  const between = label && explode ? "." : ",";
  return readDelimited(kind, label ? text.slice(1) : text, delimiters(between, explode));
}

function delimiters(between: string, explode: boolean): Delimiters {
  return { between, decode: decodePercent, ...(explode ? { assign: "=" } : {}) };
}

/** `;name=value`: the name stands before each value, or before the only one. */
function readMatrix({ name, kind = "string", explode = false }: Field, text: string): unknown {
  if (!text.startsWith(";")) throw new Unreadable("A matrix parameter begins with a semicolon.");
  if (explode && propertyKinds(kind) !== undefined) return readDelimited(kind, text.slice(1), delimiters(";", true));
  const prefix = encodePercent(name);
  const parts = text
    .slice(1)
    .split(";")
    .map((part) => {
      // RFC 6570, 3.2.7: an empty value has no "=".
      if (part === prefix) return "";
      if (!part.startsWith(`${prefix}=`)) throw new Unreadable("The matrix parameter has another name.");
      return part.slice(prefix.length + 1);
    });
  const item = itemKind(kind);
  if (explode && item !== undefined) return parts.map((part) => readScalar(item, decodePercent(part)));
  if (parts.length > 1) throw new Unreadable("The parameter stands twice.");
  return readDelimited(kind, parts[0] ?? "", delimiters(",", false));
}

/**
 * A path template with its parameters filled in (RFC 6570 as OpenAPI uses it).
 * @throws EncodingError when a parameter is missing, or a value would change the path: `.`, `..` and the empty one (R58).
 */
export function encodePath(
  template: string,
  fields: readonly Field[],
  input: Readonly<Record<string, unknown>>,
): string {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return fillPath(template, (name) => {
    const field = byName.get(name) ?? { name };
    return writePathText(field, input[field.key ?? field.name]);
  });
}

/** RFC 3986, 3.3: the reserved characters that a segment may hold, and no style of a path puts between parts. */
const kept = ":@!$&'()*+";
/** The same where nothing stands between parts. */
const keptAlone = `${kept},;=`;

function writePathText(field: Field, value: unknown): string {
  const { name, kind = "string", style = "simple", explode = false, allowReserved, form } = field;
  if (value === undefined || value === null) throw new EncodingError(name, "a path parameter is missing");
  if (form !== undefined) return encodePercent(writeForm(name, form, value));
  const texts = textsOf(
    name,
    kind,
    value,
    encodingOf(allowReserved, style === "simple" && typeof kind === "string" ? keptAlone : kept),
  );
  if (texts.kind === "scalar" && texts.text === "") throw new EncodingError(name, '"" would change the path');
  if (style === "matrix") return writeMatrix(name, texts, explode);
  const joint = explode ? { between: style === "label" ? "." : ",", assign: "=" } : { between: "," };
  return `${style === "label" ? "." : ""}${joinTexts(name, texts, joint)}`;
}

function writeMatrix(name: string, texts: Texts, explode: boolean): string {
  const key = encodePercent(name);
  if (explode && texts.kind === "list") return texts.texts.map((text) => `;${key}=${text}`).join("");
  if (explode && texts.kind === "object") return texts.entries.map(([one, text]) => `;${one}=${text}`).join("");
  return `;${key}=${joinTexts(name, texts, { between: "," })}`;
}
