import type { IncomingMessage, ServerResponse } from "node:http";
import type { Exchange } from "../http/exchange.js";
import { nodeExchange } from "./node-exchange.js";
import { webHeaders } from "./web-headers.js";

/** What each procedure is told of the HTTP request that carries it. */
export interface TrpcContext {
  readonly exchange: Exchange;
  /** Sets a response header. One request may carry many calls: the last one that sets a header wins. */
  readonly setHeader: (name: string, value: string) => void;
}

/** What tRPC's standalone, node-http and Express adapters hand in. */
export interface NodeContextSource {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** What tRPC's fetch adapter hands in, and the caller's address where the platform says it. */
export interface WebContextSource {
  readonly req: Request;
  readonly resHeaders: Headers;
  /** The address of the caller, from the platform, never from a header that the caller can set. */
  readonly address?: string;
}

/** What `createContext` is made from. */
export type ContextSource = NodeContextSource | WebContextSource;

/** The context of a request: pass it to tRPC's adapter as `createContext`. */
export function createContext(source: ContextSource): TrpcContext {
  const context = "resHeaders" in source ? webContext(source) : nodeContext(source);
  // Answers of a guarded API are for their caller alone.
  context.setHeader("Cache-Control", "no-store");
  context.setHeader("X-Content-Type-Options", "nosniff");
  return context;
}

function nodeContext({ req, res }: NodeContextSource): TrpcContext {
  return {
    exchange: { ...facts(nodeExchange(req, res)), read: alreadyRead, chunks: alreadyGone },
    setHeader: (name, value) => {
      if (!res.headersSent) res.setHeader(name, value);
    },
  };
}

function webContext({ req, resHeaders, address }: WebContextSource): TrpcContext {
  const url = new URL(req.url);
  const exchange: Exchange = {
    method: req.method,
    target: url.pathname + url.search,
    headers: webHeaders(req),
    address,
    tls: url.protocol === "https:" ? { protocol: "TLS" } : undefined,
    signal: req.signal,
    read: alreadyRead,
    chunks: alreadyGone,
  };
  return { exchange, setHeader: (name, value) => resHeaders.set(name, value) };
}

function facts(exchange: Exchange): Omit<Exchange, "read" | "chunks"> {
  const { method, target, headers, malformed, address, tls, signal } = exchange;
  return { method, target, headers, malformed, address, tls, signal };
}

/** tRPC has decoded the body. A guard that still asks for it asks for something else than the procedure gets (R38). */
function alreadyRead(): Promise<never> {
  return Promise.reject(new Error("The body of a tRPC request is read by tRPC"));
}

function alreadyGone(): never {
  throw new Error("The body of a tRPC request is read by tRPC");
}
