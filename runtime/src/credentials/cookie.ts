import type { Exchange } from "../http/exchange.js";

/** Every value that a cookie of this name has (RFC 6265, 4.2). Names are compared exactly, values are taken as they stand. */
export function readCookie(exchange: Exchange, name: string): readonly string[] {
  return exchange.headers.all("cookie").flatMap((line) =>
    line
      .split(";")
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${name}=`))
      .map((pair) => unquoted(pair.slice(name.length + 1))),
  );
}

function unquoted(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
