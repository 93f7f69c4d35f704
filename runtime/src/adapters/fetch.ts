import type { Exchange, Reply } from "../http/exchange.js";
import { chunksOf, streamOf } from "../http/streams.js";
import { StartError } from "../problem/start-error.js";
import type { Api } from "../server/contract.js";
import { bareFailure, nothingHere } from "../server/reply.js";
import { webHeaders } from "./web-headers.js";

/** Options of `toFetch`. */
export interface FetchOptions {
  /**
   * The address of the caller, from what your platform says of it. Limits by address share one counter where it is absent. Never
   * read it from a header that the caller can set.
   */
  readonly address?: (request: Request) => string | undefined;
}

/**
 * An API as a fetch handler, for platforms that speak in web requests: `export default { fetch: toFetch(api) }`.
 *
 * The platform has read the URL before us: it resolves dot segments, and joins the lines of a repeated header. A path that is not
 * ours answers 404.
 * @throws StartError where some scheme needs the certificate of the caller: there is none to be seen here.
 */
export function toFetch(api: Api, options: FetchOptions = {}): (request: Request) => Promise<Response> {
  if (api.clientCertificates !== "none") {
    const message =
      "Some scheme needs the caller's certificate, which a web Request does not hold: serve it with listen().";
    throw new StartError([{ code: "insecure_transport", message }]);
  }
  return async (request) => {
    const exchange = toExchange(request, options);
    try {
      return toResponse((await api.handle(exchange)) ?? nothingHere(exchange));
    } catch {
      return toResponse(bareFailure(exchange));
    }
  };
}

function toExchange(request: Request, { address }: FetchOptions): Exchange {
  const url = new URL(request.url);
  return {
    method: request.method,
    target: url.pathname + url.search,
    headers: webHeaders(request),
    address: address?.(request),
    tls: url.protocol === "https:" ? { protocol: "TLS" } : undefined,
    signal: request.signal,
    read: (limit) => read(request, limit),
    chunks: () => (request.body === null ? nothing() : chunksOf(request.body)),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {}

async function read(request: Request, limit: number): Promise<Uint8Array | undefined> {
  if (request.body === null) return new Uint8Array();
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    chunks.push(value);
    if (size > limit) {
      // The caller may never stop sending; whether it hears of this is not ours to wait for.
      reader.cancel().catch(() => {});
      return undefined;
    }
  }
  return joined(chunks, size);
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function toResponse({ status, headers, body }: Reply): Response {
  const section = new Headers();
  for (let at = 0; at < headers.length; at += 2) section.append(headers[at] ?? "", headers[at + 1] ?? "");
  return new Response(contentOf(body), { status, headers: section });
}

function contentOf(body: Reply["body"]): BodyInit | null {
  if (body === undefined || typeof body === "string") return body ?? null;
  return body instanceof Uint8Array ? new Uint8Array(body) : streamOf(body);
}
