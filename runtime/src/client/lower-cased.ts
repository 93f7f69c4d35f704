/** Header fields by their names in lower case: HTTP does not tell `Cookie` from `cookie` (RFC 9110, 5.1). */
export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text]));
}
