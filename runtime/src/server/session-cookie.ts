import { csrfCookie, type Duration, defaultCookie, type SchemePolicy, toMilliseconds } from "../policy/index.js";

/** Options of `sessionCookie`. */
export interface SessionCookieOptions {
  /** How long the browser keeps it; until it is closed where absent. */
  readonly maxAge?: Duration;
}

/**
 * The `Set-Cookie` value that a sign-in handler answers with, as the spec wants it.
 * @param scheme of the generated policy: `api.schemes.session`.
 * @throws TypeError for a scheme that is no API key in a cookie, and for a value that cannot stand in one.
 */
export function sessionCookie(
  scheme: SchemePolicy | undefined,
  value: string,
  options: SessionCookieOptions = {},
): string {
  if (scheme?.kind !== "apiKey" || scheme.in !== "cookie") throw new TypeError("The scheme is no API key in a cookie");
  const { sameSite } = scheme.cookie ?? defaultCookie;
  return written(scheme.name, value, [...ageOf(options), "HttpOnly", `SameSite=${sameSite}`]);
}

/**
 * The `Set-Cookie` value of the second cookie of `csrf: doubleSubmit`: a page of ours reads it, and sends it as `X-CSRF-Token`. Make a new
 * one at each sign-in.
 */
export function csrfTokenCookie(options: SessionCookieOptions = {}): string {
  const random = crypto.getRandomValues(new Uint8Array(24));
  const value = btoa(String.fromCharCode(...random))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
  return written(csrfCookie, value, [...ageOf(options), "SameSite=strict"]);
}

function ageOf({ maxAge }: SessionCookieOptions): readonly string[] {
  return maxAge === undefined ? [] : [`Max-Age=${Math.floor(toMilliseconds(maxAge) / 1_000)}`];
}

function written(name: string, value: string, attributes: readonly string[]): string {
  // RFC 6265, 4.1.1: cookie-octet.
  if (!/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value))
    throw new TypeError("The value cannot stand in a cookie");
  return [`${name}=${value}`, "Path=/", "Secure", ...attributes].join("; ");
}
