import { cors } from "@sallyport/runtime/policy";
import { StartError } from "@sallyport/runtime/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { ask } from "../../../support/asking.js";
import { anyToken, open } from "../../../support/contract.js";
import { exchangeWith } from "../../../support/exchange.js";

/** An operation whose calls end when they are told to. */
function gated(overload: object) {
  const gates: (() => void)[] = [];
  const handler = () => new Promise((done) => gates.push(() => done({ status: 200, body: {} })));
  return { ...open({ a: { policy: { access: anyToken }, handler }, quick: {} }, { overload }), gates };
}

const ann = { headers: { authorization: "Bearer ann" } };
const ticks = async () => {
  for (let n = 0; n < 20; n += 1) await Promise.resolve();
};

describe("a server with too much to do", () => {
  it("sends callers away with 503 and Retry-After before it looks at them, and takes them again when there is room", async () => {
    const { api, gates, runs, log, lines } = gated({ maxInFlight: 2 });
    const inside = [ask(api, "/a", ann), ask(api, "/a", ann)];
    await ticks();
    const answer = await ask(api, "/a", { headers: { authorization: "Bearer bad" } });
    expect([answer.status, answer.header("retry-after"), answer.json.code]).toEqual([503, "1", "unavailable"]);
    expect(answer.json.type).toBe("https://iana.org/assignments/http-problem-types#temporary-reduced-capacity");
    expect((await ask(api, "/quick")).status).toBe(503);
    expect(await api.invoke("a", exchangeWith({}), {})).toMatchObject({ status: 503, code: "unavailable" });
    expect([runs.a, lines]).toEqual([2, []]);
    expect(log.map(({ message }) => message)).toEqual(["Calls are sent away: the server has too much to do"]);
    gates[0]?.();
    await inside[0];
    expect((await ask(api, "/quick")).status).toBe(200);
    gates[1]?.();
    await inside[1];
  });

  it("R48 tells pages of other origins that they may come again: preflights are answered, and the 503 can be read", async () => {
    const page = cors({ origins: ["https://app.example.com"] });
    const gates: (() => void)[] = [];
    const handler = () => new Promise((done) => gates.push(() => done({ status: 200, body: {} })));
    const { api, runs } = open({ a: { handler }, b: { policy: { cors: page } } }, { overload: { maxInFlight: 1 } });
    const inside = ask(api, "/a");
    await ticks();
    const origin = { origin: "https://app.example.com" };
    const answer = await ask(api, "/b", { headers: origin });
    expect([answer.status, answer.header("access-control-allow-origin"), answer.header("vary")]).toEqual([
      503,
      origin.origin,
      "Origin",
    ]);
    expect(
      (await ask(api, "/b", { headers: { origin: "null" } })).header("access-control-allow-origin"),
    ).toBeUndefined();
    const asked = { ...origin, "access-control-request-method": "GET" };
    expect((await ask(api, "/b", { method: "OPTIONS", headers: asked })).status).toBe(204);
    expect((await ask(api, "/a", { method: "OPTIONS", headers: asked })).status).toBe(503);
    expect((await ask(api, "/nowhere", { headers: origin })).status).toBe(503);
    gates[0]?.();
    await inside;
    expect(runs.b ?? 0).toBe(0);
  });

  it("counts a stream until its end, and calls of tRPC too", async () => {
    const items = async function* () {
      yield "x";
      yield "y";
    };
    const stream = {
      schemas: { responses: { 200: { "application/jsonl": z.string() } } },
      handler: () => ({ status: 200, body: items() }),
    };
    const { api } = open({ stream, quick: {} }, { overload: { maxInFlight: 1 } });
    const reply = await api.handle({ ...exchangeWith({}, "/stream") });
    expect((await ask(api, "/quick")).status).toBe(503);
    const { body } = reply as { readonly body: AsyncIterable<Uint8Array> };
    for await (const _ of body) expect((await ask(api, "/quick")).status).toBe(503);
    expect((await ask(api, "/quick")).status).toBe(200);
    const { api: called, gates } = gated({ maxInFlight: 1 });
    const exchange = exchangeWith({ authorization: "Bearer ann" });
    const first = called.invoke("a", exchange, {});
    await ticks();
    expect(await called.invoke("a", exchange, {})).toMatchObject({ status: 503 });
    gates[0]?.();
    expect(await first).toMatchObject({ status: 200 });
    expect(await called.invoke("quick", exchange, {})).toMatchObject({ status: 200 });
  });

  describe("whose timers fire late", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it("sends callers away until they do not any more", async () => {
      const { api } = open({ quick: {} }, { overload: { maxDelay: "200ms" } });
      const status = async () => (await ask(api, "/quick")).status;
      await vi.advanceTimersByTimeAsync(1_000);
      expect(await status()).toBe(200);
      // The loop was held up: time has passed, and no timer has fired.
      vi.spyOn(performance, "now").mockReturnValue(performance.now() + 301);
      expect(await status()).toBe(503);
      vi.restoreAllMocks();
      await vi.advanceTimersByTimeAsync(300);
      expect(await status()).toBe(200);
    });
  });

  it("a bound that is none does not start", () => {
    for (const overload of [{ maxInFlight: 0 }, { maxInFlight: 1.5 }, { maxDelay: "0s" as const }])
      expect(() => open({ a: {} }, { overload })).toThrow(StartError);
  });
});
