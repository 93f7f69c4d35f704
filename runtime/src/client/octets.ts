import { codecOf } from "../http/codec.js";
import { isStream } from "../http/streams.js";
import type { Content, ContentCodec, StreamedBody } from "./contract.js";
import { Failure } from "./failure.js";

/** Texts. What is no string goes out as the octets that it is. */
export const text: ContentCodec = {
  takes: (essence) => codecOf(essence) === "text",
  write: (key, value, _, type) =>
    typeof value === "string" ? { type: type.replace("*", "plain"), body: value } : octetsOf(key, value, type),
};

/** Whatever no other codec takes: strings, octets, Blobs and streams go out as they are, and answers are streams. */
export const octets: ContentCodec = {
  takes: (essence) => codecOf(essence) === "octets",
  write: (key, value, _, type) => octetsOf(key, value, type),
  read: (stream) => stream,
};

function octetsOf(key: string, value: unknown, type: string): Content {
  const named = type.includes("*") ? "application/octet-stream" : type;
  if (value instanceof Uint8Array || typeof value === "string") return { type: named, body: value };
  if (value instanceof Blob)
    return { type: type.includes("*") && value.type !== "" ? value.type : named, body: blobBody(value) };
  if (isStream(value)) return { type: named, body: onceOnly(value) };
  throw new Failure("invalid_input", `${key} must be a string, octets, a Blob or a stream to be sent as ${type}`);
}

/** A Blob can be read as often as one likes. */
function blobBody(blob: Blob): StreamedBody {
  return { open: () => blob.stream() as ReadableStream<Uint8Array>, repeatable: true };
}

/** A stream is read once. */
function onceOnly(stream: ReadableStream<Uint8Array>): StreamedBody {
  return { open: () => stream, repeatable: false };
}
