import { make, type PartInfo } from "multipasta";
import { codecOf, essenceOf } from "../http/codec.js";
import type { Exchange } from "../http/exchange.js";
import { matchMedia, parseMediaType } from "../http/media.js";
import { itemKind, readScalar, Unreadable } from "../http/scalar.js";
import { bounded, streamOf } from "../http/streams.js";
import type { Part } from "../policy/index.js";
import type { ProblemDetail } from "../problem/problem.js";
import { Refusal } from "../problem/refusal.js";
import { badRequest, bodyTooLarge, invalidInput, unsupportedMediaType } from "../problem/refusals.js";
import type { IncomingFile, Multipart, MultipartReader, PartBounds } from "./contract.js";

/**
 * Reads a multipart body (RFC 7578, RFC 2046): its fields, up to the first file; then file by file, as the handler asks for them.
 * Nothing of a file is kept, so fields come before files: one that comes later is 400.
 */
export const multipart: MultipartReader = async (exchange, boundary, parts, bounds) => {
  const source = open(exchange, boundary, parts, bounds);
  try {
    const fields = await readFields(source, parts, bounds);
    return { fields, files: readFiles(source, parts) } satisfies Multipart<unknown, string>;
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown;
    throw thrown;
  }
};

type Event =
  | { readonly kind: "field"; readonly info: PartInfo; readonly octets: Uint8Array }
  | { readonly kind: "file"; readonly info: PartInfo }
  | { readonly kind: "chunk"; readonly octets: Uint8Array }
  | { readonly kind: "end" };

/** What has been read of the body and not been asked for yet: what one piece of it gave. */
interface Source {
  /** The next event; `undefined` at the end of the body. */
  readonly next: () => Promise<Event | undefined>;
  readonly unread: (event: Event) => void;
}

function open(
  exchange: Pick<Exchange, "chunks">,
  boundary: string,
  parts: readonly Part[],
  bounds: PartBounds,
): Source {
  const events: Event[] = [];
  const files = new Set(parts.filter((part) => part.file !== undefined).map((part) => part.name));
  let fault: Refusal | undefined;
  let done = false;
  const parser = make({
    headers: { "content-type": `multipart/form-data; boundary="${boundary}"` },
    isFile: ({ name }) => files.has(name),
    maxParts: bounds.parts,
    maxFieldSize: bounds.body,
    // RFC 2046, 5.1.1: what comes behind the last boundary is to be ignored.
    onField: (info, octets) => void (done || events.push({ kind: "field", info, octets })),
    onFile: (info) => {
      if (done) return () => undefined;
      events.push({ kind: "file", info });
      return (octets) => void events.push(octets === null ? { kind: "end" } : { kind: "chunk", octets });
    },
    onError: (error) => {
      if (done) return;
      fault ??= error._tag === "ReachedLimit" ? bodyTooLarge(bounds.body) : malformed("It is not multipart.");
    },
    onDone: () => {
      done = true;
    },
  });
  const weigh = weightOf(bounds, events);
  // Files are bounded one by one, and there are no more of them than parts.
  const chunks = bounded(exchange.chunks(), bounds.body + bounds.file * Math.max(1, files.size) * bounds.parts);
  const seams = seamsOf(boundary);
  const more = async (): Promise<boolean> => {
    const { done: ended, value } = await chunks.next();
    const before = events.length;
    try {
      const ready = ended === true ? seams.rest() : seams.take(value);
      if (!done && ready.length > 0) parser.write(ready);
      fault ??= weigh(ready, before);
      if (!done && ended === true) parser.end();
    } catch (cause) {
      // The parser decodes an extended file name (RFC 8187) without a net.
      throw new Refusal("bad_request", { ...malformedFacts, cause });
    }
    if (ended === true && !done) fault ??= malformed("It did not arrive whole.");
    return ended !== true;
  };
  return {
    next: async () => {
      while (events.length === 0) {
        if (fault !== undefined) throw fault;
        if (!(await more())) {
          if (fault !== undefined) throw fault;
          return undefined;
        }
      }
      if (fault !== undefined) throw fault;
      return events.shift();
    },
    unread: (event) => void events.unshift(event),
  };
}

/** Cuts a body where no boundary stands. */
interface Seams {
  readonly take: (chunk: Uint8Array) => Uint8Array;
  readonly rest: () => Uint8Array;
}

/**
 * The parser looks for the two octets behind a boundary in the piece in which it ends. So what may be a part of a boundary is held back
 * until it has come whole, those two octets included.
 */
function seamsOf(boundary: string): Seams {
  const longest = boundary.length + 6;
  let held = new Uint8Array();
  let started = false;
  return {
    take: (chunk) => {
      const data = held.length === 0 ? chunk : joined(held, chunk);
      // The first boundary has no line before it.
      started ||= data.length >= longest;
      const end = started ? lastSafe(data, longest) : 0;
      held = data.slice(end);
      return data.subarray(0, end);
    },
    rest: () => held,
  };
}

const carriageReturn = 0x0d;

/** Where the last octets begin that may be the beginning of a boundary. */
function lastSafe(data: Uint8Array, longest: number): number {
  const mark = data.indexOf(carriageReturn, Math.max(0, data.length - longest + 1));
  return mark === -1 ? data.length : mark;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}

/** Counts what is no file, names and headers of parts included, and each file by itself. */
function weightOf(
  bounds: PartBounds,
  events: readonly Event[],
): (chunk: Uint8Array, from: number) => Refusal | undefined {
  let rest = 0;
  let file = 0;
  return (chunk, from) => {
    rest += chunk.length;
    for (const event of events.slice(from)) {
      if (event.kind === "file") file = 0;
      if (event.kind !== "chunk") continue;
      rest -= event.octets.length;
      file += event.octets.length;
      if (file > bounds.file) return bodyTooLarge(bounds.file);
    }
    return rest > bounds.body ? bodyTooLarge(bounds.body) : undefined;
  };
}

async function readFields(source: Source, parts: readonly Part[], bounds: PartBounds): Promise<unknown> {
  const byName = new Map(parts.map((part) => [part.name, part]));
  const fields: Record<string, unknown> = Object.create(null);
  for (let event = await source.next(); event !== undefined; event = await source.next()) {
    if (event.kind !== "field") {
      source.unread(event);
      break;
    }
    const { name } = event.info;
    // The one name that validators look away from (R32).
    if (name === "__proto__" || name === "") throw malformed("A part has no name, or none that is allowed.");
    const { kind = "string" } = byName.get(name) ?? {};
    const item = itemKind(kind);
    const value = readField(event, item ?? kind, bounds);
    const before = fields[name];
    if (item !== undefined) fields[name] = Array.isArray(before) ? [...before, value] : [value];
    else if (name in fields) throw fault(name, "The part stands more than once.");
    else fields[name] = value;
  }
  return fields;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readField(
  { info, octets }: Extract<Event, { kind: "field" }>,
  kind: Parameters<typeof readScalar>[0],
  bounds: PartBounds,
): unknown {
  // RFC 7578, 4.4: text/plain where a part does not say. What is said is read strictly, as for a body (R30).
  const media = parseMediaType(headerOf(info, "content-type") ?? "text/plain");
  const charset = media?.parameters.get("charset")?.toLowerCase() ?? "utf-8";
  const codec = media === undefined ? undefined : codecOf(media.essence);
  const isJson = kind === "json" || typeof kind === "object";
  if (charset !== "utf-8" || (codec !== "text" && !(codec === "json" && isJson)))
    throw fault(info.name, "The part has another media type than its schema says.", 415);
  try {
    return readScalar(kind, utf8.decode(octets), bounds.depth, bounds);
  } catch (thrown) {
    throw fault(info.name, thrown instanceof Unreadable ? thrown.message : "The text is not UTF-8.");
  }
}

async function* readFiles(source: Source, parts: readonly Part[]): AsyncGenerator<IncomingFile, void> {
  const seen = new Set<string>();
  for (let event = await source.next(); event !== undefined; event = await source.next()) {
    if (event.kind === "field") throw fault(event.info.name, "Fields come before files.");
    if (event.kind !== "file") continue; // The rest of a file that nobody read.
    const { info } = event;
    const part = parts.find((one) => one.name === info.name);
    if (seen.has(info.name) && part?.many !== true) throw fault(info.name, "The part stands more than once.");
    seen.add(info.name);
    yield fileOf(info, part, source);
  }
  const missing = parts.filter((part) => part.file !== undefined && part.required === true && !seen.has(part.name));
  if (missing.length > 0) throw invalidInput(missing.map(({ name }) => detailOf(name, "Required.")));
}

function fileOf(info: PartInfo, part: Part | undefined, source: Source): IncomingFile {
  const said = headerOf(info, "content-type");
  // RFC 7578, 4.4: what a file is that does not say, nobody knows.
  const type = said === undefined ? "application/octet-stream" : parseMediaType(said)?.essence;
  const types = part?.file ?? [];
  if (type === undefined || (types.length > 0 && matchMedia(types.map(essenceOf), type) === undefined))
    throw unsupportedMediaType(types);
  return {
    name: info.name,
    filename: info.filename,
    type,
    headers: headersOf(info),
    stream: streamOf(octetsOf(source)),
  };
}

async function* octetsOf(source: Source): AsyncGenerator<Uint8Array, void> {
  for (let event = await source.next(); event !== undefined; event = await source.next()) {
    if (event.kind === "chunk") yield event.octets;
    else {
      if (event.kind !== "end") source.unread(event);
      return;
    }
  }
}

function headersOf({ headers }: PartInfo): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

function headerOf({ headers, name: part }: PartInfo, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (Array.isArray(value)) throw fault(part, `The header ${name} stands more than once.`);
  return value;
}

const malformedFacts = { status: 400, title: "The request is malformed", detail: "The body is not multipart." };

function malformed(detail: string): Refusal {
  return badRequest("The body cannot be read.", [{ in: "body", pointer: "#", detail }]);
}

function fault(name: string, detail: string, status = 400): Refusal {
  const errors = [detailOf(name, detail)];
  if (status === 400) return badRequest("The body cannot be read.", errors);
  return new Refusal("unsupported_media_type", { status, title: "The media type is not supported", errors });
}

function detailOf(name: string, detail: string): ProblemDetail {
  return {
    in: "body",
    pointer: `#/${encodeURIComponent(
      name
        .slice(0, 100)
        .replace(/\p{Surrogate}/gu, "?")
        .replaceAll("~", "~0")
        .replaceAll("/", "~1"),
    )}`,
    detail,
  };
}
