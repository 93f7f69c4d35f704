import type { RequestListener, ServerOptions } from "node:http";
import { createSecureServer as createHttp2Server, type Http2SecureServer } from "node:http2";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { SecureContextOptions, TlsOptions } from "node:tls";
import { StartError } from "../problem/start-error.js";
import { Secret } from "../secrets/secret.js";
import type { Api } from "../server/contract.js";

/** TLS settings of `listen`. */
export interface ServerTls extends Protocols {
  /** Certificate chain in PEM. */
  readonly cert: Pem;
  /** Key in PEM. */
  readonly key: Pem;
  /** Authorities in PEM whose client certificates are trusted: required where the spec has a `mutualTLS` scheme. */
  readonly clientCa?: string | readonly string[];
  /** Milliseconds after which secrets among these are looked at again; 60,000 where absent. */
  readonly every?: number;
}

/** PEM as a text, octets, or a secret, which is looked at again while the server runs: it follows its source. */
export type Pem = string | Uint8Array | Secret;

/** The text of a PEM, as it is now. */
export function pemText(pem: Pem): string {
  if (pem instanceof Secret) return pem.reveal();
  return typeof pem === "string" ? pem : Buffer.from(pem).toString("latin1");
}

/** What is spoken over TLS. */
export interface Protocols {
  /** `TLSv1.2` where absent. With it, who can speaks 1.3. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /** HTTP/2 is offered to whoever asks for it in the handshake, unless this is `false`. */
  readonly http2?: boolean;
}

/** What bounds a server of `node:http`, whatever it speaks through. */
export interface HttpBounds extends ServerOptions {
  readonly requestTimeout: number;
  readonly headersTimeout: number;
  readonly keepAliveTimeout: number;
  readonly maxHeaderSize: number;
  readonly connectionsCheckingInterval: number;
}

/** A server that speaks HTTP over TLS. */
export type TlsServer = HttpsServer | Http2SecureServer;

/** Makes a server that speaks HTTP/1.1 and HTTP/2 over TLS. */
export function tlsServer(tls: ServerTls, api: Api, bounds: HttpBounds, listener: RequestListener): TlsServer {
  const options = { ...contextOf(tls), ...handshakeOf(tls, api.clientCertificates) };
  return tls.http2 === false
    ? createHttpsServer({ ...bounds, ...options }, listener)
    : bothVersions({ ...options, minVersion: options.minVersion }, bounds, listener);
}

/** What a new certificate changes: connections that are made from now on (RFC 8446, 4.4.2). */
export function contextOf({ cert, key, clientCa, minVersion = "TLSv1.2" }: ServerTls): SecureContextOptions {
  return {
    cert: pemText(cert),
    key: pemText(key),
    // RFC 9325, 3.1.1: nothing below TLS 1.2.
    minVersion,
    ...(clientCa === undefined ? {} : { ca: typeof clientCa === "string" ? [clientCa] : [...clientCa] }),
  };
}

/** Asks for a certificate where some scheme needs one. Whether it is enough is for that scheme to say: others must stay callable. */
function handshakeOf({ clientCa }: ServerTls, needed: Api["clientCertificates"]): TlsOptions {
  if (needed === "none") return {};
  if (needed === "trusted" && clientCa === undefined) {
    const message = "listen() needs tls.clientCa: whose client certificates does a mutualTLS scheme trust?";
    throw new StartError([{ code: "invalid_option", message }]);
  }
  return { requestCert: true, rejectUnauthorized: false, ...(clientCa === undefined ? { ca: [] } : {}) };
}

/** One caller's share of a connection (RFC 9113, 5.1.2), and how long a connection may say nothing. */
const http2Bounds = { streams: 100, idle: 60_000 };

function bothVersions(tls: TlsOptions, bounds: HttpBounds, listener: RequestListener): Http2SecureServer {
  const server = createHttp2Server({
    ...tls,
    allowHTTP1: true,
    // RFC 9113, 6.5.2 and 10.5: what a peer may make us keep. Node bounds resets, pings and settings by itself.
    settings: { maxConcurrentStreams: http2Bounds.streams, maxHeaderListSize: bounds.maxHeaderSize, enablePush: false },
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
  });
  // What `node:http` reads from its server, it reads from this one too when the caller speaks HTTP/1.1.
  Object.assign(server, bounds);
  server.setTimeout(http2Bounds.idle);
  server.on("request", listener as never);
  return server;
}
