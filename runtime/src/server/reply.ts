import { essenceOf, isItems } from "../http/codec.js";
import type { Exchange, Reply } from "../http/exchange.js";
import { releaseContent } from "../http/held-content.js";
import { type EventData, writeItems } from "../http/items.js";
import { jsonText } from "../http/json-text.js";
import { chunksOf, dismiss, isIterable, isStream } from "../http/streams.js";
import { type Refusal, type RefusalCode, toProblem } from "../problem/refusal.js";
import type { Projection, Received } from "./states.js";

// RFC 6797, 7.2: never over plain HTTP. One year is the least that ASVS 3.4.1 takes.
const strictTransport = ["Strict-Transport-Security", "max-age=31536000"];

/** Content, ready to be written. */
export interface Content {
  readonly type: string | undefined;
  readonly body: Reply["body"];
}

/**
 * Writes a value in its media type.
 * @param data what the data of server-sent events is.
 * @throws TypeError when the value is not one that the media type can hold.
 */
export function encode(
  { media, codec, value: kept, held }: Pick<Projection, "media" | "codec" | "value" | "held">,
  data?: EventData,
): Content {
  const value = held === undefined ? kept : releaseContent(kept, held);
  if (media === undefined || codec === undefined) return { type: undefined, body: undefined };
  if (codec === "json") {
    const text = jsonText(value);
    if (text === undefined) throw new TypeError("The value has no JSON form");
    return { type: media, body: text };
  }
  if (codec === "octets" && value instanceof Uint8Array) return { type: media, body: value };
  if (codec === "octets" && isStream(value)) return { type: media, body: chunksOf(value) };
  if (isItems(codec) && isIterable(value)) return { type: media, body: writeItems(value, codec, data) };
  if (codec === "multipart" && isIterable(value)) return { type: media, body: value as AsyncIterable<Uint8Array> };
  if ((codec === "text" || codec === "form") && typeof value === "string")
    return { type: `${essenceOf(media)}; charset=utf-8`, body: value };
  throw new TypeError(`The value cannot be written as ${media}`);
}

/** The problem document of a refusal, ready to be written. */
export function encodeProblem(refusal: Refusal, requestId: string): Content {
  return { type: "application/problem+json", body: JSON.stringify(toProblem(refusal, requestId)) };
}

/** What of a request its response needs. */
type Answered = Pick<Received, "exchange" | "requestId">;

/** Puts a response together. `headers` is what this call adds, flat. */
export function toReply(received: Answered, status: number, content: Content, headers: readonly string[]): Reply {
  const { exchange, requestId } = received;
  // On every response. It is JSON for programs: nothing may guess its type, keep it, frame it or run it. One literal, and nothing spread
  // into it: that is what lists cost least as.
  const flat = [
    "X-Request-Id",
    requestId,
    "X-Content-Type-Options",
    "nosniff",
    "Cache-Control",
    "no-store",
    "Content-Security-Policy",
    "default-src 'none'; frame-ancestors 'none'",
  ];
  if (exchange.tls !== undefined) append(flat, strictTransport);
  if (content.type !== undefined) flat.push("Content-Type", content.type);
  append(flat, headers);
  if (exchange.method !== "HEAD") return { status, headers: flat, body: content.body };
  // RFC 9110, 9.3.2: the same header section as GET, and no content.
  if (isIterable(content.body)) dismiss(content.body);
  else if (content.body !== undefined) flat.push("Content-Length", String(octetsOf(content.body)));
  return { status, headers: flat, body: undefined };
}

/** Adds texts to a list. Most lists of headers are short: a loop is done before a spread has begun. */
export function append(list: string[], texts: readonly string[]): void {
  for (let at = 0; at < texts.length; at++) list.push(texts[at] ?? "");
}

function octetsOf(body: string | Uint8Array): number {
  return typeof body === "string" ? new TextEncoder().encode(body).length : body.length;
}

/** For a server that has nothing but this API: the path is none of ours. */
export function nothingHere(exchange: Exchange): Reply {
  return bare(exchange, 404, "Not found", "not_found");
}

/** The last resort: says nothing, but in the right form. */
export function bareFailure(exchange: Exchange, headers: readonly string[] = []): Reply {
  return bare(exchange, 500, "The server failed", "internal", headers);
}

/** A refusal of a request that a host framework did not let through to the guards. */
export function bareRefusal(exchange: Exchange, status: number, title: string, code: RefusalCode): Reply {
  return bare(exchange, status, title, code);
}

function bare(exchange: Exchange, status: number, title: string, code: string, headers: readonly string[] = []): Reply {
  const requestId = crypto.randomUUID();
  const body = JSON.stringify({ type: "about:blank", title, status, instance: `urn:request:${requestId}`, code });
  return toReply({ exchange, requestId }, status, { type: "application/problem+json", body }, headers);
}
