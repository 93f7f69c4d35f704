/** The tokens of a JSON pointer (RFC 6901). */
export function tokensOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The JSON pointer of some tokens. */
export function pointerOf(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The value that tokens lead to; own properties only. */
export function valueAt(value: unknown, tokens: readonly string[]): unknown {
  return tokens.reduce(memberOf, value);
}

/** The values that tokens lead to, where `*` is every item of a list. */
export function valuesAt(value: unknown, tokens: readonly string[]): readonly unknown[] {
  return tokens.reduce<readonly unknown[]>(
    (here, token) => here.flatMap((one) => (token === "*" && Array.isArray(one) ? one : [memberOf(one, token)])),
    [value],
  );
}

/** An own property; `undefined` where there is none. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
