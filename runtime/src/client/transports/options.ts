import type { AnswerBounds, Home, Outgoing } from "../contract.js";
import { Failure } from "../failure.js";
import type { ClientProxy, ClientTls } from "../tls.js";
import type { SpecTls } from "./server-tls.js";

/** What a transport is made for: one origin. */
export interface TransportOptions {
  readonly origin: string;
  /** TLS settings that the caller gave. */
  readonly tls: ClientTls | undefined;
  /** What the spec says of this origin's TLS. */
  readonly server: SpecTls | undefined;
  /** Through whom the origin is reached. Default: nobody. */
  readonly proxy?: ClientProxy | undefined;
  /** Whether HTTP/2 is spoken with servers that offer it. */
  readonly http2?: boolean | undefined;
  /** How much of an answer is read. */
  readonly answers?: AnswerBounds | undefined;
  /** Milliseconds since 1970, for the day on which pins expire. */
  readonly now?: (() => number) | undefined;
}

/** What the client asks of the platform's transport. */
export interface Placement extends Omit<TransportOptions, "origin" | "server"> {
  readonly home: Home;
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
