import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { Readable } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { ClientCertificate, Exchange, Octets, ReceivedHeaders, TlsFacts } from "../http/exchange.js";
import type { Refusal } from "../problem/refusal.js";
import { internal } from "../problem/refusals.js";
import { clientCertificate } from "./client-certificate.js";
import { asHttp1, framingFault } from "./framing.js";

/** Where a host framework has put what `node:http` puts elsewhere. */
export interface NodeView {
  /** The request target as received, where the framework has cut its mount path off `request.url`. */
  readonly target?: string;
  /** The stream of the body, where the framework has put another before the request's own. */
  readonly body?: Readable;
}

/** A view on a request of `node:http`. Nothing is copied, and nothing is looked at before a guard asks for it. */
export function nodeExchange(request: IncomingMessage, response: ServerResponse, view?: NodeView): Exchange {
  return new NodeExchange(request, response, view?.target ?? request.url ?? "", view?.body ?? request);
}

/** A class, because its getters stand on the prototype: in a literal each call would make a shape of its own, which outlives the call. */
class NodeExchange implements Exchange {
  readonly method: string;
  readonly headers: ReceivedHeaders;
  readonly address: string | undefined;
  readonly tls: TlsFacts | undefined;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #body: Readable;
  #controller: AbortController | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    readonly target: string,
    body: Readable,
  ) {
    this.method = request.method ?? "";
    const { httpVersionMajor, rawHeaders } = request;
    this.headers = new RawHeaders(httpVersionMajor < 2 ? rawHeaders : asHttp1(rawHeaders));
    // A socket that was closed meanwhile does not know any more who was at its other end, and the audit line asks for it.
    this.address = request.socket.remoteAddress;
    this.tls = tlsFacts(request);
    this.#request = request;
    this.#response = response;
    this.#body = body;
  }

  get malformed(): string | undefined {
    return framingFault(this.#request);
  }

  get signal(): AbortSignal {
    this.#controller ??= abortedWith(this.#response);
    return this.#controller.signal;
  }

  read(limit: number): Octets | Promise<Octets> {
    return read(this.#request, this.#body, limit);
  }

  chunks(): AsyncIterable<Uint8Array> {
    return chunks(this.#body);
  }
}

const noLines: readonly string[] = [];

/**
 * The header section as it came. `request.headers` will not do: it drops the second line of a header that may come once, which is
 * just what a guard must see (R35).
 */
class RawHeaders implements ReceivedHeaders {
  readonly #raw: readonly string[];

  constructor(raw: readonly string[]) {
    this.#raw = raw;
  }

  all(name: string): readonly string[] {
    const raw = this.#raw;
    let lines: string[] | undefined;
    for (let at = 0; at < raw.length; at += 2) {
      const one = raw[at];
      if (one?.length !== name.length || one.toLowerCase() !== name) continue;
      const line = raw[at + 1] ?? "";
      if (lines === undefined) lines = [line];
      else lines.push(line);
    }
    return lines ?? noLines;
  }

  exceeds(lines: number, octets: number): boolean {
    if (this.#raw.length > 2 * lines) return true;
    let sum = 0;
    for (const text of this.#raw) sum += text.length;
    return sum > octets;
  }
}

function tlsFacts(request: IncomingMessage): TlsFacts | undefined {
  const socket = request.socket as Partial<TLSSocket>;
  return socket.encrypted === true ? new SocketFacts(socket as TLSSocket) : undefined;
}

class SocketFacts implements TlsFacts {
  readonly protocol: string;
  readonly #socket: TLSSocket;

  constructor(socket: TLSSocket) {
    this.protocol = socket.getProtocol?.() ?? "TLS";
    this.#socket = socket;
  }

  get certificate(): ClientCertificate | undefined {
    return clientCertificate(this.#socket);
  }
}

function abortedWith(response: ServerResponse): AbortController {
  const controller = new AbortController();
  const abort = () => {
    if (isUnfinished(response)) controller.abort();
  };
  if (response.destroyed) abort();
  else response.once("close", abort);
  return controller;
}

function isUnfinished(response: ServerResponse): boolean {
  const { stream } = response as ServerResponse & Partial<Pick<Http2ServerResponse, "stream">>;
  // A stream of HTTP/2 that is reset counts as finished.
  return stream === undefined ? !response.writableFinished : !response.writableEnded || stream.rstCode !== 0;
}

async function* chunks(body: Readable): AsyncGenerator<Uint8Array, void> {
  // The request is not ours to destroy when somebody stops reading: the answer goes over the same connection.
  for await (const chunk of body.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
}

/**
 * Whether a body of a length that is said comes with a request: all of it may be there when Node has read on, a tick later, and
 * then nothing need be waited for. What another reads already is gone by then.
 */
export function bringsBody(request: IncomingMessage): boolean {
  return request.readableFlowing === null && lengthOf(request) > 0;
}

function lengthOf({ headers }: IncomingMessage): number {
  return Number(headers["content-length"] ?? 0);
}

function read(request: IncomingMessage, body: Readable, limit: number): Octets | Promise<Octets> {
  // RFC 9112, 6.3: a length that is said and too large need not be waited for. The octets are counted all the same.
  const declared = lengthOf(request);
  if (declared > limit) return undefined;
  if (hasArrived(request, body, declared)) {
    const whole: unknown = body.read();
    // Its end is still to come: who waits for that, as Node does, shall see it.
    body.resume();
    if (whole instanceof Uint8Array) return whole;
  }
  // What another has read cannot be judged by us any more, and must not pass for an empty body.
  if (body.readableEnded) return declared > 0 || isChunked(request) ? Promise.reject(readBefore()) : nothing();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let settled = false;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= limit) return;
      settled = true;
      body.pause();
      body.off("data", onData);
      resolve(undefined);
    };
    const onEnd = () => {
      settled = true;
      if (body === request && declared > 0 && size !== declared) reject(readBefore());
      else resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    };
    const onClose = () => {
      if (!settled) reject(new Error("The connection closed before the body was complete."));
    };
    body.on("data", onData).on("end", onEnd).on("error", reject).on("close", onClose);
    if (body.destroyed) onClose();
  });
}

/** What others have read of it, or what they read it as, is found out as ever. */
function hasArrived(request: IncomingMessage, body: Readable, declared: number): boolean {
  const { readableFlowing, readableEncoding, readableLength } = request;
  return (
    body === request &&
    declared > 0 &&
    readableLength === declared &&
    readableFlowing !== true &&
    readableEncoding === null
  );
}

function isChunked({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined;
}

function nothing(): Promise<Uint8Array> {
  return Promise.resolve(new Uint8Array());
}

function readBefore(): Refusal {
  return internal(new Error("The body was read before the guards could: mount sallyport before any body parser."));
}
