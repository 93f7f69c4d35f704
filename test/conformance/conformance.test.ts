import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { open, type Shop } from "../support/contract.js";
import { dechunked, type Raw, send } from "../support/wire.js";
import { rows, samples } from "./exchanges.js";
import { type Host, hosts } from "./hosts.js";

const notes = new Map([
  ["1", { owner: "alice" }],
  ["2", { owner: "bob" }],
]);

/** Guards are one list, so what comes out must be one too, whatever host it comes through. */
describe.each(Object.keys(hosts))("on %s", (name) => {
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

  const ask = (facts: Parameters<typeof send>[1]): Promise<Raw> => send(host, facts);

  it.each(rows)("$name", async ({ request, status, otherwise, code, headers = {}, body }) => {
    const before = { ...shop.runs };
    const reply = await ask(request);
    expect(reply.status).toBe(otherwise?.[name] ?? status);
    if (reply.status !== status) return;
    if (status >= 400 && status !== 500) expect(shop.runs).toEqual(before);
    if (code !== undefined)
      expect([reply.json.code, reply.headers["content-type"]]).toEqual([code, ["application/problem+json"]]);
    if (body !== undefined) expect(dechunked(reply)).toBe(body);
    for (const [header, lines] of Object.entries(headers)) {
      if (lines instanceof RegExp) expect(reply.headers[header]?.join("\n")).toMatch(lines);
      else expect((reply.headers[header] ?? []).flatMap((line) => line.split(/, (?=<)/))).toEqual(lines);
    }
  });

  it("R39 a limit holds, and says when to come back", async () => {
    const replies = await Promise.all(Array.from({ length: 5 }, () => ask({ target: "/rare" })));
    expect(replies.map((one) => one.status).sort()).toEqual([200, 429, 429, 429, 429]);
    expect(replies.find((one) => one.status === 429)?.headers["retry-after"]).toEqual(["3600"]);
  });

  it("says nothing of what it is made of", async () => {
    for (const target of ["/open", "/mine", "/fails"]) {
      const { headers } = await ask({ target });
      expect([headers["x-powered-by"], headers.server]).toEqual([undefined, undefined]);
    }
  });

  it("tells the handler when the caller goes away", async () => {
    const socket = connect(host.port, "127.0.0.1", () => socket.write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"));
    await expect.poll(() => shop.runs.slow, { timeout: 5000 }).toBe(1);
    socket.destroy();
    await waiting;
  });
});

describe.each(["Hono", "Fastify", "Express 5", "Express 4"])("beside the routes of %s", (name) => {
  it("leaves them alone", async () => {
    const host = await hosts[name]?.(open({ open: {} }).api);
    if (host === undefined) throw new Error(`There is no host ${name}.`);
    const reply = await send(host, { target: "/host" });
    expect([reply.status, dechunked(reply)]).toEqual([200, "the host's own"]);
    await host.close();
  });
});
