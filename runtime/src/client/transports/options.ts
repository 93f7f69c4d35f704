import type { ClientTls, Home, Outgoing } from "../contract.js";
import { Failure } from "../failure.js";

/** What a transport is made for: one origin. */
export interface TransportOptions {
  readonly origin: string;
  /** TLS settings that the caller gave. */
  readonly tls: ClientTls | undefined;
  /** Pins that the spec gives for this origin. */
  readonly pins: readonly string[] | undefined;
}

/** What the client asks of the platform's transport. */
export interface Placement {
  readonly home: Home;
  readonly tls: ClientTls | undefined;
}

/**
 * R58: a transport serves its origin alone. A Host header would name another one, and in TLS its certificate too.
 * @throws Failure `configuration`
 */
export function stayAtHome(origin: string, { url, headers }: Outgoing): URL {
  const target = new URL(url);
  if (target.origin !== origin || Object.keys(headers).some((name) => name.toLowerCase() === "host"))
    throw new Failure("configuration", "The call leaves its origin");
  return target;
}
