import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, get, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { gracefully, insecurePlaintext, listen } from "@sallyport/runtime/node";
import { StartError } from "@sallyport/runtime/server";
import { buildSync } from "esbuild";
import express from "express";
import { fastify } from "fastify";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sallyport as expressSallyport } from "../../runtime/src/adapters/express.js";
import { sallyport as fastifySallyport } from "../../runtime/src/adapters/fastify.js";
import { open } from "../support/contract.js";

const program = `
  import { closeOnSignals, insecurePlaintext, listen } from "@sallyport/runtime/node";
  import { open } from "./test/support/contract.js";
  const slow = (milliseconds) => () =>
    new Promise((done) => {
      process.send("started");
      setTimeout(() => done({ status: 200, body: { slept: milliseconds } }), milliseconds);
    });
  const { api } = open({ quick: {}, slow: { handler: slow(600) }, endless: { handler: slow(3_600_000) } });
  const server = await listen(api, {
    port: 0,
    host: "127.0.0.1",
    [insecurePlaintext]: "a test on loopback",
    probes: { ready: "/readyz", live: "/livez" },
    notice: 300,
    drainTimeout: 900,
  });
  closeOnSignals(server);
  process.send(server.port);
`;

let folder: string;
let script: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sallyport-graceful-"));
  script = path.join(folder, "server.cjs");
  const wrapped = `(async () => { ${program.replaceAll(/import (.*) from (.*);/g, "const $1 = await import($2);")} })()`;
  const { outputFiles } = buildSync({
    stdin: { contents: wrapped, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    conditions: ["sallyport-source"],
    logLevel: "silent",
  });
  writeFileSync(script, outputFiles[0]?.text ?? "");
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start() {
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  children.push(child);
  const [port] = (await once(child, "message")) as [number];
  const ended = once(child, "exit") as Promise<[number | null, string | null]>;
  return { child, port, ended, started: () => once(child, "message") };
}

interface Got {
  readonly status: number;
  readonly body: string;
  readonly connection: string | undefined;
}

function fetchFrom(port: number, target: string, agent?: Agent): Promise<Got> {
  return new Promise((resolve, reject) => {
    const receive = (response: IncomingMessage) => {
      let body = "";
      response.on("data", (chunk) => (body += String(chunk)));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body, connection: response.headers.connection }),
      );
    };
    get({ port, host: "127.0.0.1", path: target, ...(agent === undefined ? {} : { agent }) }, receive).on(
      "error",
      reject,
    );
  });
}

async function refused(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

describe("SIGTERM of a real process", () => {
  it("readiness turns first, calls are still taken, then no more; calls under way end; the process ends well", async () => {
    const { child, port, ended, started } = await start();
    const agent = new Agent({ keepAlive: true });
    expect(await fetchFrom(port, "/readyz")).toMatchObject({ status: 200, body: "ok\n" });
    expect((await fetchFrom(port, "/quick", agent)).connection).toBe("keep-alive");
    const running = started();
    const slow = fetchFrom(port, "/slow");
    await running;
    child.kill("SIGTERM");
    await expect.poll(async () => (await fetchFrom(port, "/readyz")).status).toBe(503);
    expect((await fetchFrom(port, "/livez")).status).toBe(200);
    // Whoever has not heard of it is served, and told not to come back on this connection.
    expect(await fetchFrom(port, "/quick", agent)).toMatchObject({ status: 200, connection: "close" });
    await expect.poll(() => refused(port)).toBe(true);
    expect(JSON.parse((await slow).body)).toEqual({ slept: 600 });
    expect(await ended).toEqual([0, null]);
    agent.destroy();
  });

  it("what does not end in time is cut off, and the process ends all the same", async () => {
    const { child, port, ended, started } = await start();
    const running = started();
    const endless = fetchFrom(port, "/endless").then(
      () => "answered",
      () => "cut off",
    );
    await running;
    const before = performance.now();
    child.kill("SIGTERM");
    expect(await endless).toBe("cut off");
    expect(performance.now() - before).toBeGreaterThan(1_100);
    // The handler's timer keeps the process: only its connections are ours to end.
    child.kill("SIGTERM");
    expect(await ended).toEqual([null, "SIGTERM"]);
  });
});

describe("a server that leaves", () => {
  it("closes connections as they become idle, long before they would time out", async () => {
    const { api } = open({
      quick: { handler: () => new Promise((done) => setTimeout(done, 150, { status: 200, body: {} })) },
    });
    const server = await listen(api, { port: 0, host: "127.0.0.1", [insecurePlaintext]: "a test on loopback" });
    const agent = new Agent({ keepAlive: true });
    const call = fetchFrom(server.port, "/quick", agent);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = performance.now();
    expect(server.ready()).toBe(true);
    const [first, second] = [server.close(), server.close()];
    expect([server.ready(), first === second]).toEqual([false, true]);
    expect((await call).status).toBe(200);
    await first;
    expect(performance.now() - before).toBeLessThan(2_000);
    agent.destroy();
  });

  it("probes take no path of the API, and none that is no path", async () => {
    const { api } = open({ quick: {} });
    const options = { port: 0, host: "127.0.0.1", [insecurePlaintext]: "a test on loopback" };
    for (const ready of ["/quick", "readyz", "/a?b", ""])
      await expect(listen(api, { ...options, probes: { ready } })).rejects.toThrow(StartError);
  });

  it("is one of Express, of Fastify, or of one's own", async () => {
    const { api } = open({
      slow: { handler: () => new Promise((done) => setTimeout(done, 200, { status: 200, body: {} })) },
    });
    const app = express();
    app.use(expressSallyport(api));
    const own = createServer(app);
    const host = fastify();
    await host.register(fastifySallyport(api));
    await host.ready();
    for (const server of [own, host.server]) {
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", () => listening()));
      const { port } = server.address() as AddressInfo;
      const graceful = gracefully(server, { notice: 50 });
      const call = fetchFrom(port, "/slow");
      await new Promise((resolve) => setTimeout(resolve, 50));
      const closed = graceful.close();
      expect(graceful.ready()).toBe(false);
      expect((await call).status).toBe(200);
      await closed;
      expect(await refused(port)).toBe(true);
    }
  });
});
