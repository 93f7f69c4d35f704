import type { ClientTls } from "../contract.js";

/** What a transport is made for: one origin. */
export interface TransportOptions {
  readonly origin: string;
  /** TLS settings that the caller gave. */
  readonly tls: ClientTls | undefined;
  /** Pins that the spec gives for this origin. */
  readonly pins: readonly string[] | undefined;
}

/** The most octets of an answer that are read. */
export const largestAnswer = 64 * 1024 * 1024;
