import { decodeBody } from "../http/body.js";
import { type Codec, codecOf, essenceOf, isItems } from "../http/codec.js";
import type { Exchange, Octets } from "../http/exchange.js";
import { holdContent } from "../http/held-content.js";
import { readItems, UnreadableItem } from "../http/items.js";
import { isUtf8, matchMedia, parseMediaType } from "../http/media.js";
import { partsOf } from "../http/multipart/contract.js";
import { bounded, streamOf } from "../http/streams.js";
import { textBounds } from "../http/text-bounds.js";
import { type BodyWire, type Bounds, type Held, toOctets } from "../policy/index.js";
import { Refusal } from "../problem/refusal.js";
import { badRequest, bodyTooLarge, unsupportedMediaType } from "../problem/refusals.js";
import { type BodySource, compileSource } from "./body-source.js";
import { after } from "./climb.js";
import type { MultipartCodec } from "./contract.js";

/** A body, read; the declared media type that it came in. */
export interface ReadBody {
  readonly value: unknown;
  readonly media: string | undefined;
}

/** Reads the body of a request, or says why it is not taken. */
export type ReadBodyOf = (exchange: Exchange) => ReadBody | Refusal | Promise<ReadBody | Refusal>;

/**
 * How the body of an operation is read: by its media type, within its bounds.
 * @param held what code holds as something else, by media type.
 */
export function compileBody(
  wire: BodyWire,
  bounds: Bounds,
  multipart: MultipartCodec | undefined,
  held?: Readonly<Record<string, Held>>,
): ReadBodyOf {
  const accepted = wire.media.map(essenceOf);
  const open = compileSource(bounds);
  const readers = new Map(
    wire.media.map((media) => {
      const read = compileReader(media, wire, bounds, multipart);
      return [media, held === undefined ? read : holding(read, held[media])];
    }),
  );
  return (exchange) => {
    const media = mediaOf(exchange, wire.media);
    if (media === "absent") {
      // Content without a type is content that nobody can validate (R30).
      if (wire.required) return unsupportedMediaType(accepted);
      const source = open(exchange);
      if (source instanceof Refusal) return source;
      return whole(source, 0, (octets) =>
        octets === undefined ? unsupportedMediaType(accepted) : { value: undefined, media: undefined },
      );
    }
    const read = media === undefined ? undefined : readers.get(media);
    if (read === undefined) return unsupportedMediaType(accepted);
    const source = open(exchange);
    return source instanceof Refusal ? source : read(source);
  };
}

type Reader = (source: BodySource) => ReadBody | Refusal | Promise<ReadBody | Refusal>;

/** Reads a body to its end. */
function whole(source: BodySource, limit: number, settle: (octets: Octets) => ReadBody | Refusal): ReturnType<Reader> {
  const octets = source.read(limit);
  return octets instanceof Promise ? octets.then(settle, cutShort) : settle(octets);
}

/** As code holds the body. */
function holding(read: Reader, held: Held | undefined): Reader {
  return (source) =>
    after(read(source), (found) =>
      found instanceof Refusal ? found : { ...found, value: holdContent(found.value, held) },
    );
}

/** How a body in one of the declared media types is read. */
function compileReader(media: string, wire: BodyWire, bounds: Bounds, multipart: MultipartCodec | undefined): Reader {
  const codec = codecOf(essenceOf(media));
  const texts = textBounds(bounds);
  const { depth } = texts;
  const limit = toOctets(bounds.body);
  if (codec === "multipart") return compileMultipart(media, wire, bounds, multipart);
  if (codec === "octets" || isItems(codec)) {
    return (exchange) => {
      // RFC 9112, 6.3: a length that is said and too large need not be waited for.
      if (Number(exchange.headers.all("content-length")[0] ?? 0) > limit) return bodyTooLarge(limit);
      const chunks = bounded(exchange.chunks(), limit);
      if (codec === "octets") return { value: streamOf(chunks), media };
      return {
        value: received(
          readItems(chunks, { codec, depth, breadth: texts, longest: limit, data: wire.data, exact: wire.exact }),
        ),
        media,
      };
    };
  }
  const settle = (octets: Octets): ReadBody | Refusal => {
    if (octets === undefined) return bodyTooLarge(limit);
    const reading = decodeBody(octets, codec, texts, wire);
    if ("faults" in reading) return badRequest("The body cannot be read.", reading.faults);
    return { value: reading.value, media };
  };
  return (source) => whole(source, limit, settle);
}

function compileMultipart(
  media: string,
  wire: BodyWire,
  bounds: Bounds,
  multipart: MultipartCodec | undefined,
): Reader {
  const { parts = 20, file = "10MiB" } = bounds;
  const partBounds = { body: toOctets(bounds.body), file: toOctets(file), parts, ...textBounds(bounds) };
  const described = partsOf(wire.parts, media);
  return async (exchange) => {
    const boundary = parseMediaType(exchange.headers.all("content-type")[0] ?? "")?.parameters.get("boundary");
    // RFC 2046, 5.1.1: 1 to 70 characters of a few kinds.
    if (boundary === undefined || !/^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary))
      return badRequest("The body has no boundary.");
    const read = await multipart?.read(exchange, boundary, described, partBounds);
    if (read === undefined) return unsupportedMediaType(wire.media.map(essenceOf));
    return read instanceof Refusal ? read : { value: read, media };
  };
}

/** Items that cannot be read are the caller's fault, when the handler comes to them. */
async function* received(items: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
  try {
    yield* items;
  } catch (thrown) {
    if (!(thrown instanceof UnreadableItem)) throw thrown;
    throw badRequest("An item cannot be read.", [{ in: "body", pointer: "#", detail: thrown.message }]);
  }
}

/** The declared media type that the body is in; `absent` without a header, `undefined` where none of ours fits. */
function mediaOf(exchange: Exchange, declared: readonly string[]): string | undefined {
  const [line, ...more] = exchange.headers.all("content-type");
  if (line === undefined) return "absent";
  // As most callers write it: what the spec declares, and no parameters.
  if (more.length === 0 && plain.test(line) && declared.includes(line)) return line;
  const received = more.length > 0 ? undefined : parseMediaType(line);
  const media = received === undefined ? undefined : matchMedia(declared, received.essence);
  if (received === undefined || media === undefined) return undefined;
  // RFC 8259, 8.1, and the same for text and forms: UTF-8, or we would read something else than the sender wrote.
  return isText(codecOf(essenceOf(media))) && !isUtf8(received) ? undefined : media;
}

const plain = /^[a-z]+\/[a-z+.-]+$/;

function isText(codec: Codec): boolean {
  return codec !== "octets" && codec !== "multipart";
}

/** RFC 9112, 8: a body that ends before its length is incomplete, and is not taken for a shorter one. */
function cutShort(cause: unknown): Refusal {
  if (cause instanceof Refusal) return cause;
  const { status, title, detail } = badRequest("The body did not arrive whole.");
  return new Refusal("bad_request", { status, title, ...(detail === undefined ? {} : { detail }), cause });
}
