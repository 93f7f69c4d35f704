import type { Field, Kind } from "../policy/index.js";
import type { ProblemDetail } from "../problem/problem.js";
import type { ReceivedHeaders } from "./exchange.js";
import { parseJson } from "./json.js";

/** Parameters of one part of a request, read; or what makes them unreadable, each a 400. */
export type FieldsReading = { readonly value: Record<string, unknown> } | { readonly faults: readonly ProblemDetail[] };

type Part = ProblemDetail["in"];

class Unreadable extends Error {}

/**
 * Reads path parameters.
 * @param raw what stood in the places of the template, still percent-encoded; it is decoded here, once.
 */
export function decodePath(fields: readonly Field[], raw: Readonly<Record<string, string>>): FieldsReading {
  return collect("path", fields, (field) => {
    const text = Object.hasOwn(raw, field.name) ? raw[field.name] : undefined;
    return text === undefined ? undefined : fromStyled(field, text, field.style ?? "simple", field.explode ?? false);
  });
}

/** Reads header parameters. Their text is taken as it is: it is never percent-encoded (OpenAPI 4.8.12.4). */
export function decodeHeader(fields: readonly Field[], headers: ReceivedHeaders): FieldsReading {
  return collect("header", fields, (field) => {
    const lines = headers.all(field.name.toLowerCase());
    if (lines.length === 0) return undefined;
    const kind = field.kind ?? "string";
    // RFC 9110, 5.3: only a list may be split over several lines. Two lines of anything else are two readings (R35).
    if (lines.length > 1 && !Array.isArray(kind)) throw new Unreadable("Repeated.");
    const parts = () =>
      lines
        .join(",")
        .split(",")
        .map((one) => one.replace(/^[ \t]+|[ \t]+$/g, ""));
    return fromParts(kind, lines[0] ?? "", parts, field.explode ?? false, (text) => text);
  });
}

/** Reads cookie parameters (RFC 6265, 4.2.1). */
export function decodeCookie(fields: readonly Field[], headers: ReceivedHeaders): FieldsReading {
  const pairs = headers
    .all("cookie")
    .flatMap((line) => line.split(";"))
    .map((pair) => {
      const cut = pair.indexOf("=");
      return [pair.slice(0, Math.max(cut, 0)).trim(), pair.slice(cut + 1).trim()] as const;
    });
  return collect("cookie", fields, (field) => {
    const values = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
    const [text] = values;
    if (text === undefined) return undefined;
    const kind = field.kind ?? "string";
    if (values.length > 1) {
      if (Array.isArray(kind)) return values.map((one) => scalar(kind[0] ?? "string", one));
      throw new Unreadable("Repeated.");
    }
    return fromParts(
      kind,
      text,
      () => text.split(","),
      false,
      (one) => one,
    );
  });
}

/**
 * Reads query parameters. Names that no field has are in the value too, so that a strict schema refuses them.
 * @param raw the query without its question mark, still percent-encoded.
 */
export function decodeQuery(fields: readonly Field[], raw: string): FieldsReading {
  let pairs: readonly (readonly [string, string])[];
  try {
    pairs =
      raw === ""
        ? []
        : raw
            .split("&")
            .filter((pair) => pair !== "")
            .map(toPair);
  } catch {
    return { faults: [{ in: "query", pointer: "#", detail: "Not percent-encoded UTF-8." }] };
  }
  const taken = new Set<string>();
  const reading = collect("query", fields, (field) => fromQuery(field, pairs, taken));
  if ("faults" in reading) return reading;
  for (const [name, text] of pairs) if (!taken.has(name)) reading.value[name] = text;
  return reading;
}

/** The value stays encoded: only the field knows which characters in it are separators. */
function toPair(pair: string): readonly [string, string] {
  const cut = pair.indexOf("=");
  return cut < 0 ? [decode(pair), ""] : [decode(pair.slice(0, cut)), pair.slice(cut + 1)];
}

function fromQuery(field: Field, pairs: readonly (readonly [string, string])[], taken: Set<string>): unknown {
  const kind = field.kind ?? "string";
  const style = field.style ?? "form";
  const explode = field.explode ?? style === "form";
  if (isObjectKind(kind) && (style === "deepObject" || explode)) {
    const found: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(kind)) {
      const wireName = style === "deepObject" ? `${field.name}[${name}]` : name;
      const texts = textsOf(wireName, pairs, taken);
      if (texts.length > 1 && !Array.isArray(member)) throw new Unreadable("Repeated.");
      if (texts.length > 0)
        found[name] = Array.isArray(member)
          ? texts.map((one) => scalar(member[0] ?? "string", decode(one)))
          : scalar(member, decode(texts[0] ?? ""));
    }
    return Object.keys(found).length === 0 ? undefined : found;
  }
  const texts = textsOf(field.name, pairs, taken);
  const [text] = texts;
  if (text === undefined) return undefined;
  if (Array.isArray(kind) && explode) return texts.map((one) => scalar(kind[0] ?? "string", decode(one)));
  // R35: which of two values counts is something that two parsers disagree about.
  if (texts.length > 1) throw new Unreadable("Repeated.");
  const separator = style === "spaceDelimited" ? /%20|\+/ : style === "pipeDelimited" ? /\||%7C/i : ",";
  return fromParts(kind, text, () => text.split(separator), false, decode);
}

function textsOf(name: string, pairs: readonly (readonly [string, string])[], taken: Set<string>): readonly string[] {
  const texts = pairs.filter(([one]) => one === name).map(([, text]) => text);
  if (texts.length > 0) taken.add(name);
  return texts;
}

function fromStyled(field: Field, raw: string, style: string, explode: boolean): unknown {
  const kind = field.kind ?? "string";
  if (style === "label") {
    if (!raw.startsWith(".")) throw new Unreadable("Not in label style.");
    const text = raw.slice(1);
    return fromParts(kind, text, () => text.split(explode ? "." : ","), explode, decode);
  }
  if (style === "matrix") {
    const parts = raw.split(";").slice(1);
    const prefix = `${field.name}=`;
    if (!raw.startsWith(";")) throw new Unreadable("Not in matrix style.");
    if (explode && isObjectKind(kind)) return fromParts(kind, raw, () => parts, true, decode);
    if (!parts.every((part) => part.startsWith(prefix))) throw new Unreadable("Not in matrix style.");
    const texts = parts.map((part) => part.slice(prefix.length));
    if (texts.length > 1 && !(explode && Array.isArray(kind))) throw new Unreadable("Repeated.");
    const [text = ""] = texts;
    return fromParts(kind, text, () => (explode ? texts : text.split(",")), explode, decode);
  }
  return fromParts(kind, raw, () => raw.split(","), explode, decode);
}

/** A value from its separated, still encoded parts. */
function fromParts(
  kind: Kind,
  whole: string,
  parts: () => readonly string[],
  explode: boolean,
  plain: (text: string) => string,
): unknown {
  if (Array.isArray(kind)) return whole === "" ? [] : parts().map((part) => scalar(kind[0] ?? "string", plain(part)));
  if (!isObjectKind(kind)) return scalar(kind, plain(whole));
  const found: Record<string, unknown> = {};
  const flat = explode ? parts().flatMap((part) => part.split(/=(.*)/s).slice(0, 2)) : parts();
  if (flat.length % 2 !== 0) throw new Unreadable("Not pairs of name and value.");
  for (let at = 0; at < flat.length; at += 2) {
    const name = plain(flat[at] ?? "");
    if (name === "__proto__" || Object.hasOwn(found, name)) throw new Unreadable("A name is repeated, or not allowed.");
    const member = Object.hasOwn(kind, name) ? kind[name] : undefined;
    found[name] = scalar(member ?? "string", plain(flat[at + 1] ?? ""));
  }
  return found;
}

/** Text that is no number or boolean stays text, and the schema says what it should have been. */
function scalar(kind: Kind, text: string): unknown {
  if (kind === "integer" && /^-?(?:0|[1-9]\d*)$/.test(text)) return Number(text);
  if (kind === "number" && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (kind === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (kind !== "json") return text;
  const reading = parseJson(text, 32);
  if ("fault" in reading) throw new Unreadable(reading.fault);
  return reading.value;
}

function isObjectKind(kind: Kind): kind is { readonly [name: string]: Kind } {
  return typeof kind === "object" && !Array.isArray(kind);
}

function decode(text: string): string {
  // RFC 3986, 2: what is not ASCII cannot stand in a URI; decoding it would be a guess at its encoding.
  if (/[^\x21-\x7e]/.test(text)) throw new Unreadable("Not percent-encoded.");
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Unreadable("Not percent-encoded UTF-8.");
  }
}

function collect(part: Part, fields: readonly Field[], read: (field: Field) => unknown): FieldsReading {
  const value: Record<string, unknown> = { __proto__: null } as never;
  const faults: ProblemDetail[] = [];
  for (const field of fields) {
    try {
      const one = read(field);
      if (one !== undefined) value[field.name] = one;
    } catch (thrown) {
      if (!(thrown instanceof Unreadable)) throw thrown;
      faults.push({ in: part, pointer: `#/${encodeURIComponent(field.name)}`, detail: thrown.message });
    }
  }
  return faults.length > 0 ? { faults } : { value };
}
