import { Unreadable } from "./faults.js";

/**
 * Percent-decoding, once (RFC 3986, 2.4).
 * @throws Unreadable for what is not percent-encoded UTF-8.
 */
export function decodePercent(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Unreadable("The percent-encoding is broken.");
  }
}

/** Percent-decoding of a query component, in which browsers write spaces as `+`. */
export function decodeQueryText(text: string): string {
  return decodePercent(text.replaceAll("+", "%20"));
}

/** Percent-encoding of everything that is not unreserved (RFC 3986, 2.3). */
export function encodePercent(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, hex);
}

/**
 * The encoding of a parameter's texts. With `allowReserved` reserved characters stay (RFC 6570, 3.2.3), but for those that would end
 * the parameter or stand between its parts.
 * @param kept the reserved characters that may stand in this place.
 */
export function encodingOf(allowReserved: boolean | undefined, kept: string): (text: string) => string {
  if (allowReserved !== true) return encodePercent;
  return (text) => text.replace(/./gsu, (one) => (kept.includes(one) ? one : encodePercent(one)));
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
