import type { BodyWire, Field } from "../policy/index.js";
import type { ProblemDetail } from "../problem/problem.js";
import type { Codec } from "./codec.js";
import { decodeQuery } from "./fields.js";
import { parseJson } from "./json.js";
import { isCrowded, type TextBounds } from "./text-bounds.js";

/** A body, read; or its faults, each a 400. */
export type BodyReading = { readonly value: unknown } | { readonly faults: readonly ProblemDetail[] };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a body that is there as a whole: JSON, text or a form.
 * @param bounds how deep and broad JSON may be, and how many pairs a form may have.
 * @param wire the fields of a form, where the wire table has them (every field is a string otherwise), and whether integers are read exactly.
 */
export function decodeBody(
  octets: Uint8Array,
  codec: Codec,
  bounds: TextBounds,
  wire: Pick<BodyWire, "form" | "exact"> = {},
): BodyReading {
  let text: string;
  try {
    text = utf8.decode(octets);
  } catch {
    return fault("The text is not UTF-8.");
  }
  if (codec === "text") return { value: text };
  if (codec === "form") {
    return isCrowded(text, bounds.keys)
      ? fault(`There are more than ${bounds.keys} pairs.`)
      : decodeForm(text, wire.form);
  }
  // RFC 8259, 8.1: a sender adds no byte order mark. JSON.parse would refuse it too; this says why.
  if (text.startsWith("\uFEFF")) return fault("The text starts with a byte order mark.");
  const reading = parseJson(text, bounds.depth, bounds, wire.exact);
  return "fault" in reading ? fault(reading.fault) : reading;
}

function decodeForm(text: string, fields: readonly Field[] | undefined): BodyReading {
  // URL Standard, 5.1: in a form, and only there, a plus sign is a space.
  const query = text.replaceAll("+", "%20");
  if (fields === undefined) return decodePairs(query);
  const decoded = decodeQuery(fields, query);
  return "faults" in decoded ? { faults: decoded.faults.map((one) => ({ ...one, in: "body" as const })) } : decoded;
}

function decodePairs(query: string): BodyReading {
  const value: Record<string, unknown> = { __proto__: null };
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const cut = pair.indexOf("=");
    let name: string;
    let text: string;
    try {
      name = decodeURIComponent(cut < 0 ? pair : pair.slice(0, cut));
      text = cut < 0 ? "" : decodeURIComponent(pair.slice(cut + 1));
    } catch {
      return fault("The form is not percent-encoded UTF-8.");
    }
    if (name === "__proto__") return fault("A name is not allowed.");
    const before = value[name];
    if (before === undefined) value[name] = text;
    else if (Array.isArray(before)) before.push(text);
    else value[name] = [before, text];
  }
  return { value };
}

function fault(detail: string): BodyReading {
  return { faults: [{ in: "body", pointer: "#", detail }] };
}
