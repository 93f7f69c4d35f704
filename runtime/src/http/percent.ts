import { Unreadable } from "./scalar.js";

/**
 * Percent-decoding, once (RFC 3986, 2.4).
 * @throws Unreadable for what is not percent-encoded UTF-8.
 */
export function decodePercent(text: string): string {
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

/** `allowReserved`: reserved characters stay, but for those that would end the parameter. */
export function encodeReserved(text: string): string {
  return encodePercent(text).replace(/%(3A|2F|3F|5B|5D|40|21|24|27|28|29|2A|2C|3B)/g, (encoded) =>
    decodeURIComponent(encoded),
  );
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
