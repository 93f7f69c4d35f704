import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { serve } from "@hono/node-server";
import type { Api } from "@sallyport/runtime/server";
import { buildRouter, createContext, mutation, query, type RouterErrorData } from "@sallyport/runtime/trpc";
import { createTRPCClient, httpBatchStreamLink, TRPCClientError } from "@trpc/client";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { open, type Shop } from "../support/contract.js";
import { dechunked, type Raw, send } from "../support/wire.js";
import { rows, samples } from "./exchanges.js";
import type { Host } from "./hosts.js";
import { asCall, carried, otherwise } from "./trpc-exchanges.js";

const notes = new Map([
  ["1", { owner: "alice" }],
  ["2", { owner: "bob" }],
]);

function routerOf(api: Api) {
  const shop = Object.keys({ ...samples, slow: {} }).map((id) => [
    id,
    id === "write" || id === "admin" ? mutation(id) : query(id),
  ]);
  return buildRouter(api, { shop: Object.fromEntries(shop) } as never);
}

/** Each way to serve a router over HTTP. */
const hosts: Readonly<Record<string, (api: Api) => Promise<Host>>> = {
  standalone: async (api) => {
    const server = createServer(createHTTPHandler({ router: routerOf(api), createContext }));
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    return {
      port: (server.address() as AddressInfo).port,
      close: async () => void server.close().closeAllConnections(),
    };
  },
  fetch: (api) =>
    new Promise((resolve) => {
      const fetch = (req: Request) =>
        fetchRequestHandler({
          endpoint: "/",
          req,
          router: routerOf(api),
          createContext: ({ req, resHeaders }) => createContext({ req, resHeaders }),
        });
      const server = serve({ fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
        resolve({ port, close: async () => void server.close() }),
      );
    }),
};

interface Outcome {
  readonly status: number;
  readonly code: unknown;
  readonly data: unknown;
}

/** What the HTTP operation would have answered; where no operation was reached, what tRPC did. */
function outcomeOf(reply: Raw): Outcome {
  const { status } = reply;
  const text = dechunked(reply);
  const { error, result } = (text.startsWith("{") ? JSON.parse(text) : {}) as {
    readonly error?: { readonly data: RouterErrorData };
    readonly result?: { readonly data: unknown };
  };
  const problem = error?.data.problem;
  return { status: problem?.status ?? status, code: problem?.code, data: result?.data };
}

it("the table of what tRPC answers otherwise knows no row that there is not", () => {
  const known = new Set(rows.map(({ name }) => name));
  expect(Object.keys(otherwise).filter((name) => !known.has(name))).toEqual([]);
});

describe.each(Object.keys(hosts))("on tRPC, %s", (name) => {
  let shop: Shop;
  let host: Host;
  let aborted = () => {};
  const waiting = new Promise<void>((resolve) => {
    aborted = resolve;
  });
  beforeAll(async () => {
    const slow = {
      policy: { path: "/slow" },
      handler: ({ signal }: { signal: AbortSignal }) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            aborted();
            resolve({ status: 200, body: {} });
          });
        }),
    };
    shop = open({ ...samples, slow }, { objects: { Note: (id: string) => notes.get(id) } });
    const start = hosts[name];
    if (start === undefined) throw new Error(`There is no host ${name}.`);
    host = await start(shop.api);
  });
  afterAll(() => host.close());
  const ask = async (facts: Parameters<typeof send>[1]) => send(host, facts);

  it.each(rows)("$name", async ({ name: row, request, status, code, headers = {}, body }) => {
    const before = { ...shop.runs };
    const reply = await ask(asCall(request));
    const outcome = outcomeOf(reply);
    const other = otherwise[row];
    const wanted = other?.status ?? status;
    expect(outcome.status).toBe(typeof wanted === "number" ? wanted : wanted[name]);
    if ((other === undefined && status >= 400 && status !== 500) || (other !== undefined && other.runs !== true))
      expect(shop.runs).toEqual(before);
    if (other !== undefined) return;
    if (code !== undefined) expect(outcome.code).toBe(code);
    if (body !== undefined) expect(JSON.stringify(outcome.data)).toBe(body);
    for (const [header, lines] of Object.entries(headers)) {
      if (!carried.has(header)) continue;
      if (lines instanceof RegExp) expect(reply.headers[header]?.join("\n")).toMatch(lines);
      else expect(reply.headers[header]).toEqual(lines);
    }
  });

  it("R39 a limit holds, and says when to come back", async () => {
    const replies = await Promise.all(Array.from({ length: 5 }, () => ask({ target: "/shop.rare" })));
    expect(replies.map((one) => one.status).sort()).toEqual([200, 429, 429, 429, 429]);
    expect(replies.find((one) => one.status === 429)?.headers["retry-after"]).toEqual(["3600"]);
  });

  it.each(["/shop.nowhere", "/shop.__proto__", "/shop.constructor", "/shop", "/other.open"])(
    "R8 %s is no procedure",
    async (target) => {
      expect((await ask({ target })).status).toBe(404);
    },
  );

  it("each call of a batch passes its own guards", async () => {
    const reply = await ask({
      target: "/shop.open,shop.mine,shop.read?batch=1&input=%7B%222%22%3A%7B%22id%22%3A%222%22%7D%7D",
    });
    const answers = JSON.parse(dechunked(reply)) as readonly {
      readonly error?: { readonly data: RouterErrorData };
    }[];
    expect(answers.map((one) => one.error?.data.problem?.status ?? 200)).toEqual([200, 401, 401]);
  });

  it("answers of a batch may come one by one, each guarded", async () => {
    const url = `http://127.0.0.1:${host.port}`;
    const client = createTRPCClient({
      links: [httpBatchStreamLink({ url, headers: { authorization: "Bearer alice" } })],
    }) as unknown as {
      readonly shop: Readonly<Record<string, { readonly query: (input?: unknown) => Promise<unknown> }>>;
    };
    const asked = await Promise.allSettled([
      client.shop.open?.query(),
      client.shop.read?.query({ id: "1" }),
      client.shop.read?.query({ id: "2" }),
    ]);
    expect(asked.map((one) => one.status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    const [, , refused] = asked;
    expect(
      refused?.status === "rejected" && refused.reason instanceof TRPCClientError && refused.reason.data.problem.status,
    ).toBe(404);
  });

  it("says nothing of what it is made of", async () => {
    for (const target of ["/shop.open", "/shop.mine", "/shop.fails"]) {
      const reply = await ask({ target });
      expect([reply.headers["x-powered-by"], reply.headers.server]).toEqual([undefined, undefined]);
      expect(reply.body).not.toMatch(/handler detail|stack|node_modules/);
    }
  });

  it("tells the handler when the caller goes away", async () => {
    const socket = connect(host.port, "127.0.0.1", () => socket.write("GET /shop.slow HTTP/1.1\r\nHost: x\r\n\r\n"));
    await expect.poll(() => shop.runs.slow, { timeout: 5000 }).toBe(1);
    socket.destroy();
    await waiting;
  });
});
