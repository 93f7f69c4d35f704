import { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { sallyport as forExpress } from "@sallyport/runtime/express";
import { sallyport as forFastify } from "@sallyport/runtime/fastify";
import { toFetch } from "@sallyport/runtime/fetch";
import { insecurePlaintext, listen } from "@sallyport/runtime/node";
import type { Api } from "@sallyport/runtime/server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";

// Express 4 ships no types; those of Express 5 fit what is used of it here.
const express4: typeof express = createRequire(import.meta.url)("express-4");

/** A server with an API in it, and, where the host can have them, a route `GET /host` of its own. */
export interface Host {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Each way to serve an API, by name. */
export const hosts: Readonly<Record<string, (api: Api) => Promise<Host>>> = {
  "node:http": (api) => listen(api, { port: 0, host: "127.0.0.1", [insecurePlaintext]: "a test on loopback" }),

  fetch: async (api) => served((port) => serve({ fetch: toFetch(api), port, hostname: "127.0.0.1" })),

  Hono: async (api) => {
    const app = new Hono();
    const handle = toFetch(api);
    app.get("/host", (context) => context.text("the host's own"));
    app.all("*", (context) => handle(context.req.raw));
    return served((port) => serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }));
  },

  Fastify: async (api) => {
    const app = fastify();
    app.get("/host", () => "the host's own");
    await app.register(forFastify(api));
    await app.listen({ port: 0, host: "127.0.0.1" });
    return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
  },

  "Express 5": (api) => expressHost(express(), api),
  "Express 4": (api) => expressHost(express4(), api),
};

async function expressHost(app: ReturnType<typeof express>, api: Api): Promise<Host> {
  app.use(forExpress(api));
  app.get("/host", (_request, response) => void response.send("the host's own"));
  return served((port) => app.listen(port, "127.0.0.1"));
}

type Listening = Pick<ReturnType<typeof serve>, "address" | "close" | "once" | "listening">;

async function served(start: (port: number) => Listening): Promise<Host> {
  const server = start(0);
  if (!server.listening) await new Promise<void>((resolve) => server.once("listening", () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if (server instanceof Server) server.closeAllConnections();
      }),
  };
}
