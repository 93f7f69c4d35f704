import type { Transport } from "../contract.js";
import type { Placement, TransportOptions } from "./options.js";
import { overFetch, unreached } from "./over-fetch.js";

/**
 * A transport on the `fetch` of a browser, which tells nobody why a connection failed (Fetch, 4.6: a network error).
 * @throws Failure `configuration` for settings that browsers keep to themselves.
 */
export function createTransport(options: TransportOptions): Transport {
  return overFetch(options, unreached);
}

/** The transport of a place; its pins are not looked at. */
export function transportAt({ home: { origin }, ...rest }: Placement): Transport {
  return createTransport({ ...rest, origin, server: undefined });
}
