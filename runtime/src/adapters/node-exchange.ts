import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Exchange, ReceivedHeaders, TlsFacts } from "../http/exchange.js";

/** A view on a request of `node:http`. Nothing is copied, and nothing is looked at before a guard asks for it. */
export function nodeExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  let controller: AbortController | undefined;
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    headers: receivedHeaders(request.rawHeaders),
    address: request.socket.remoteAddress,
    tls: tlsFacts(request),
    get signal() {
      controller ??= abortedWith(response);
      return controller.signal;
    },
    read: (limit) => read(request, limit),
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
  return socket.encrypted === true ? { protocol: socket.getProtocol?.() ?? "TLS" } : undefined;
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

function read(request: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  // RFC 9112, 6.3: a length that is said and too large need not be waited for. The octets are counted all the same.
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > limit) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (act: () => void) => {
      request.off("data", onData).off("end", onEnd).off("error", onError).off("close", onClose);
      act();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limit) {
        request.pause();
        settle(() => resolve(undefined));
      }
    };
    const onEnd = () =>
      settle(() => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
    const onError = (error: Error) => settle(() => reject(error));
    const onClose = () => settle(() => reject(new Error("The connection closed before the body was complete.")));
    request.on("data", onData).on("end", onEnd).on("error", onError).on("close", onClose);
    if (request.complete && request.readableEnded) settle(() => resolve(new Uint8Array()));
    else if (request.destroyed) onClose();
  });
}
