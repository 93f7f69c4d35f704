import type { Exchange } from "../../runtime/src/http/exchange.js";

type Lines = Readonly<Record<string, string | readonly string[]>>;

/** A request of which a test cares for these facts. */
export function exchangeOf({
  headers,
  ...facts
}: Partial<Omit<Exchange, "headers">> & { readonly headers?: Lines }): Exchange {
  return { ...exchangeWith(headers ?? {}), ...facts };
}

/** A request with these header lines. A list is several lines of one name. */
export function exchangeWith(headers: Lines, target = "/"): Exchange {
  const lines = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), typeof value === "string" ? [value] : value]),
  );
  return {
    method: "GET",
    target,
    headers: { all: (name) => lines.get(name) ?? [] },
    address: "192.0.2.1",
    tls: undefined,
    signal: new AbortController().signal,
    read: async () => new Uint8Array(),
    chunks: async function* () {},
  };
}
