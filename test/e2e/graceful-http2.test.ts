import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect, createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { gracefully, type ListenOptions, listen, toListener } from "@sallyport/runtime/node";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Leaf, makeAuthority } from "../support/certificates.js";
import { open } from "../support/contract.js";

let leaf: Leaf;
let ca: string;
const opened: ClientHttp2Session[] = [];

beforeAll(async () => {
  const authority = await makeAuthority();
  ca = authority.cert;
  leaf = await authority.issue();
});
afterEach(() => {
  for (const one of opened.splice(0)) one.destroy();
});

/** An API whose slow calls end when they are told to. */
function slowApi() {
  const waiting: (() => void)[] = [];
  const handler = () => new Promise((done) => waiting.push(() => done({ status: 200, body: {} })));
  const { api } = open({ quick: {}, slow: { handler } });
  return {
    api,
    started: () => expect.poll(() => waiting.length).toBeGreaterThan(0),
    finish: () => {
      for (const one of waiting.splice(0)) one();
    },
  };
}

async function sessionTo(port: number): Promise<ClientHttp2Session> {
  const session = connect(`https://localhost:${port}`, { ca });
  session.on("error", () => {});
  opened.push(session);
  await once(session, "connect");
  return session;
}

/** The status of a call; `undefined` when it was cut off. */
function statusOf(stream: ClientHttp2Stream): Promise<number | undefined> {
  return new Promise((resolve) => {
    let status: number | undefined;
    stream.on("response", (headers) => {
      status = headers[":status"];
    });
    stream.on("error", () => resolve(undefined));
    stream.on("close", () => resolve(stream.rstCode === 0 ? status : undefined));
    stream.resume();
  });
}

const serve = (api: Parameters<typeof listen>[0], options: Partial<ListenOptions> = {}) =>
  listen(api, { port: 0, host: "127.0.0.1", tls: leaf, ...options });

describe("HTTP/2, by a server that leaves", () => {
  it("is told to go away, and the streams under way end (RFC 9113, 6.8)", async () => {
    const { api, started, finish } = slowApi();
    const server = await serve(api);
    const session = await sessionTo(server.port);
    const goaway = once(session, "goaway");
    const calls = [session.request({ ":path": "/slow" }), session.request({ ":path": "/slow" })].map(statusOf);
    await started();
    const closed = server.close();
    expect((await goaway)[0], "NO_ERROR").toBe(0);
    finish();
    expect(await Promise.all(calls)).toEqual([200, 200]);
    await closed;
    expect(session.destroyed || session.closed).toBe(true);
    await expect(sessionTo(server.port)).rejects.toThrow();
  });

  it("goes on as it was while there is notice, and is told then", async () => {
    const { api } = slowApi();
    const server = await serve(api, { notice: 300 });
    const session = await sessionTo(server.port);
    const quick = () => statusOf(session.request({ ":path": "/quick" }));
    const goaway = once(session, "goaway");
    expect(await quick()).toBe(200);
    const closed = server.close();
    expect([server.ready(), await quick(), session.closed]).toEqual([false, 200, false]);
    expect((await goaway).slice(0, 2), "NO_ERROR, and the last stream that was taken").toEqual([0, 3]);
    await closed;
  });

  it("sessions without a stream do not keep it, and streams that do not end are cut off by the deadline", async () => {
    const { api, started } = slowApi();
    const server = await serve(api, { drainTimeout: 300 });
    await sessionTo(server.port);
    const call = statusOf((await sessionTo(server.port)).request({ ":path": "/slow" }));
    await started();
    const before = performance.now();
    await server.close();
    expect(await call).toBeUndefined();
    const took = performance.now() - before;
    expect(took).toBeGreaterThan(250);
    expect(took).toBeLessThan(5_000);
  });

  it("on a server of one's own, too", async () => {
    const { api, started, finish } = slowApi();
    const own = createSecureServer({ cert: leaf.cert, key: leaf.key }, toListener(api) as never);
    const graceful = gracefully(own, { drainTimeout: 5_000 });
    await new Promise<void>((listening) => own.listen(0, "127.0.0.1", () => listening()));
    const session = await sessionTo((own.address() as AddressInfo).port);
    const call = statusOf(session.request({ ":path": "/slow" }));
    await started();
    const goaway = once(session, "goaway");
    const closed = graceful.close();
    await goaway;
    finish();
    expect(await call).toBe(200);
    await closed;
  });
});
