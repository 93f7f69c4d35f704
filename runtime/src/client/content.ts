import { codecOf, essenceOf } from "../http/codec.js";
import { EncodingError, encodeQuery } from "../http/fields.js";
import { isStream } from "../http/streams.js";
import type { BodyWire, Field } from "../policy/index.js";
import type { Content, Operation, StreamedBody } from "./contract.js";
import { Failure } from "./failure.js";

/**
 * Writes the body of an operation.
 * @param wanted the media type that the caller chose.
 * @throws Failure `invalid_input` for a body that is missing, or that its media type cannot hold.
 * @throws EncodingError likewise.
 */
export function writeContent(
  { codecs = [] }: Operation,
  wire: BodyWire,
  values: Readonly<Record<string, unknown>>,
  wanted: string | undefined,
): Content | undefined {
  const key = wire.key ?? "body";
  const value = values[key];
  if (value === undefined) {
    if (wire.required) throw new Failure("invalid_input", `The operation needs ${key}`);
    return undefined;
  }
  const type = wanted === undefined ? (wire.media[0] ?? "application/octet-stream") : chosen(wire, wanted);
  const codec = codecs.find((one) => one.write !== undefined && one.takes(essenceOf(type)));
  if (codec?.write !== undefined) return codec.write(key, value, wire, type);
  switch (codecOf(essenceOf(type))) {
    case "json":
      return { type, body: jsonOf(key, value) };
    case "form":
      return { type, body: typeof value === "string" ? value : formOf(key, wire.form ?? [], value) };
    case "text":
      if (typeof value === "string") return { type: type.replace("*", "plain"), body: value };
      return octetsOf(key, value, type);
    default:
      return octetsOf(key, value, type);
  }
}

/** Whether the operation takes a media type: by its name, or under a range. */
function chosen({ media }: BodyWire, wanted: string): string {
  const essence = essenceOf(wanted);
  const family = `${essence.slice(0, essence.indexOf("/"))}/*`;
  if (media.some((one) => [essence, family, "*/*"].includes(essenceOf(one)))) return wanted;
  throw new Failure("invalid_input", `The operation takes ${media.join(", ")}, not ${JSON.stringify(wanted)}`);
}

function octetsOf(key: string, value: unknown, type: string): Content {
  const named = type.includes("*") ? "application/octet-stream" : type;
  if (value instanceof Uint8Array || typeof value === "string") return { type: named, body: value };
  if (value instanceof Blob)
    return { type: type.includes("*") && value.type !== "" ? value.type : named, body: blobBody(value) };
  if (isStream(value)) return { type: named, body: onceOnly(value) };
  throw new Failure("invalid_input", `${key} must be a string, octets, a Blob or a stream to be sent as ${type}`);
}

/** A Blob can be read as often as one likes. */
export function blobBody(blob: Blob): StreamedBody {
  return { open: () => blob.stream() as ReadableStream<Uint8Array>, repeatable: true };
}

/** A stream is read once. */
export function onceOnly(stream: ReadableStream<Uint8Array>): StreamedBody {
  return { open: () => stream, repeatable: false };
}

function jsonOf(key: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new Failure("invalid_input", `${key} cannot be written as JSON`, { cause });
  }
  if (text === undefined) throw new Failure("invalid_input", `${key} cannot be written as JSON`);
  return text;
}

/** Names that the schema does not list are written by what their values are. */
function formOf(key: string, fields: readonly Field[], value: unknown): string {
  if (typeof value !== "object" || value === null) throw new Failure("invalid_input", "A form is an object");
  if (Object.hasOwn(value, "__proto__")) throw new EncodingError(key, "a name is not allowed");
  const known = new Set(fields.map((field) => field.name));
  const others = Object.entries(value)
    .filter(([name]) => !known.has(name))
    .map(
      ([name, one]): Field => ({
        name,
        kind: Array.isArray(one) ? ["string"] : typeof one === "object" ? "json" : "string",
      }),
    );
  // URL Standard, 5.2: in a form, and only there, a space is a plus sign.
  return encodeQuery([...fields, ...others], Object.assign(Object.create(null), value)).replaceAll("%20", "+");
}
