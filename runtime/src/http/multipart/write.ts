import type { Field, ListPart, Part, PartList, Upload } from "../../policy/index.js";
import { isFieldName, isFieldValue } from "../headers.js";
import { EncodingError, isJsonKind, itemKind, writeScalar } from "../scalar.js";
import { chunksOf, isIterable, isStream } from "../streams.js";
import { isPartList } from "./contract.js";
import { partAt } from "./list.js";
import { styledOf, writeStyled } from "./styled.js";

/** A multipart body on its way out. */
export interface WrittenParts {
  readonly boundary: string;
  /** Its octets: fields first, then files, which are read while they are sent. */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Whether it can be opened a second time: all is values, octets or Blobs. */
  readonly repeatable: boolean;
}

/**
 * Writes a multipart body (RFC 7578, RFC 2046).
 * @param key what faults call the body.
 * @param named whether each part needs a name (RFC 7578, 4.2): those of a list are called by their place.
 * @throws EncodingError
 */
export function writeParts(
  key: string,
  value: unknown,
  parts: readonly Part[] | PartList,
  named: boolean,
): WrittenParts {
  const boundary = `sallyport-${crypto.randomUUID()}`;
  if (!isPartList(parts)) return whole(boundary, piecesOf(key, parts, value));
  if (Array.isArray(value))
    return whole(
      boundary,
      value.map((one: unknown, at) => listPiece(key, partAt(parts, at), one, named ? String(at) : undefined)),
    );
  if (!isIterable(value)) throw new EncodingError(key, "a list, or an async iterable, is wanted");
  return { boundary, open: () => written(listPieces(key, parts, value, named), boundary), repeatable: false };
}

function whole(boundary: string, pieces: readonly Piece[]): WrittenParts {
  const repeatable = pieces.every((piece) => !isStream(piece.content));
  return { boundary, open: () => written(pieces, boundary), repeatable };
}

/** A part, ready to be written. */
interface Piece {
  readonly headers: readonly string[];
  readonly content: Uint8Array | Blob | ReadableStream<Uint8Array>;
}

function piecesOf(key: string, parts: readonly Part[], value: unknown): readonly Piece[] {
  if (typeof value !== "object" || value === null) throw new EncodingError(key, "an object is wanted");
  const known = new Map(parts.map((part) => [part.name, part]));
  const styled = new Map(styledOf(parts).map((field) => [field.name, field]));
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  if (entries.some(([name]) => name === "__proto__")) throw new EncodingError(key, "a name is not allowed");
  const isFile = ([name]: readonly [string, unknown]) => known.get(name)?.file !== undefined;
  const fields = entries
    .filter((entry) => !isFile(entry))
    .flatMap(([name, one]) => {
      const field = styled.get(name);
      return field === undefined ? fieldPieces(name, known.get(name), one) : styledPieces(field, one);
    });
  return [
    ...fields,
    ...entries.filter(isFile).flatMap(([name, one]) => filePieces(name, known.get(name)?.file ?? [], one)),
  ];
}

function fieldPieces(name: string, part: Part | undefined, value: unknown): readonly Piece[] {
  const kind = part?.kind ?? (Array.isArray(value) ? ["string"] : typeof value === "object" ? "json" : "string");
  const item = itemKind(kind) ?? kind;
  const isJson = isJsonKind(item);
  const values: readonly unknown[] = itemKind(kind) === undefined ? [value] : Array.isArray(value) ? value : [value];
  return values.map((one) => ({
    headers: [disposition(name), ...(isJson ? ["Content-Type: application/json"] : [])],
    content: new TextEncoder().encode(writeScalar(name, item, one)),
  }));
}

function styledPieces(field: Field, value: unknown): readonly Piece[] {
  return writeStyled(field, value).map(([name, text]) => ({
    headers: [disposition(name)],
    content: new TextEncoder().encode(text),
  }));
}

async function* listPieces(
  key: string,
  list: PartList,
  values: AsyncIterable<unknown>,
  named: boolean,
): AsyncGenerator<Piece, void> {
  let at = 0;
  for await (const value of values) {
    yield listPiece(key, partAt(list, at), value, named ? String(at) : undefined);
    at++;
  }
}

/** A part without a name: its media type is all that is said of it. */
function listPiece(key: string, part: ListPart | undefined, value: unknown, name: string | undefined): Piece {
  if (part === undefined) throw new EncodingError(key, "there are more parts than are described");
  const { kind = "string", octets } = part;
  const before = name === undefined ? [] : [disposition(name, octets === undefined ? undefined : name)];
  if (octets !== undefined) {
    if (!(value instanceof Uint8Array)) throw new EncodingError(key, "octets are wanted");
    return { headers: [...before, `Content-Type: ${preferred(octets)}`], content: value };
  }
  const isJson = isJsonKind(kind);
  return {
    headers: [...before, `Content-Type: ${isJson ? "application/json" : "text/plain; charset=utf-8"}`],
    content: new TextEncoder().encode(writeScalar(key, kind, value)),
  };
}

function preferred(types: readonly string[]): string {
  return types.find((one) => !one.includes("*")) ?? "application/octet-stream";
}

function filePieces(name: string, types: readonly string[], value: unknown): readonly Piece[] {
  const files: readonly unknown[] = Array.isArray(value) ? value : [value];
  return files.map((one) => filePiece(name, types, one));
}

function filePiece(name: string, types: readonly string[], value: unknown): Piece {
  const described = isContent(value) ? { content: value } : describedFile(name, value);
  const { content, filename, type, headers = {} } = described;
  const own =
    content instanceof Blob
      ? { filename: "name" in content ? String(content.name) : undefined, type: content.type }
      : {};
  const lines = Object.entries(headers).map(([header, text]) => {
    if (!isFieldName(header) || !isFieldValue(text))
      throw new EncodingError(name, "a header of the part cannot be sent");
    return `${header}: ${text}`;
  });
  const media = type ?? (own.type === undefined || own.type === "" ? preferred(types) : own.type);
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

async function* written(
  pieces: readonly Piece[] | AsyncIterable<Piece>,
  boundary: string,
): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  for await (const { headers, content } of pieces) {
    yield encoder.encode(`--${boundary}\r\n${headers.join("\r\n")}\r\n\r\n`);
    if (content instanceof Uint8Array) yield content;
    else yield* chunksOf(content instanceof Blob ? (content.stream() as ReadableStream<Uint8Array>) : content);
    yield encoder.encode("\r\n");
  }
  yield encoder.encode(`--${boundary}--\r\n`);
}
