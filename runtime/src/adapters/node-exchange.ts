import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Exchange, ReceivedHeaders, TlsFacts } from "../http/exchange.js";
import type { Refusal } from "../problem/refusal.js";
import { internal } from "../problem/refusals.js";
import { clientCertificate } from "./client-certificate.js";

/** Where a host framework has put what `node:http` puts elsewhere. */
export interface NodeView {
  /** The request target as received, where the framework has cut its mount path off `request.url`. */
  readonly target?: string;
  /** The stream of the body, where the framework has put another before the request's own. */
  readonly body?: Readable;
}

/** A view on a request of `node:http`. Nothing is copied, and nothing is looked at before a guard asks for it. */
export function nodeExchange(
  request: IncomingMessage,
  response: ServerResponse,
  { target = request.url ?? "", body = request }: NodeView = {},
): Exchange {
  let controller: AbortController | undefined;
  return {
    method: request.method ?? "",
    target,
    headers: receivedHeaders(request.rawHeaders),
    address: request.socket.remoteAddress,
    tls: tlsFacts(request),
    get signal() {
      controller ??= abortedWith(response);
      return controller.signal;
    },
    read: (limit) => read(request, body, limit),
    chunks: () => chunks(body),
  };
}

/**
 * The header section as it came. `request.headers` will not do: it drops the second line of a header that may come once, which is
 * just what a guard must see (R35).
 */
function receivedHeaders(raw: readonly string[]): ReceivedHeaders {
  return {
    all: (name) => {
      const lines: string[] = [];
      for (let at = 0; at < raw.length; at += 2) {
        const one = raw[at];
        if (one?.length === name.length && one.toLowerCase() === name) lines.push(raw[at + 1] ?? "");
      }
      return lines;
    },
  };
}

function tlsFacts(request: IncomingMessage): TlsFacts | undefined {
  const socket = request.socket as Partial<TLSSocket>;
  if (socket.encrypted !== true) return undefined;
  return {
    protocol: socket.getProtocol?.() ?? "TLS",
    get certificate() {
      return clientCertificate(socket as TLSSocket);
    },
  };
}

function abortedWith(response: ServerResponse): AbortController {
  const controller = new AbortController();
  const abort = () => {
    if (!response.writableFinished) controller.abort();
  };
  if (response.destroyed) abort();
  else response.once("close", abort);
  return controller;
}

async function* chunks(body: Readable): AsyncGenerator<Uint8Array, void> {
  // The request is not ours to destroy when somebody stops reading: the answer goes over the same connection.
  for await (const chunk of body.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
}

function read(request: IncomingMessage, body: Readable, limit: number): Promise<Uint8Array | undefined> {
  // RFC 9112, 6.3: a length that is said and too large need not be waited for. The octets are counted all the same.
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > limit) return Promise.resolve(undefined);
  // What another has read cannot be judged by us any more, and must not pass for an empty body.
  if (body.readableEnded) return declared > 0 || isChunked(request) ? Promise.reject(readBefore()) : nothing();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (act: () => void) => {
      body.off("data", onData).off("end", onEnd).off("error", onError).off("close", onClose);
      act();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limit) {
        body.pause();
        settle(() => resolve(undefined));
      }
    };
    const onEnd = () =>
      settle(() => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
    const onError = (error: Error) => settle(() => reject(error));
    const onClose = () => settle(() => reject(new Error("The connection closed before the body was complete.")));
    body.on("data", onData).on("end", onEnd).on("error", onError).on("close", onClose);
    if (body.destroyed) onClose();
  });
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
