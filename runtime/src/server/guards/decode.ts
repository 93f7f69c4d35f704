import { decodeBody } from "../../http/body.js";
import { type Codec, codecOf, essenceOf, isItems } from "../../http/codec.js";
import type { Exchange } from "../../http/exchange.js";
import { decodeCookie, decodeHeader, decodePath, decodeQuery } from "../../http/fields.js";
import { readItems, UnreadableItem } from "../../http/items.js";
import { isUtf8, matchMedia, parseMediaType } from "../../http/media.js";
import { bounded, streamOf } from "../../http/streams.js";
import { type BodyWire, type Bounds, toOctets } from "../../policy/index.js";
import type { ProblemDetail } from "../../problem/problem.js";
import { Refusal } from "../../problem/refusal.js";
import { badRequest, bodyTooLarge, unsupportedMediaType } from "../../problem/refusals.js";
import type { MultipartReader } from "../contract.js";
import type { Guard } from "../guard.js";
import { type Decoded, type Input, type Permitted, prove } from "../states.js";

/** Reads the parts of the request, each exactly once. What cannot be read in one way only is 400. */
export const decode: Guard<Permitted, Decoded> = {
  name: "decode",
  compile: ({ policy, wire, multipart }, ground) => {
    const { path = [], query = [], header = [], cookie = [] } = wire;
    const bounds = policy.bounds ?? ground.api.bounds;
    const body = wire.body === undefined ? undefined : compileBody(wire.body, bounds, multipart);
    return (call) => {
      const { headers } = call.exchange;
      const faults: ProblemDetail[] = [];
      const take = (reading: Reading): Readonly<Record<string, unknown>> => {
        if ("value" in reading) return reading.value;
        faults.push(...reading.faults);
        return {};
      };
      const input = {
        path: take(decodePath(path, call.captured)),
        query: take(named(decodeQuery(query, call.query))),
        header: header.length === 0 ? undefined : take(decodeHeader(header, headers)),
        cookie: cookie.length === 0 ? undefined : take(decodeCookie(cookie, headers)),
        body: undefined,
        media: undefined,
      };
      if (faults.length > 0) return badRequest("A parameter cannot be read.", faults);
      if (body === undefined) return prove(call, "decoded", input);
      return body(call.exchange).then((read) =>
        read instanceof Refusal ? read : prove(call, "decoded", { ...input, body: read.value, media: read.media }),
      );
    };
  },
};

type Reading = { readonly value: Readonly<Record<string, unknown>> } | { readonly faults: readonly ProblemDetail[] };

/** The one name that validators look away from (R32). */
function named(reading: Reading): Reading {
  if ("faults" in reading || !Object.hasOwn(reading.value, "__proto__")) return reading;
  return { faults: [{ in: "query", pointer: "#", detail: "A name is not allowed." }] };
}

interface ReadBody {
  readonly value: Input["body"];
  readonly media: string | undefined;
}

function compileBody(
  wire: BodyWire,
  bounds: Bounds,
  multipart: MultipartReader | undefined,
): (exchange: Exchange) => Promise<ReadBody | Refusal> {
  const accepted = wire.media.map(essenceOf);
  const { depth, parts = 20, file = "10MiB" } = bounds;
  const limit = toOctets(bounds.body);
  const partBounds = { body: limit, file: toOctets(file), parts, depth };
  return async (exchange) => {
    const media = mediaOf(exchange, wire.media);
    if (media === undefined) return unsupportedMediaType(accepted);
    if (media === "absent") {
      // Content without a type is content that nobody can validate (R30).
      const octets = wire.required ? undefined : await readAll(exchange, 0);
      if (octets instanceof Refusal) return octets;
      return octets === undefined ? unsupportedMediaType(accepted) : { value: undefined, media: undefined };
    }
    const codec = codecOf(essenceOf(media));
    if (codec === "octets" || isItems(codec)) {
      // RFC 9112, 6.3: a length that is said and too large need not be waited for.
      if (Number(exchange.headers.all("content-length")[0] ?? 0) > limit) return bodyTooLarge(limit);
      const chunks = bounded(exchange.chunks(), limit);
      if (codec === "octets") return { value: streamOf(chunks), media };
      return { value: received(readItems(chunks, { codec, depth, longest: limit, data: wire.data })), media };
    }
    if (codec === "multipart") {
      const boundary = parseMediaType(exchange.headers.all("content-type")[0] ?? "")?.parameters.get("boundary");
      // RFC 2046, 5.1.1: 1 to 70 characters of a few kinds.
      if (boundary === undefined || !/^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary))
        return badRequest("The body has no boundary.");
      const read = await multipart?.(exchange, boundary, wire.parts ?? [], partBounds);
      return read === undefined || read instanceof Refusal
        ? (read ?? unsupportedMediaType(accepted))
        : { value: read, media };
    }
    const octets = await readAll(exchange, limit);
    if (octets instanceof Refusal) return octets;
    if (octets === undefined) return bodyTooLarge(limit);
    const reading = decodeBody(octets, codec, depth, wire.form);
    if ("faults" in reading) return badRequest("The body cannot be read.", reading.faults);
    return { value: reading.value, media };
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
  const received = more.length > 0 ? undefined : parseMediaType(line);
  const media = received === undefined ? undefined : matchMedia(declared, received.essence);
  if (received === undefined || media === undefined) return undefined;
  // RFC 8259, 8.1, and the same for text and forms: UTF-8, or we would read something else than the sender wrote.
  return isText(codecOf(essenceOf(media))) && !isUtf8(received) ? undefined : media;
}

function isText(codec: Codec): boolean {
  return codec !== "octets" && codec !== "multipart";
}

async function readAll(exchange: Exchange, limit: number): Promise<Uint8Array | undefined | Refusal> {
  // RFC 9112, 8: a body that ends before its length is incomplete, and is not taken for a shorter one.
  return exchange.read(limit).catch((cause: unknown) => {
    if (cause instanceof Refusal) return cause;
    const { status, title, detail } = badRequest("The body did not arrive whole.");
    return new Refusal("bad_request", { status, title, ...(detail === undefined ? {} : { detail }), cause });
  });
}
