import type { AddressInfo } from "node:net";
import { sallyport } from "@sallyport/runtime/fastify";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { open } from "../../../support/contract.js";
import { send } from "../../../support/wire.js";

const apps: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function serve(app: FastifyInstance) {
  apps.push(app);
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { url: "", port: (app.server.address() as AddressInfo).port, close: async () => {} };
}

const id = { wire: { path: [{ name: "id" }] }, schemas: { path: z.strictObject({ id: z.string() }) } };

describe("an API as a Fastify plugin", () => {
  it("runs the host's hooks around it, and one that refuses has refused", async () => {
    const { api, runs } = open({ open: {} });
    const seen: string[] = [];
    const app = fastify();
    app.addHook("onRequest", async () => void seen.push("onRequest"));
    app.addHook("preHandler", async (request, reply) => {
      if (request.headers["x-blocked"] !== undefined) return reply.code(403).send("blocked");
    });
    app.addHook("onSend", async () => void seen.push("onSend"));
    app.addHook("onResponse", async () => void seen.push("onResponse"));
    await app.register(sallyport(api));
    const server = await serve(app);
    expect((await send(server, { target: "/open" })).status).toBe(200);
    await expect.poll(() => seen).toEqual(["onRequest", "onSend", "onResponse"]);
    expect((await send(server, { target: "/open", headers: ["X-Blocked: 1"] })).status).toBe(403);
    expect(runs.open).toBe(1);
  });

  it("leaves the host's own way of reading bodies alone", async () => {
    const app = fastify();
    app.post("/host", (request) => request.body);
    await app.register(sallyport(open({ open: {} }).api));
    const facts = { method: "POST", target: "/host", headers: ["Content-Type: application/json"], body: '{"a":1}' };
    expect((await send(await serve(app), facts)).json).toEqual({ a: 1 });
  });

  it("R8 its own router decides, whatever Fastify takes for the same path", async () => {
    const { api, runs } = open({ open: {} });
    const app = fastify({ routerOptions: { ignoreTrailingSlash: true, caseSensitive: false } });
    await app.register(sallyport(api));
    const server = await serve(app);
    for (const target of ["/open/", "/OPEN"]) expect((await send(server, { target })).status, target).toBe(404);
    expect(runs).toEqual({});
  });

  it("serves methods that Fastify does not know, and templates that it would read otherwise", async () => {
    const { api } = open({
      look: { policy: { method: "PURGE", path: "/look" } },
      part: { ...id, policy: { path: "/files/{id}.txt" } },
      colon: { policy: { path: "/a:b" } },
      star: { policy: { path: "/a*b" } },
      space: { policy: { path: "/a b" } },
    });
    const app = fastify();
    await app.register(sallyport(api));
    const server = await serve(app);
    const ask = async (target: string, method = "GET") => (await send(server, { target, method })).status;
    expect(await ask("/look", "PURGE")).toBe(200);
    for (const target of ["/files/x.txt", "/a:b", "/a*b", "/a%20b"]) expect(await ask(target), target).toBe(200);
    for (const target of ["/files/x.pdf", "/axb", "/a-b", "/aXb"]) expect(await ask(target), target).toBe(404);
  });

  it("does not stand behind a prefix that it cannot see", async () => {
    const app = fastify();
    apps.push(app);
    await expect(app.register(sallyport(open({ open: {} }).api), { prefix: "/v1" })).rejects.toThrow(/basePath/);
  });
});
