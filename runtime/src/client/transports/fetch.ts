import type { Transport } from "../contract.js";
import { Failure } from "../failure.js";
import type { Placement, TransportOptions } from "./options.js";
import { overFetch, unreached } from "./over-fetch.js";
import { tlsFault } from "./tls-fault.js";

/**
 * A transport on the `fetch` of a server's platform.
 * @throws Failure `configuration` for settings that the platform keeps to itself.
 */
export function createTransport(options: TransportOptions): Transport {
  return overFetch(options, (cause) => {
    const fault = tlsFault(cause);
    return fault === undefined
      ? unreached(cause)
      : new Failure("tls", `The server's certificate is refused: ${fault}`, { cause });
  });
}

/** The transport of a place; its pins are not looked at. */
export function transportAt({ home: { origin }, ...rest }: Placement): Transport {
  return createTransport({ ...rest, origin, server: undefined });
}
