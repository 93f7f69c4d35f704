/** A generated server on several hosts, in a process of its own: what it keeps and what it says is told when asked. */

import { createServer as createHttp } from "node:http";
import { createServer as createHttp2 } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { toListener } from "@sallyport/runtime/node";
import { createContext } from "@sallyport/runtime/trpc";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { hosts } from "../conformance/hosts.js";
import { createApi } from "../golden/every-input/expected/server.js";
import { createRouter } from "../golden/every-input/expected/trpc.js";
import { keys } from "../support/contract.js";

const ran = new Set<string>();
const faults: string[] = [];
const note = (what: unknown) => {
  if (faults.length < 20) faults.push(what instanceof Error ? String(what.stack) : String(what));
};
process.on("warning", note);

const done = (id: string) => {
  ran.add(id);
  return { status: 200, body: { done: true } } as const;
};

async function all(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

async function* three() {
  for (const data of ["a", "b\nc", ""]) yield { data };
}

const api = createApi({
  handlers: {
    default: {
      search: () => done("search"),
      spot: () => done("spot"),
      order: () => done("order"),
      change: () => done("change"),
      form: () => done("form"),
      files: async ({ body }) => {
        for await (const { stream } of body.files) await all(stream);
        return done("files");
      },
      mixed: async ({ body }) => {
        await all(body);
        return done("mixed");
      },
      lines: async ({ body }) => {
        await all(body);
        return done("lines");
      },
      octets: async ({ body }) => {
        await all(body);
        return done("octets");
      },
      ticks: () => {
        ran.add("ticks");
        return { status: 200, body: three() };
      },
      hook: () => done("hook"),
    },
  },
  schemes: { key: keys() },
  objects: { Order: () => ({ owner: "good", name: "an order", lines: [] }) },
  resolve: async (host) => (host === "hooks.example.com" ? ["93.184.216.34"] : []),
  audit: { write: () => {} },
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: (facts) => note(JSON.stringify(facts)) },
});

const ports: Record<string, number> = {};
for (const name of ["node:http", "Fastify", "Express 5", "fetch"]) ports[name] = (await hosts[name]?.(api))?.port ?? 0;

const portOf = (server: Server) =>
  new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );
// As `listen` has it behind TLS, but that a connection that says nothing is ended sooner.
const http2 = createHttp2(
  {
    settings: { maxConcurrentStreams: 100, maxHeaderListSize: 16_384 },
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
  },
  toListener(api) as never,
);
http2.setTimeout(400);
ports["HTTP/2"] = await portOf(http2);
ports.tRPC = await portOf(createHttp(createHTTPHandler({ router: createRouter(api), createContext })));

process.on("message", async () => {
  // What was promised is kept first.
  await new Promise((resolve) => setTimeout(resolve, 50));
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ kept: heapUsed + external, ran: [...ran], faults, canMeasure: globalThis.gc !== undefined });
});
process.send?.({ ports });
