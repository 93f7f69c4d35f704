import type { Exchange } from "./exchange.js";

// RFC 3986, 3.2.2: a registered name or an address, and a port. No user, no path, nothing to be read in two ways.
const authority = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;

/**
 * The origin that a request was sent to (RFC 6454, 4): the one that the server was told, else what its connection and the `Host`
 * field say. `undefined` where they do not say one thing.
 */
export function originOf(exchange: Exchange, told: string | undefined): string | undefined {
  if (told !== undefined) return told;
  const [host, ...more] = exchange.headers.all("host");
  if (host === undefined || more.length > 0 || !authority.test(host)) return undefined;
  const url = `${exchange.tls === undefined ? "http" : "https"}://${host}`;
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

/** Whether a text is an origin as browsers write it: scheme, host and port, and nothing behind them. */
export function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
