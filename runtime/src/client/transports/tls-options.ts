import type { buildConnector } from "undici";
import { Failure } from "../failure.js";
import type { ClientTls } from "../tls.js";
import type { TransportOptions } from "./options.js";
import { type Pins, pinnedIdentity } from "./pins.js";
import type { SpecTls } from "./server-tls.js";

/** How connections to one origin are made. The same options go to a proxy's tunnel: undici has a place of its own for those. */
export type ConnectOptions = buildConnector.BuildOptions;

/**
 * The TLS of connections to one origin: what code says, what the spec says, and the floor beneath both.
 * @throws Failure `configuration`
 */
export function connectOptions({ origin, tls, server }: TransportOptions, pins: Pins | undefined): ConnectOptions {
  if (origin.startsWith("http:")) {
    if (tls !== undefined) throw new Failure("configuration", "tls is set, and the server is not asked over TLS");
    return { timeout: 10_000 };
  }
  const ca = authorities(tls, server);
  return {
    timeout: 10_000,
    minVersion: floorOf(tls, server),
    // Spelt out: NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would switch the check off, and the pins with it.
    rejectUnauthorized: true,
    ...(tls?.cert === undefined || tls.key === undefined ? {} : { cert: tls.cert, key: tls.key }),
    ...(ca === undefined ? {} : { ca: [...ca] }),
    // A resumed session shows no certificate, and asks nobody about it (R57).
    ...(pins === undefined ? {} : { maxCachedSessions: 0, checkServerIdentity: pinnedIdentity(pins) }),
  };
}

/** The stricter of both. */
function floorOf(tls: ClientTls | undefined, server: SpecTls | undefined): "TLSv1.2" | "TLSv1.3" {
  return [tls?.minVersion, server?.minVersion].includes("TLSv1.3") ? "TLSv1.3" : "TLSv1.2";
}

function authorities(tls: ClientTls | undefined, server: SpecTls | undefined): readonly string[] | undefined {
  if (tls?.ca !== undefined) return typeof tls.ca === "string" ? [tls.ca] : tls.ca;
  if (server === undefined || server.ca.length === 0) return undefined;
  return server.ca.map((setting) => {
    const [name, text] = typeof setting === "string" ? ["ca", setting] : [setting.env, process.env[setting.env]];
    if (text?.includes("-----BEGIN CERTIFICATE-----") === true) return text;
    throw new Failure(
      "configuration",
      `${name}: the spec wants certificate authorities in PEM there, and it holds none`,
    );
  });
}
