import type { Api, Exchange, Reply } from "@sallyport/runtime/server";
import { isIterable } from "../../runtime/src/http/streams.js";

/** A request that is made without a socket. */
export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly header: (name: string) => string | undefined;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Asks an API in this process. */
export async function ask(api: Api, target: string, question: Question = {}): Promise<Answer> {
  const reply = await api.handle(exchangeOf(target, question));
  if (reply === undefined) throw new Error(`${target} is none of the API's`);
  return read(reply);
}

function exchangeOf(
  target: string,
  { method = "GET", headers = {}, address = "192.0.2.1", body = "", signal }: Question,
): Exchange {
  const octets = new TextEncoder().encode(body);
  const typed = body === "" ? {} : { "content-type": "application/json", "content-length": String(octets.length) };
  const lines = new Map(Object.entries({ ...typed, ...headers }).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method,
    target,
    headers: { all: (name) => [lines.get(name) ?? []].flat() },
    address,
    tls: undefined,
    signal: signal ?? new AbortController().signal,
    read: async (limit) => (octets.length > limit ? undefined : octets),
    chunks: async function* () {
      yield octets;
    },
  };
}

async function read({ status, headers, body }: Reply): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  if (isIterable(body)) for await (const chunk of body) chunks.push(chunk as Uint8Array);
  const text = isIterable(body) ? Buffer.concat(chunks).toString("utf8") : Buffer.from(body ?? "").toString("utf8");
  return {
    status,
    body: text,
    header: (name) => {
      const at = headers.findIndex((one, index) => index % 2 === 0 && one.toLowerCase() === name);
      return at < 0 ? undefined : headers[at + 1];
    },
    get json() {
      return JSON.parse(text) as Readonly<Record<string, unknown>>;
    },
  };
}
