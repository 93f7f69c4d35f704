import * as oauth from "oauth4webapi";
import { createTransport } from "#transport";
import type { Outgoing, ProofRequest } from "../contract.js";
import { Failure } from "../failure.js";
import type { ClientTls } from "../tls.js";
import type { TokenSource } from "./token-source.js";

/** The most octets of a token response, or of metadata, that are read. */
const largest = 1024 * 1024;

/** From where an authorization server is asked. */
export interface Reach {
  readonly source: TokenSource;
  /** The client's TLS settings and the origin that it calls, where a client asks. */
  readonly client: Pick<ProofRequest, "tls" | "proxy" | "origin"> | undefined;
  readonly showsCertificate: boolean;
  readonly signal: AbortSignal;
}

/** The options of a request to an authorization server: it goes through the client's own transport, never the platform's fetch. */
export interface ReachOptions {
  readonly signal: AbortSignal;
  readonly [oauth.allowInsecureRequests]: boolean;
  readonly [oauth.customFetch]: (url: string, init: Init) => Promise<Response>;
}

interface Init {
  readonly method?: string | undefined;
  readonly headers?: Record<string, string> | undefined;
  readonly body?: URLSearchParams | string | null | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

/** Options for requests that reach an authorization server as its source and the client's TLS settings say. */
export function reachOptions(reach: Reach, insecure: boolean): ReachOptions {
  return {
    signal: reach.signal,
    [oauth.allowInsecureRequests]: insecure,
    [oauth.customFetch]: (url, init) => fetchOver(reach, url, init),
  };
}

/**
 * One request on a connection of its own: tokens are asked for once in minutes, and no connection outlives its TLS settings.
 * Redirects are not followed: they would carry the client's secret elsewhere.
 */
async function fetchOver(reach: Reach, url: string, init: Init): Promise<Response> {
  const { origin } = new URL(url);
  const transport =
    reach.source.transport?.(origin) ??
    createTransport({ origin, tls: tlsFor(reach, origin), server: undefined, proxy: reach.client?.proxy });
  const outgoing: Outgoing = {
    method: init.method ?? "GET",
    url,
    headers: { ...init.headers },
    body: init.body === undefined || init.body === null ? undefined : String(init.body),
    signal: init.signal ?? reach.signal,
  };
  try {
    const { status, headers, body } = await transport.send(outgoing);
    if (status >= 300 && status < 400)
      throw new Failure("redirect_refused", "The authorization server answered a redirect: it is not followed");
    if (body instanceof Uint8Array && body.byteLength > largest)
      throw new Failure("response_invalid", `The authorization server's answer is larger than ${largest} octets`);
    // Fetch: these have no body.
    const isEmpty = status === 204 || status === 205 || status < 200;
    return new Response(isEmpty ? null : (body as BodyInit), { status: status < 200 ? 500 : status, headers });
  } finally {
    await transport.close();
  }
}

/** The TLS settings for one origin of an authorization server. */
export function tlsFor({ source, client, showsCertificate }: Reach, origin: string): ClientTls | undefined {
  if (source.tls !== undefined) return source.tls;
  // On loopback, by test or by sidecar: there is no TLS that settings could be for.
  if (client?.tls === undefined || origin.startsWith("http:")) return undefined;
  const { pins, cert, key, ...rest } = client.tls;
  const isListed = pins !== undefined && !Array.isArray(pins);
  return {
    ...rest,
    ...(pins !== undefined && (isListed || origin === client.origin) ? { pins } : {}),
    // A certificate tells who shows it: it is for those who are to know.
    ...(showsCertificate && cert !== undefined && key !== undefined ? { cert, key } : {}),
  };
}
