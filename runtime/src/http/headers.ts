import type { ReceivedHeaders } from "./exchange.js";

const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// RFC 9110, 5.5: CR, LF and NUL are what a response is split with. The other controls have no business in a value either.
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a name may stand in a header section (RFC 9110, 5.1). */
export function isFieldName(name: string): boolean {
  return fieldName.test(name);
}

/** Whether a value may stand in a header section (RFC 9110, 5.5). */
export function isFieldValue(value: string): boolean {
  return fieldValue.test(value);
}

/** Whether a request that has a body says so (RFC 9112, 6.3). */
export function announcesBody(headers: ReceivedHeaders): boolean {
  return headers.all("transfer-encoding").length > 0 || headers.all("content-length").some((length) => length !== "0");
}

/** The octets of an ASCII text, as a byte sequence of structured fields (RFC 9651, 3.3.5). */
export function sfBytes(text: string): string {
  return `:${btoa(text)}:`;
}

/** A string of structured fields (RFC 9651, 3.3.3). What cannot stand in one becomes `?`. */
export function sfString(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&")}"`;
}
