import { connect } from "node:net";
import { insecurePlaintext, type ListenOptions, listen, type Server } from "@sallyport/runtime/node";
import type { Api } from "@sallyport/runtime/server";

/** A response as it came over the socket. */
export interface Raw {
  readonly status: number;
  /** Every line of a header, by its name in lower case. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface RequestFacts {
  readonly method?: string;
  /** The request target, byte for byte. */
  readonly target?: string;
  /** Lines of the header section, byte for byte. */
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
}

/** A server on a free port of the loopback interface. */
export function serveLocally(api: Api, options: Partial<ListenOptions> = {}): Promise<Server> {
  return listen(api, {
    port: 0,
    host: "127.0.0.1",
    [insecurePlaintext]: "a test on the loopback interface",
    ...options,
  });
}

/** Sends one request exactly as it is spelt; no client normalises it on the way. */
export function send({ port }: Pick<Server, "port">, facts: RequestFacts = {}): Promise<Raw> {
  const { method = "GET", target = "/", headers = [], body = "" } = facts;
  const content = typeof body === "string" ? Buffer.from(body) : Buffer.from(body);
  const length = content.length > 0 && !headers.some((line) => /^(content-length|transfer-encoding):/i.test(line));
  const head = [
    `${method} ${target} HTTP/1.1`,
    "Host: api.example",
    "Connection: close",
    ...headers,
    ...(length ? [`Content-Length: ${content.length}`] : []),
  ];
  return exchange(port, Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), content]));
}

/** Sends octets, and reads until the server closes. */
export function exchange(port: number, octets: Uint8Array): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", () => resolve(parse(Buffer.concat(chunks).toString("utf8"))));
    socket.on("error", (error) =>
      chunks.length > 0 ? resolve(parse(Buffer.concat(chunks).toString("utf8"))) : reject(error),
    );
    socket.write(octets);
  });
}

function parse(text: string): Raw {
  const cut = text.indexOf("\r\n\r\n");
  const [line = "", ...lines] = text.slice(0, cut).split("\r\n");
  const headers: Record<string, string[]> = {};
  for (const one of lines) {
    const colon = one.indexOf(":");
    const name = one.slice(0, colon).toLowerCase();
    headers[name] = [...(headers[name] ?? []), one.slice(colon + 1).trim()];
  }
  const body = text.slice(cut + 4);
  return { status: Number(line.split(" ")[1]), headers, body, json: body.startsWith("{") ? JSON.parse(body) : {} };
}

/** The body, whichever framing the host has chosen. */
export function dechunked({ headers, body }: Raw): string {
  if (headers["transfer-encoding"]?.[0] !== "chunked") return body;
  let rest = body;
  let whole = "";
  for (;;) {
    const cut = rest.indexOf("\r\n");
    const size = Number.parseInt(rest.slice(0, cut), 16);
    if (!(size > 0)) return whole;
    whole += rest.slice(cut + 2, cut + 2 + size);
    rest = rest.slice(cut + 2 + size + 2);
  }
}
