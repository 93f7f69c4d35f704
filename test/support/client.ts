import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import {
  body,
  type ClientOptions,
  connect,
  cookies,
  Failure,
  filledIn,
  form,
  headers,
  items,
  json as jsonBody,
  multipart,
  multipartAnswers,
  type Operation,
  octets,
  ownServer,
  styledPath,
  styledQuery,
  text,
} from "@sallyport/runtime/client";
import type { ApiPolicy, OperationPolicy, Retries, Wire } from "@sallyport/runtime/policy";
import { publicAccess } from "@sallyport/runtime/policy";

/** A request as the server got it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server that answers as told and remembers what it was asked. */
export interface Origin {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly Received[];
  readonly server: Server;
  readonly close: () => Promise<void>;
}

/** Answers one request. Its body has been read. */
export type Answer = (request: Received, response: ServerResponse, count: number) => void | Promise<void>;

/** Starts a server on loopback; with TLS where options for it are given. */
export async function startOrigin(answer: Answer, tls?: ServerOptions): Promise<Origin> {
  const requests: Received[] = [];
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const received: Received = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body: Buffer.concat(chunks).toString("utf8"),
    };
    requests.push(received);
    await answer(received, response, requests.length);
  };
  const server: Server = tls === undefined ? createServer(listener) : (createTlsServer(tls, listener) as Server);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    port,
    requests,
    server,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** Answers JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

export const noRetries: Retries = {
  maxAttempts: 1,
  base: "1ms",
  cap: "1ms",
  maxElapsed: "1s",
  statuses: [],
  network: false,
  when: "never",
  retryAfterMax: "1s",
};

/** A policy with one scheme of each kind. */
export function clientPolicy(changes: Partial<ApiPolicy> = {}): ApiPolicy {
  const jwt = {
    issuer: "https://id.example",
    audience: ["https://api.test"],
    algorithms: ["ES256"],
    typ: "at+jwt",
    clockSkew: "30s",
  } as const;
  return {
    format: 1,
    title: "Shop",
    servers: [],
    schemes: {
      oidc: { kind: "token", type: "oauth2", jwt, principal: { id: ["sub"] } },
      key: { kind: "apiKey", in: "header", name: "X-Key" },
      crumb: { kind: "apiKey", in: "cookie", name: "sid" },
      login: { kind: "basic" },
    },
    roles: {},
    bounds: { body: "1MiB", depth: 32 },
    retries: noRetries,
    ...changes,
  };
}

/** An operation, `GET /things` and public where nothing else is said. It brings everything along that an operation may need. */
export function operation(policy: Partial<OperationPolicy> = {}, wire: Wire = {}, id = "getThings"): Operation {
  const streams = [multipart, items, octets];
  return {
    id,
    policy: { method: "GET", path: "/things", access: publicAccess, ...policy },
    wire,
    writes: [styledPath, styledQuery, headers, cookies, ...(wire.body ? [body(jsonBody, form, text, ...streams)] : [])],
    ...(wire.output === undefined ? {} : { reads: [multipartAnswers, items, octets] }),
    ...(policy.servers === undefined ? {} : { home: ownServer }),
  };
}

/** One call of a client of its own, closed at the end. */
export async function callOnce(
  options: ClientOptions<object> & { readonly policy?: Partial<ApiPolicy> },
  one: Operation = operation(),
  input: object = {},
  call: Parameters<ReturnType<typeof connect>["send"]>[2] = {},
): Promise<unknown> {
  const { policy, ...rest } = options;
  const caller = connect(filledIn(clientPolicy(policy), rest), rest);
  try {
    return await caller.send(one, input, call);
  } finally {
    await caller.close();
  }
}

/** The failure that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error("The call succeeded");
}
