import { collect } from "../client/collect.js";
import { json } from "../client/content.js";
import type { ClientCall, Content, ContentCodec, Incoming, Operation } from "../client/contract.js";
import { form } from "../client/form.js";
import { items } from "../client/items.js";
import { multipart } from "../client/multipart.js";
import { octets, text } from "../client/octets.js";
import { essenceOf } from "../http/codec.js";
import { encodeHeaders } from "../http/fields.js";
import { ofStatus } from "../http/status.js";
import { isStream, streamOf } from "../http/streams.js";

/** A reply as a handler would answer it. */
export interface Reply {
  readonly status: number;
  /** The media type, where the spec declares several. */
  readonly type?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

const codecs: readonly ContentCodec[] = [json, form, items, multipart, text, octets];

/** Writes a reply as a server would send it. */
export async function incomingOf(reply: Reply, { operation, outgoing }: ClientCall): Promise<Incoming> {
  const { status, body } = reply;
  const headers = headersOf(reply, operation);
  if (body === undefined) return { status, headers, body: new Uint8Array() };
  const content = contentOf(reply, operation);
  const isStreamed = outgoing.streams === true && status >= 200 && status < 300;
  const octets = octetsOf(content.body);
  return {
    status,
    headers: { "content-type": content.type, ...headers },
    body: isStreamed ? streamed(octets) : isStream(octets) ? await collect(octets, status) : octets,
  };
}

function contentOf({ status, type, body }: Reply, { wire }: Operation): Content {
  const isSuccess = status >= 200 && status < 300;
  const usual = isSuccess ? (wire.output?.media[0] ?? "application/json") : "application/problem+json";
  const media = type ?? usual;
  const codec = codecs.find((one) => one.takes(essenceOf(media)));
  const parts = ofStatus(wire.parts, status);
  const described = { media: [media], required: true, ...wire.output, ...(parts === undefined ? {} : { parts }) };
  const content = codec?.write?.("body", body, described, media);
  if (content === undefined) throw new TypeError(`Nothing here writes ${JSON.stringify(media)}`);
  return content;
}

/** Header fields by names in lower case: the declared ones as the spec has them written, the others as texts. */
function headersOf({ status, headers = {} }: Reply, { wire }: Operation): Readonly<Record<string, string>> {
  const fields = ofStatus(wire.headers, status) ?? [];
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  const fieldOf = (name: string) => fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
  const declared = given.flatMap(([name, value]) => {
    const field = fieldOf(name);
    return field === undefined ? [] : [[field.name, value] as const];
  });
  const others = given.filter(([name]) => fieldOf(name) === undefined).map(([name, value]) => [name, String(value)]);
  const written = Object.entries(encodeHeaders(fields, Object.fromEntries(declared)));
  return Object.fromEntries(
    [...others, ...written].map(([name, value]) => [String(name).toLowerCase(), String(value)]),
  );
}

function octetsOf(body: Content["body"]): Incoming["body"] {
  if (typeof body === "string") return new TextEncoder().encode(body);
  return body instanceof Uint8Array ? body : body.open();
}

function streamed(body: Incoming["body"]): ReadableStream<Uint8Array> {
  return isStream(body) ? body : streamOf(one(body));
}

async function* one(octets: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield octets;
}
