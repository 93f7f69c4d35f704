import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Operation } from "../../runtime/src/client/index.js";
import {
  body,
  Failure,
  form,
  json as jsonBody,
  octets,
  styledPath,
  styledQuery,
  text,
} from "../../runtime/src/client/index.js";
import {
  type ApiPolicy,
  type OperationPolicy,
  policyFormat,
  publicAccess,
  type Wire,
} from "../../runtime/src/policy/index.js";

/** The policy of an API with one scheme of each kind. */
export const api: ApiPolicy = {
  format: policyFormat,
  title: "Test",
  servers: [],
  schemes: {
    oidc: {
      kind: "token",
      type: "openIdConnect",
      jwt: { audience: [], algorithms: ["ES256"], typ: "at+jwt", clockSkew: "30s" },
      principal: { id: ["sub"] },
    },
    key: { kind: "apiKey", in: "header", name: "X-Key" },
    cookieKey: { kind: "apiKey", in: "cookie", name: "session" },
    login: { kind: "basic" },
  },
  roles: {},
  bounds: { body: "1MiB", depth: 32 },
  retries: {
    maxAttempts: 3,
    base: "250ms",
    cap: "20s",
    maxElapsed: "60s",
    statuses: [408, 429, 502, 503, 504],
    network: true,
    when: "idempotent",
    retryAfterMax: "60s",
  },
};

/** An operation: `GET /things`, public, unless something else is said. */
export function operation(policy: Partial<OperationPolicy> = {}, wire: Wire = {}): Operation {
  return {
    id: "getThing",
    policy: { method: "GET", path: "/things", access: publicAccess, ...policy },
    wire,
    writes: [styledPath, styledQuery, ...(wire.body === undefined ? [] : [body(jsonBody, form, text, octets)])],
    ...(wire.output === undefined ? {} : { reads: [octets] }),
  };
}

/** What a test server was asked. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A plain HTTP server on loopback that notes what it is asked. */
export async function startServer(answer: (response: ServerResponse, seen: Seen, index: number) => void) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
    answer(response, one, seen.push(one) - 1);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** Answers JSON. */
export function json(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

/** The failure that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error("the call succeeded");
}
