/** A name as a token of a JSON pointer (RFC 6901, 3). */
export function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The name that a token stands for: `~01` is `~1`, so the order counts (RFC 6901, 4). */
export function unescaped(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}
