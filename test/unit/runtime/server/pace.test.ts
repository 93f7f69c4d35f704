import { limit } from "@sallyport/runtime/policy";
import { memoryLimits } from "@sallyport/runtime/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { ask } from "../../../support/asking.js";
import { open, type Sample } from "../../../support/contract.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An operation whose calls end when they are told to. */
function gated(policy: Sample["policy"]) {
  const gates: (() => void)[] = [];
  const handler = () => new Promise((done) => gates.push(() => done({ status: 200, body: {} })));
  const memory = memoryLimits();
  const seen = { asked: 0 };
  const take: typeof memory.take = (...all) => {
    seen.asked += 1;
    return memory.take(...all);
  };
  const shop = open({ a: { policy: { ...policy }, handler } }, { limits: { take } });
  return { api: shop.api, gates, runs: shop.runs, seen };
}

const settled = () => vi.advanceTimersByTimeAsync(1);

describe("slowDown", () => {
  const slowDown = { after: 2, window: "60s", delay: "200ms", maxDelay: "500ms", key: ["ip"] } as const;

  it("lets so many pass at once, and each one after them wait longer, up to a bound", async () => {
    const { api } = open({ a: { policy: { slowDown } } });
    const waits: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      const start = Date.now();
      const call = ask(api, "/a").then(() => waits.push(Date.now() - start));
      await vi.advanceTimersByTimeAsync(700);
      await call;
    }
    expect(waits).toEqual([0, 0, 200, 400, 500, 500]);
  });

  it("counts callers apart, forgets when the window is over, and tells nobody", async () => {
    const { api, runs } = open({ a: { policy: { slowDown: { ...slowDown, after: 1 } } } });
    expect((await ask(api, "/a")).header("ratelimit")).toBeUndefined();
    expect((await ask(api, "/a", { address: "192.0.2.2" })).status).toBe(200);
    const late = ask(api, "/a");
    await vi.advanceTimersByTimeAsync(199);
    expect(runs.a).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect((await late).status).toBe(200);
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await ask(api, "/a")).status).toBe(200);
  });

  it("does not wait for a caller who has gone", async () => {
    const { api } = open({ a: { policy: { slowDown: { ...slowDown, after: 1, delay: "1h", maxDelay: "1h" } } } });
    const controller = new AbortController();
    await ask(api, "/a");
    const call = ask(api, "/a", { signal: controller.signal });
    await settled();
    controller.abort();
    await call;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("concurrency", () => {
  it("so many are inside at once; who leaves makes room, however it ends", async () => {
    const { api, gates, runs, seen } = gated({ concurrency: { max: 2, key: ["ip"] } });
    const inside = [ask(api, "/a"), ask(api, "/a")];
    await settled();
    const refused = await ask(api, "/a");
    expect([refused.status, refused.header("retry-after"), refused.json["violated-policies"]]).toEqual([
      429,
      "1",
      ["concurrency"],
    ]);
    expect(refused.header("ratelimit-policy")).toBe('"concurrency";q=2;qu="concurrent-requests"');
    expect(refused.header("ratelimit")).toBe('"concurrency";r=0');
    const other = ask(api, "/a", { address: "192.0.2.9" });
    await settled();
    expect(runs.a).toBe(3);
    gates[0]?.();
    await inside[0];
    const next = ask(api, "/a");
    await settled();
    expect(runs.a).toBe(4);
    for (const open of gates) open();
    await Promise.all([...inside, next, other]);
    // Nobody renews a slot that was left.
    const { asked } = seen;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen.asked).toBe(asked);
  });

  it("a handler that throws, a guard that refuses, and a stream that is cut off release theirs", async () => {
    const rate = { concurrency: { max: 1, key: ["ip"] } } as const;
    const endless = async function* () {
      for (;;) yield "x";
    };
    const { api } = open({
      throws: {
        policy: rate,
        handler: () => {
          throw new Error("broken");
        },
      },
      stream: {
        policy: rate,
        schemas: { responses: { 200: { "application/jsonl": z.string() } } },
        handler: () => ({ status: 200, body: endless() }),
      },
    });
    expect((await ask(api, "/throws")).status).toBe(500);
    expect((await ask(api, "/throws")).status).toBe(500);
    const exchange = {
      method: "GET",
      target: "/stream",
      headers: { all: () => [] },
      address: "192.0.2.1",
      tls: undefined,
    };
    const whole = {
      ...exchange,
      signal: new AbortController().signal,
      read: async () => undefined,
      chunks: async function* () {},
    };
    const reply = await api.handle(whole);
    expect((await api.handle(whole))?.status).toBe(429);
    const { body } = reply as { readonly body: AsyncIterable<Uint8Array> };
    const pieces = body[Symbol.asyncIterator]();
    await pieces.next();
    await pieces.return?.();
    expect((await api.handle(whole))?.status).toBe(200);
  });

  it("queue: so many wait their turn, in order, for so long; what else counts is not counted while they wait", async () => {
    const perIp = limit("perIp", { limit: 10, window: "1h", key: ["ip"] });
    const { api, gates, runs } = gated({ concurrency: { max: 1, key: ["ip"], queue: 2, wait: "5s" }, limits: [perIp] });
    const first = ask(api, "/a");
    await settled();
    const order: string[] = [];
    const second = ask(api, "/a").then((answer) => order.push(`second ${answer.status}`));
    await settled();
    const third = ask(api, "/a").then((answer) => order.push(`third ${answer.status}`));
    await settled();
    expect((await ask(api, "/a")).status).toBe(429);
    expect(runs.a).toBe(1);
    gates[0]?.();
    expect((await first).header("ratelimit")).toContain('"perIp";r=9;');
    await settled();
    expect(runs.a).toBe(2);
    gates[1]?.();
    await second;
    await vi.advanceTimersByTimeAsync(100);
    gates[2]?.();
    await third;
    expect(order).toEqual(["second 200", "third 200"]);
  });

  it("queue: whoever has waited too long is refused", async () => {
    const { api, gates } = gated({ concurrency: { max: 1, key: ["ip"], queue: 5, wait: "2s" } });
    const first = ask(api, "/a");
    await settled();
    const second = ask(api, "/a");
    await vi.advanceTimersByTimeAsync(2_100);
    expect((await second).status).toBe(429);
    gates[0]?.();
    await first;
  });

  it("concurrent-requests: the same, as a limit with a name that operations share", async () => {
    const inside = limit("inside", { limit: 1, window: "60s", key: ["ip"], unit: "concurrent-requests" });
    const gates: (() => void)[] = [];
    const handler = () => new Promise((done) => gates.push(() => done({ status: 200, body: {} })));
    const { api } = open({ a: { policy: { limits: [inside] }, handler }, b: { policy: { limits: [inside] } } });
    const first = ask(api, "/a");
    await settled();
    expect((await ask(api, "/b")).json["violated-policies"]).toEqual(["inside"]);
    // Longer than the slot would last if nobody renewed it.
    await vi.advanceTimersByTimeAsync(300_000);
    expect((await ask(api, "/b")).status).toBe(429);
    gates[0]?.();
    await first;
    expect((await ask(api, "/b")).status).toBe(200);
  });

  it("R44 a process that dies leaves no slot behind", async () => {
    const store = memoryLimits();
    const policy = { concurrency: { max: 1, key: ["ip"] } } as const;
    const dead = open({ a: { policy, handler: () => new Promise(() => {}) } }, { limits: store });
    const alive = open({ a: { policy } }, { limits: store });
    void ask(dead.api, "/a");
    await settled();
    expect((await ask(alive.api, "/a")).status).toBe(429);
    vi.clearAllTimers();
    vi.setSystemTime(Date.now() + 30_001);
    expect((await ask(alive.api, "/a")).status).toBe(200);
  });
});
