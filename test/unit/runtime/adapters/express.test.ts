import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { sallyport } from "@sallyport/runtime/express";
import express from "express";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { open } from "../../../support/contract.js";
import { send } from "../../../support/wire.js";

const note = {
  write: {
    policy: { method: "POST", path: "/notes" },
    wire: { body: { media: ["application/json"], required: false } },
    schemas: { body: { "application/json": z.unknown() } },
  },
};
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(app: express.Express) {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  closers.push(close);
  return { url: "", port: (server.address() as AddressInfo).port, close };
}

const post = {
  method: "POST",
  headers: ["Content-Type: application/json"],
  body: '{"text":"a"}',
} as const;

describe("an API as Express middleware", () => {
  it("R38 does not take a body that another has read for an empty one", async () => {
    const { api, runs, log } = open(note);
    const server = await serve(express().use(express.json()).use(sallyport(api)));
    expect((await send(server, { ...post, target: "/notes" })).status).toBe(500);
    expect(runs).toEqual({});
    expect(log.map(({ facts }) => facts)).toMatchObject([
      { err: { message: expect.stringContaining("before any body parser") } },
    ]);
  });

  it("sees the whole path, wherever it is mounted", async () => {
    const { api } = open(note, { basePath: "/v1" });
    const server = await serve(express().use("/v1", sallyport(api)));
    expect((await send(server, { ...post, target: "/v1/notes" })).status).toBe(200);
    expect((await send(server, { ...post, target: "/v1/v1/notes" })).status).toBe(404);
  });

  it("keeps what other middlewares said of Vary, and drops what Express says of itself", async () => {
    const { api } = open({ open: {} });
    const app = express().use((_request, response, next) => {
      response.setHeader("Vary", "Accept-Encoding");
      next();
    });
    const { headers } = await send(await serve(app.use(sallyport(api))), { target: "/open" });
    expect([headers.vary, headers["x-powered-by"]]).toEqual([["Accept-Encoding"], undefined]);
  });
});
