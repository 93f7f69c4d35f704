// RFC 6750, 3: what may stand in error and error_description. It is safe in any quoted-string (RFC 9110, 5.6.4).
const forbidden = /[^\x20-\x21\x23-\x5b\x5d-\x7e]/g;
const name = /^[A-Za-z][A-Za-z0-9_-]*$/;

/**
 * A challenge for `WWW-Authenticate` (RFC 9110, 11.6.1): never bare, because RFC 6750, 3 asks for at least one parameter, and
 * `realm` is always there. What cannot stand in a value becomes `?`.
 */
export function challengeOf(
  scheme: string,
  realm: string,
  fixed: Readonly<Record<string, string>> = {},
  error: Readonly<Record<string, string>> = {},
): string {
  // Each attribute once (RFC 6750, 3): the fixed ones win.
  const parameters = Object.entries({ ...error, ...fixed, realm }).filter(([key]) => name.test(key));
  const ordered = [["realm", realm] as const, ...parameters.filter(([key]) => key !== "realm")];
  return `${scheme} ${ordered.map(([key, value]) => `${key}="${value.replace(forbidden, "?")}"`).join(", ")}`;
}
