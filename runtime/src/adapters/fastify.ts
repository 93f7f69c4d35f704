import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Exchange, Reply } from "../http/exchange.js";
import { isIterable } from "../http/streams.js";
import type { Api } from "../server/contract.js";
import { bareFailure, bareRefusal } from "../server/reply.js";
import { parseTemplate } from "../server/template.js";
import { hasTwins, linesOf } from "./header-lines.js";
import { nodeExchange } from "./node-exchange.js";

/** The part of a Fastify request that is read. */
export interface HostRequest {
  readonly raw: IncomingMessage;
  readonly body: unknown;
}

/** The part of a Fastify reply that is used. */
export interface HostReply {
  readonly raw: ServerResponse;
  readonly code: (status: number) => unknown;
  readonly header: (name: string, value: string | string[]) => unknown;
  readonly serializer: (write: (payload: string) => string) => unknown;
  readonly send: (payload?: unknown) => unknown;
  readonly callNotFound: () => unknown;
}

/** An error that Fastify, or a hook of the host, has made. */
export type HostError = Error & { readonly code?: string };

/** The part of a Fastify instance (5 or later) that is used. */
export interface HostInstance {
  readonly supportedMethods: string[];
  readonly prefix: string;
  addHttpMethod(method: string, options: { hasBody: boolean }): unknown;
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    type: string,
    parser: (request: unknown, payload: IncomingMessage, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown;
  setErrorHandler(handler: (error: HostError, request: HostRequest, reply: HostReply) => unknown): unknown;
  route(options: {
    method: string[];
    url: string;
    exposeHeadRoute: boolean;
    handler: (request: HostRequest, reply: HostReply) => unknown;
  }): unknown;
}

/**
 * An API as a plugin: `await fastify.register(sallyport(api))`. It is encapsulated: its routes are Fastify's own, so hooks run and
 * other routes stand beside them; its way of reading bodies and of answering malformed ones stays inside.
 *
 * Fastify routes first, and the API's own router decides: what Fastify takes for the same path (by `ignoreTrailingSlash`, or
 * another case) is still a 404. Values of path parameters that are longer than Fastify's `maxParamLength` (100) are a 404 too, so
 * raise it where ids are long. Register without a `prefix`: the paths are those of the spec, behind the API's `basePath`.
 */
export function sallyport(api: Api): (instance: HostInstance) => Promise<void> {
  return async (instance) => {
    if (instance.prefix !== "")
      throw new Error(
        `Register without the prefix "${instance.prefix}": createApi({ basePath }) says where the API stands.`,
      );
    const known = new Set(instance.supportedMethods);
    for (const method of new Set(api.routes.map((route) => route.method)))
      if (!known.has(method)) instance.addHttpMethod(method, { hasBody: true });
    instance.removeAllContentTypeParsers();
    // The guards read the body, after they have judged who sends it.
    instance.addContentTypeParser("*", (_, payload, done) => done(null, payload));
    instance.setErrorHandler(refuseUnread);
    const handler = (request: HostRequest, reply: HostReply) => serve(api, request, reply);
    for (const url of new Set(api.routes.map(({ path }) => toUrl(path))))
      instance.route({ method: [...instance.supportedMethods], url, exposeHeadRoute: false, handler });
  };
}

/** Nothing is handed back to Fastify: for a promise it would wait, and so would every caller. */
function serve(api: Api, { raw, body }: HostRequest, reply: HostReply): void {
  const exchange = nodeExchange(raw, reply.raw, body instanceof Readable ? { body } : undefined);
  // Not before Node has read on: a message that it cannot read further is answered by Fastify, and nothing is answered twice. And what
  // came of the body is there by then.
  process.nextTick(() => handle(api, exchange, reply));
}

function handle(api: Api, exchange: Exchange, reply: HostReply): void {
  try {
    const found = api.handle(exchange);
    if (found instanceof Promise)
      void found.then(
        (one) => answer(one, exchange, reply),
        () => fail(exchange, reply),
      );
    else answer(found, exchange, reply);
  } catch {
    fail(exchange, reply);
  }
}

function answer(found: Reply | undefined, exchange: Exchange, reply: HostReply): void {
  try {
    if (found === undefined) reply.callNotFound();
    else send(found, reply);
  } catch {
    fail(exchange, reply);
  }
}

function fail(exchange: Exchange, reply: HostReply): void {
  try {
    send(bareFailure(exchange), reply);
  } catch {
    reply.raw.destroy();
  }
}

/** What Fastify cannot read, it refuses before our handler runs; it says so in our words. Other errors are the host's own. */
function refuseUnread(error: HostError, { raw }: HostRequest, reply: HostReply): unknown {
  if (!/^FST_ERR_(CTP_|ROUTE_MISSING_CONTENT_TYPE)/.test(error.code ?? "")) throw error;
  const exchange: Exchange = nodeExchange(raw, reply.raw);
  return send(bareRefusal(exchange, 415, "The media type is not one that is taken", "unsupported_media_type"), reply);
}

/** A text goes through a serializer that changes nothing: without one Fastify would add a charset, which JSON has none of (RFC 8259, 11). */
function send({ status, headers, body }: Reply, reply: HostReply): unknown {
  reply.code(status);
  if (hasTwins(headers)) for (const [name, lines] of linesOf(headers)) reply.header(name, lines);
  else for (let at = 0; at < headers.length; at += 2) reply.header(headers[at] ?? "", headers[at + 1] ?? "");
  if (typeof body === "string") {
    reply.serializer(asItIs);
    return reply.send(body);
  }
  if (isIterable(body)) return reply.send(Readable.from(body, { objectMode: false }));
  return reply.send(body === undefined ? undefined : Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

function asItIs(text: string): string {
  return text;
}

/**
 * A template in Fastify's words. A segment with a place in it is wholly one, and so is a literal that Fastify would read otherwise:
 * the API's own router reads it again.
 */
function toUrl(path: string): string {
  const segments = parseTemplate(path).map(({ names, pieces }, at) => {
    const [literal = ""] = pieces;
    return names.length > 0 || /[*%]/.test(literal) ? `:p${at}` : literal.replaceAll(":", "::");
  });
  return `/${segments.join("/")}`;
}
