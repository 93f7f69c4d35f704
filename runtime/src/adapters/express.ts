import type { IncomingMessage, ServerResponse } from "node:http";
import type { Reply } from "../http/exchange.js";
import { dismiss, isIterable } from "../http/streams.js";
import type { Api } from "../server/contract.js";
import { bareFailure } from "../server/reply.js";
import { linesOf } from "./header-lines.js";
import { finish } from "./node.js";
import { nodeExchange } from "./node-exchange.js";

/** A request as Express (or Connect, or Restify) hands it on. */
export type HostRequest = IncomingMessage & { readonly originalUrl?: string };

/** What lets the next one of the host's middlewares try. */
export type Next = (error?: unknown) => void;

/**
 * An API as middleware of Express 4 and 5, or of anything that calls `(request, response, next)`: `app.use(sallyport(api))`.
 *
 * Mount it before body parsers: it reads bodies itself, as what another has read cannot be judged any more (such calls answer 500).
 * A path that is not ours goes on to the next middleware. Where it is mounted does not matter: the whole path of the request
 * counts, with the API's `basePath` in front.
 */
export function sallyport(api: Api): (request: HostRequest, response: ServerResponse, next: Next) => void {
  return (request, response, next) => {
    const exchange = nodeExchange(request, response, { target: request.originalUrl ?? request.url ?? "" });
    const send = (reply: Reply) => write(reply, request, response);
    const fail = () => send(bareFailure(exchange));
    try {
      const reply = api.handle(exchange);
      if (reply === undefined) next();
      else if (reply instanceof Promise) reply.then((one) => (one === undefined ? next() : send(one))).catch(fail);
      else send(reply);
    } catch {
      fail();
    }
  };
}

/** One header at a time: other middlewares have set some already, and what they said of `Vary` stays true. */
function write(reply: Reply, request: HostRequest, response: ServerResponse): void {
  const { body } = reply;
  if (response.headersSent || response.destroyed) {
    if (isIterable(body)) dismiss(body);
    return;
  }
  // RFC 9110, 10.2.4: what a server is made of helps those who look for its holes.
  response.removeHeader("X-Powered-By");
  for (const [name, lines] of linesOf(reply.headers)) {
    if (name === "Vary") response.appendHeader(name, lines);
    else response.setHeader(name, lines);
  }
  if (body !== undefined && !isIterable(body)) response.setHeader("Content-Length", Buffer.byteLength(body));
  response.writeHead(reply.status);
  finish(reply, request, response);
}
