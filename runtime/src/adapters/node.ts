import { once } from "node:events";
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Exchange, Reply } from "../http/exchange.js";
import { dismiss, isIterable } from "../http/streams.js";
import { StartError } from "../problem/start-error.js";
import type { Api } from "../server/contract.js";
import { bareFailure, nothingHere } from "../server/reply.js";
import { currentTls, followTls, isChanging, type TlsFiles } from "./certificate-files.js";
import { type Graceful, type GracefulOptions, gracefully } from "./graceful.js";
import { linesOf } from "./header-lines.js";
import { bringsBody, nodeExchange } from "./node-exchange.js";
import { type Probes, probing } from "./probes.js";
import { contextOf, type HttpBounds, type ServerTls, type TlsServer, tlsServer } from "./tls-server.js";

export type { TlsFiles } from "./certificate-files.js";
export { type CertificateTrust, clientCertHeader, xfccHeader } from "./certificate-headers.js";
export { closeOnSignals, type Graceful, type GracefulOptions, gracefully } from "./graceful.js";
export type { Probes } from "./probes.js";
export type { Pem, Protocols, ServerTls } from "./tls-server.js";

/**
 * The option that lets a server speak without TLS. Its value says why, so that whoever reads the code can judge it:
 * `listen(api, { port: 8080, [insecurePlaintext]: "TLS ends at the mesh" })`.
 */
export const insecurePlaintext: unique symbol = Symbol("insecurePlaintext");

/** Options of `listen`. */
export interface ListenOptions extends GracefulOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** All addresses where absent. */
  readonly host?: string;
  readonly tls?: ServerTls | TlsFiles;
  /** Why this server may speak without TLS. */
  readonly [insecurePlaintext]?: string;
  /** Milliseconds for a whole request to arrive; 30,000 where absent (R37). */
  readonly requestTimeout?: number;
  /** Where this server says how it is. Absent: nowhere. */
  readonly probes?: Probes;
}

/** A server at work. */
export interface Server extends Graceful {
  /** `https://host:port`, or `http://host:port`. */
  readonly url: string;
  readonly port: number;
  /**
   * Another certificate and key for the connections that are made from now on; those that are there go on. Without any: the files or secrets, read again.
   * Whether HTTP/2 is spoken does not change.
   * @throws where they do not belong together, or the server has no TLS; nothing has changed then.
   */
  readonly reload: (tls?: ServerTls) => Promise<void>;
}

/** A request listener for a server of `node:http` or `node:https` that you run yourself. A path that is not ours answers 404. */
export function toListener(api: Api): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const exchange = nodeExchange(request, response);
    if (bringsBody(request)) process.nextTick(() => serve(api, exchange, request, response));
    else serve(api, exchange, request, response);
  };
}

function serve(api: Api, exchange: Exchange, request: IncomingMessage, response: ServerResponse): void {
  try {
    const reply = api.handle(exchange);
    if (reply instanceof Promise)
      void reply.then(
        (found) => answer(found, exchange, request, response),
        () => fail(exchange, request, response),
      );
    else answer(reply, exchange, request, response);
  } catch {
    fail(exchange, request, response);
  }
}

function answer(
  reply: Reply | undefined,
  exchange: Exchange,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  try {
    writeReply(reply ?? nothingHere(exchange), request, response);
  } catch {
    fail(exchange, request, response);
  }
}

function fail(exchange: Exchange, request: IncomingMessage, response: ServerResponse): void {
  writeReply(bareFailure(exchange), request, response);
}

/**
 * Serves an API over TLS 1.2 or later.
 * @throws StartError without `tls`, unless `[insecurePlaintext]` gives a reason.
 */
export async function listen(api: Api, options: ListenOptions): Promise<Server> {
  const { tls, requestTimeout = 30_000 } = options;
  const bounds: HttpBounds = {
    requestTimeout,
    headersTimeout: Math.min(10_000, requestTimeout),
    keepAliveTimeout: 5_000,
    maxHeaderSize: 16_384,
    // Node looks at its clocks every 30 s by default, which makes any shorter timeout as long as that.
    connectionsCheckingInterval: Math.min(1_000, requestTimeout),
  };
  const life: { graceful?: Graceful } = {};
  const serve = toListener(api);
  const { probes } = options;
  const listener = probes === undefined ? serve : probing(probes, api, () => life.graceful?.ready() !== false, serve);
  if (tls === undefined) return run(plainServer(options, api, bounds, listener), options, unsecured, life);
  const first = await currentTls(tls);
  const server = tlsServer(first, api, bounds, listener);
  const apply = (next: ServerTls) => server.setSecureContext(contextOf({ ...protocolsOf(first), ...next }));
  const secured: Secured = {
    reload: async (next) => apply(next ?? (await currentTls(tls))),
    forget: isChanging(tls) ? followTls(tls, first, apply) : () => undefined,
  };
  return run(server, options, secured, life);
}

/** What there is to a server with TLS beside its connections. */
interface Secured {
  readonly reload: Server["reload"];
  /** Nobody looks at the files any more. */
  readonly forget: () => void;
}

const unsecured: Secured = {
  reload: async () => {
    throw new StartError([{ code: "invalid_option", message: "This server has no TLS, and so no certificate." }]);
  },
  forget: () => undefined,
};

function protocolsOf({ minVersion }: ServerTls): Pick<ServerTls, "minVersion"> {
  return minVersion === undefined ? {} : { minVersion };
}

async function run(
  server: HttpServer | TlsServer,
  options: ListenOptions,
  secured: Secured,
  life: { graceful?: Graceful },
): Promise<Server> {
  const graceful = gracefully(server, options);
  life.graceful = graceful;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host ?? "localhost";
  return {
    url: `${options.tls === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    reload: secured.reload,
    ready: graceful.ready,
    close: () => {
      secured.forget();
      return graceful.close();
    },
  };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

function plainServer(options: ListenOptions, api: Api, bounds: HttpBounds, listener: Listener): HttpServer {
  if (api.clientCertificates !== "none") {
    // A header that names a certificate could be anybody's: who may send one, and which, must be said.
    const message =
      "Some scheme needs the caller's certificate, and without TLS there is none: listen with tls, or say which proxies hand it on.";
    throw new StartError([{ code: "insecure_transport", message }]);
  }
  const reason = options[insecurePlaintext];
  if (typeof reason !== "string" || reason.trim() === "") {
    const message =
      'listen() needs tls: { cert, key }. Where TLS ends before this process, say so: [insecurePlaintext]: "why".';
    throw new StartError([{ code: "insecure_transport", message }]);
  }
  return createServer(bounds, listener);
}

/** One `writeHead` with one flat array, one `end`; or, where the body comes in pieces, one `write` a piece. */
export function writeReply(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
  const { status, body } = reply;
  if (response.headersSent || response.destroyed) {
    if (isIterable(body)) dismiss(body);
    return;
  }
  const { headers } = reply;
  if (body !== undefined && !isIterable(body)) headers.push("Content-Length", String(Buffer.byteLength(body)));
  if (request.httpVersionMajor < 2) response.writeHead(status, headers);
  else response.writeHead(status, asHttp2(headers));
  finish(reply, request, response);
}

/** Not every Node keeps the second line of a header that HTTP/2 is given in a flat list. RFC 9113, 8.2.2: it has no Connection. */
function asHttp2(headers: readonly string[]): Record<string, string | string[]> {
  const { Connection: _, ...lines } = Object.fromEntries(linesOf(headers));
  return lines;
}

/** Ends a response whose header section is written, and what may still come of its request. */
export function finish({ body }: Reply, request: IncomingMessage, response: ServerResponse): void {
  if (isIterable(body)) {
    void pump(body, response).finally(() => leave(request));
    return;
  }
  response.end(request.method === "HEAD" ? undefined : body);
  leave(request);
}

function leave(request: IncomingMessage): void {
  if (!request.complete && hasBody(request)) discard(request);
}

/**
 * Sends piece by piece, no faster than the caller takes them. One that fails cuts the connection: the caller sees that the body is not
 * whole (RFC 9112, 8).
 */
async function pump(body: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
  const pieces = body[Symbol.asyncIterator]();
  response.flushHeaders();
  try {
    for (;;) {
      const next = await orGone(pieces.next(), response);
      if (next === undefined || next.done === true) break;
      if (!response.write(next.value)) await orGone(once(response, "drain"), response);
    }
    response.end();
  } catch {
    response.destroy();
  } finally {
    abandon(pieces);
  }
}

/** What comes first: the promise's outcome, or, as `undefined`, the end of the connection. */
function orGone<T>(promise: Promise<T>, response: ServerResponse): Promise<T | undefined> {
  if (response.destroyed) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const leave = () => resolve(undefined);
    response.once("close", leave);
    promise.then(resolve, reject).finally(() => response.off("close", leave));
  });
}

/** A source that waits for its next piece hears of it when that comes, so nobody waits for it. */
function abandon(pieces: AsyncIterator<Uint8Array>): void {
  pieces.return?.().then(undefined, () => undefined);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** What may still arrive of a body that was refused: enough for the caller to read our answer, and no more. */
const lingering = { octets: 4_194_304, milliseconds: 2_000 };

/**
 * Lets the rest of a refused body pass by. A connection that is cut at once loses the answer on its way (RFC 9112, 9.6); one that
 * is never cut is a way to keep us busy (R37).
 */
function discard(request: IncomingMessage): void {
  let left = lingering.octets;
  const timer = setTimeout(() => request.destroy(), lingering.milliseconds);
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.once("close", () => clearTimeout(timer)).once("end", () => clearTimeout(timer));
  request.resume();
}
