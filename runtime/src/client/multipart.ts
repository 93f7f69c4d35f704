import { essenceOf } from "../http/codec.js";
import { isFieldName, isFieldValue } from "../http/headers.js";
import { EncodingError, itemKind, writeScalar } from "../http/scalar.js";
import { chunksOf, isStream, streamOf } from "../http/streams.js";
import type { Part, Upload } from "../policy/index.js";
import type { ContentCodec } from "./contract.js";

/**
 * Multipart bodies (RFC 7578): fields first, then files, which are read while they are sent. A call whose files are all octets or Blobs
 * can be repeated.
 */
export const multipart: ContentCodec = {
  takes: (essence) => essence.startsWith("multipart/"),
  write: (key, value, { parts = [] }, type) => {
    const boundary = `sallyport-${crypto.randomUUID()}`;
    const pieces = piecesOf(key, parts, value);
    return {
      type: `${essenceOf(type) === "multipart/*" ? "multipart/form-data" : essenceOf(type)}; boundary=${boundary}`,
      body: {
        open: () => streamOf(written(pieces, boundary)),
        repeatable: pieces.every((piece) => !isStream(piece.content)),
      },
    };
  },
  read: (stream) => stream,
};

/** A part, ready to be written. */
interface Piece {
  readonly headers: readonly string[];
  readonly content: Uint8Array | Blob | ReadableStream<Uint8Array>;
}

function piecesOf(key: string, parts: readonly Part[], value: unknown): readonly Piece[] {
  if (typeof value !== "object" || value === null) throw new EncodingError(key, "an object is wanted");
  const known = new Map(parts.map((part) => [part.name, part]));
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  if (entries.some(([name]) => name === "__proto__")) throw new EncodingError(key, "a name is not allowed");
  const isFile = ([name]: readonly [string, unknown]) => known.get(name)?.file !== undefined;
  const fields = entries
    .filter((entry) => !isFile(entry))
    .flatMap(([name, one]) => fieldPieces(name, known.get(name), one));
  return [
    ...fields,
    ...entries.filter(isFile).flatMap(([name, one]) => filePieces(name, known.get(name)?.file ?? [], one)),
  ];
}

function fieldPieces(name: string, part: Part | undefined, value: unknown): readonly Piece[] {
  const kind = part?.kind ?? (Array.isArray(value) ? ["string"] : typeof value === "object" ? "json" : "string");
  const item = itemKind(kind) ?? kind;
  const isJson = item === "json" || typeof item === "object";
  const values: readonly unknown[] = itemKind(kind) === undefined ? [value] : Array.isArray(value) ? value : [value];
  return values.map((one) => ({
    headers: [disposition(name), ...(isJson ? ["Content-Type: application/json"] : [])],
    content: new TextEncoder().encode(writeScalar(name, item, one)),
  }));
}

function filePieces(name: string, types: readonly string[], value: unknown): readonly Piece[] {
  const files: readonly unknown[] = Array.isArray(value) ? value : [value];
  return files.map((one) => filePiece(name, types, one));
}

function filePiece(name: string, types: readonly string[], value: unknown): Piece {
  const described = isContent(value) ? { content: value } : describedFile(name, value);
  const { content, filename, type, headers = {} } = described;
  const fallback = types.find((one) => !one.includes("*")) ?? "application/octet-stream";
  const own =
    content instanceof Blob
      ? { filename: "name" in content ? String(content.name) : undefined, type: content.type }
      : {};
  const lines = Object.entries(headers).map(([header, text]) => {
    if (!isFieldName(header) || !isFieldValue(text))
      throw new EncodingError(name, "a header of the part cannot be sent");
    return `${header}: ${text}`;
  });
  const media = type ?? (own.type === undefined || own.type === "" ? fallback : own.type);
  if (!isFieldValue(media)) throw new EncodingError(name, "the media type of the part cannot be sent");
  return {
    headers: [disposition(name, filename ?? own.filename ?? name), `Content-Type: ${media}`, ...lines],
    content,
  };
}

type Described = Exclude<Upload, Blob | Uint8Array | ReadableStream<Uint8Array>>;

function describedFile(name: string, value: unknown): Described {
  if (typeof value === "object" && value !== null && "content" in value && isContent(value.content))
    return value as Described;
  throw new EncodingError(name, "a file is a Blob, octets, a stream, or one of these as content");
}

function isContent(value: unknown): value is Piece["content"] {
  return value instanceof Blob || value instanceof Uint8Array || isStream(value);
}

/** HTML Standard, 4.10.21.8: a quotation mark and the ends of lines are percent-encoded, and nothing else. */
function disposition(name: string, filename?: string): string {
  if (/["\r\n\\]/.test(name)) throw new EncodingError(name, "the name cannot name a part");
  const quoted = (text: string) => `"${text.replace(/["\r\n]/g, (one) => encodeURIComponent(one))}"`;
  return `Content-Disposition: form-data; name=${quoted(name)}${filename === undefined ? "" : `; filename=${quoted(filename)}`}`;
}

async function* written(pieces: readonly Piece[], boundary: string): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  for (const { headers, content } of pieces) {
    yield encoder.encode(`--${boundary}\r\n${headers.join("\r\n")}\r\n\r\n`);
    if (content instanceof Uint8Array) yield content;
    else yield* chunksOf(content instanceof Blob ? (content.stream() as ReadableStream<Uint8Array>) : content);
    yield encoder.encode("\r\n");
  }
  yield encoder.encode(`--${boundary}--\r\n`);
}
