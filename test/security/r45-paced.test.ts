import { type ClientOptions, connect, type Placed, pace, type Transport } from "@sallyport/runtime/client";
import { type Limit, limit, publicAccess } from "@sallyport/runtime/policy";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clientPolicy, failureOf, operation } from "../support/client.js";
import { anyToken, open } from "../support/contract.js";
import { serveLocally } from "../support/wire.js";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Twenty clients make fifty calls each, all at once, at a server with a limit. */
async function storm(rule: Limit, options: (client: number) => ClientOptions<object>) {
  const policy = { access: rule.key.includes("principal") ? anyToken : publicAccess, limits: [rule] };
  const shop = open({ getThings: { policy: { ...policy, path: "/things" } } });
  const server = await serveLocally(shop.api);
  const clients = Array.from({ length: 20 }, (_, at) =>
    connect(clientPolicy(), { baseUrl: `http://127.0.0.1:${server.port}`, timeout: "20s", ...options(at) }),
  );
  closing.push(server.close, ...clients.map((one) => one.close));
  const calls = clients.flatMap((one) =>
    Array.from({ length: 50 }, () => one.send(operation({ access: policy.access }), {})),
  );
  const outcomes = await Promise.allSettled(calls);
  const refused = shop.lines.filter(({ outcome }) => outcome === "refused").length;
  return {
    succeeded: outcomes.filter(({ status }) => status === "fulfilled").length,
    refused,
    runs: shop.runs.getThings,
  };
}

const bearer = (client: number) => ({
  kind: "token" as const,
  prove: () => ({ headers: { authorization: `Bearer caller${client}` } }),
});

describe("R45 a thousand calls from twenty clients", () => {
  it("R45 each with a quota of its own: all succeed, and none of them is one too many", async () => {
    const perCaller = limit("perCaller", { limit: 25, window: "1s", key: ["principal"] });
    const outcome = await storm(perCaller, (at) => ({ auth: { oidc: bearer(at) }, interceptors: [pace()] }));
    expect(outcome).toEqual({ succeeded: 1_000, refused: 0, runs: 1_000 });
  }, 20_000);

  it("R45 with one quota for all, and one pace: all succeed, and none of them is one too many", async () => {
    const shared = pace();
    const perIp = limit("perIp", { limit: 500, window: "1s", key: ["ip"] });
    const outcome = await storm(perIp, () => ({ interceptors: [shared] }));
    expect(outcome).toEqual({ succeeded: 1_000, refused: 0, runs: 1_000 });
  }, 20_000);
});

describe("R45 pace", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
  afterEach(() => void vi.useRealTimers());

  /** A server that answers what it is told, as soon as it is told. */
  function server(step: Placed = pace()) {
    const under: ((status: number, headers?: Record<string, string>) => Promise<void>)[] = [];
    const transport: Transport = {
      send: () =>
        new Promise((resolve) => {
          under.push(async (status, headers = {}) => {
            resolve({ status, headers, body: new Uint8Array() });
            await vi.advanceTimersByTimeAsync(0);
          });
        }),
      close: async () => {},
    };
    const caller = connect(clientPolicy(), {
      baseUrl: "https://api.test",
      transport,
      interceptors: [step],
      timeout: "60s",
    });
    const call = (id = "getThings", options = {}) => {
      const sent = caller.send(operation({}, {}, id), {}, options);
      sent.catch(() => {});
      return sent;
    };
    const calls = async (count: number, id?: string) => {
      const all = Array.from({ length: count }, () => call(id));
      await vi.advanceTimersByTimeAsync(0);
      return all;
    };
    const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
    return { under, call, calls, wait };
  }

  const told = (remaining: number, seconds = 10, name = "a") => ({
    ratelimit: `"${name}";r=${remaining};t=${seconds}`,
  });

  it("the first goes ahead; the others follow as its answer says, and the rest after the reset", async () => {
    const { under, calls, wait } = server();
    await calls(6);
    expect(under).toHaveLength(1);
    await under[0]?.(200, told(3));
    expect(under).toHaveLength(4);
    await wait(9_999);
    expect(under).toHaveLength(4);
    for (const answer of [3, 2, 1]) await under[answer]?.(200, told(3 - answer, 1));
    await wait(1_000);
    expect(under).toHaveLength(5);
    await under[4]?.(200, told(0, 5));
    expect(under).toHaveLength(5);
    await wait(5_000);
    expect(under).toHaveLength(6);
  });

  it("answers that overtake each other make no room", async () => {
    const { under, calls } = server();
    await calls(5);
    await under[0]?.(200, told(2));
    expect(under).toHaveLength(3);
    await under[2]?.(200, told(0));
    await under[1]?.(200, told(1));
    expect(under).toHaveLength(3);
  });

  it("answers that come after the reset make no room either, until all are here", async () => {
    const { under, calls, wait } = server();
    await calls(8);
    await under[0]?.(200, told(3, 1));
    expect(under).toHaveLength(4);
    await wait(1_500);
    await under[1]?.(200, told(2, 1));
    await under[2]?.(200, told(2, 1));
    expect(under).toHaveLength(4);
    await under[3]?.(200, told(0, 1));
    await wait(1_000);
    expect(under).toHaveLength(5);
    await under[4]?.(200, told(2, 1));
    expect(under).toHaveLength(7);
  });

  it("an API without limits is not slowed down", async () => {
    const { under, calls } = server();
    await calls(3);
    await under[0]?.(200);
    expect(under).toHaveLength(3);
    await calls(50);
    expect(under).toHaveLength(53);
  });

  it("Retry-After holds up the operation, whether or not there are other headers", async () => {
    for (const headers of [{}, told(0, 2), told(5, 2)]) {
      const { under, calls, wait } = server();
      await calls(2);
      await under[0]?.(429, { ...headers, "retry-after": "7" });
      await wait(6_999);
      expect(under).toHaveLength(1);
      await wait(2);
      expect(under).toHaveLength(2);
    }
  });

  it("a limit that two operations share holds both up, and no third", async () => {
    const { under, calls, wait } = server();
    for (const id of ["one", "two", "three"]) await calls(1, id);
    await under[0]?.(200, told(5));
    await under[1]?.(200, told(0));
    await under[2]?.(200, told(5, 10, "b"));
    await calls(1, "one");
    expect(under).toHaveLength(3);
    await calls(1, "three");
    expect(under).toHaveLength(4);
    await wait(10_000);
    expect(under).toHaveLength(5);
  });

  it("a call whose turn would come after its deadline fails at once, and says when its turn would be", async () => {
    const { under, call, calls } = server();
    await calls(1);
    await under[0]?.(200, told(0, 30));
    expect(await failureOf(call("getThings", { timeout: "29s" }))).toMatchObject({
      code: "rate_limited",
      retryAfter: 30_000,
      status: undefined,
    });
    expect(under).toHaveLength(1);
  });

  it("who leaves the line is not sent, and holds nobody up", async () => {
    const { under, call, calls, wait } = server();
    await calls(1);
    const leaver = new AbortController();
    const left = call("getThings", { signal: leaver.signal });
    await calls(1);
    leaver.abort();
    expect((await failureOf(left)).code).toBe("aborted");
    await under[0]?.(200, told(1));
    await wait(0);
    expect(under).toHaveLength(2);
  });
});
