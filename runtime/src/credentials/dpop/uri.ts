import type { Exchange } from "../../http/exchange.js";
import { originOf } from "../../http/origin.js";

/**
 * Where the request went, as `htu` says it (RFC 9449, 4.2): without query and fragment, normalised.
 * @param origin what the server was told of itself.
 */
export function requestUri(exchange: Exchange, origin: string | undefined): string | undefined {
  const base = originOf(exchange, origin);
  const path = exchange.target.replace(/^https?:\/\/[^/?#]*/i, "");
  return base === undefined ? undefined : normalUri(base + (path.startsWith("/") ? path : `/${path}`));
}

/** RFC 3986, 6.2.2 and 6.2.3: case, percent-encoding, dot segments and default ports make no difference. */
export function normalUri(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  if (url.username !== "" || url.password !== "") return undefined;
  return url.origin + url.pathname.replace(/%[0-9A-Fa-f]{2}/g, normalTriplet);
}

function normalTriplet(triplet: string): string {
  const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
  return /[A-Za-z0-9._~-]/.test(character) ? character : triplet.toUpperCase();
}
