import { afterEach, describe, expect, it } from "vitest";
import { type ClientOptions, connect } from "../../runtime/src/client/index.js";
import type { OperationPolicy } from "../../runtime/src/policy/index.js";
import { api, failureOf, json, operation, startServer } from "../support/caller.js";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** A server that fails some times with a status, and then succeeds. */
async function failing(
  times: number,
  status = 503,
  headers: Readonly<Record<string, string>> = {},
  options: Partial<ClientOptions<object>> = {},
) {
  const server = await startServer((response, _seen, index) =>
    json(response, { index }, index < times ? status : 200, index < times ? headers : {}),
  );
  const waits: number[] = [];
  let now = 1_800_000_000_000;
  const caller = connect(api, {
    baseUrl: server.url,
    now: () => now,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
    },
    ...options,
  });
  closing.push(caller.close, server.close);
  return { server, caller, waits, now: () => now };
}

const post = (retries?: OperationPolicy["retries"]) =>
  operation(
    { method: "POST", ...(retries === undefined ? {} : { retries }) },
    { body: { media: ["application/json"], required: true } },
  );

describe("R59 repeats", () => {
  it.each([408, 429, 502, 503, 504])("a GET that answers %i is repeated, and succeeds", async (status) => {
    const { caller, server } = await failing(2, status);
    expect(await caller.send(operation(), {})).toEqual({ index: 2 });
    expect(server.seen).toHaveLength(3);
  });

  it.each([400, 401, 403, 404, 409, 422, 500, 501])("%i is not repeated", async (status) => {
    const { caller, server } = await failing(2, status);
    expect((await failureOf(caller.send(operation(), {}))).status).toBe(status);
    expect(server.seen).toHaveLength(1);
  });

  it("a POST is not repeated, as it may have been done", async () => {
    const { caller, server } = await failing(1);
    expect((await failureOf(caller.send(post(), { body: {} }))).status).toBe(503);
    expect(server.seen).toHaveLength(1);
  });

  it("a POST is repeated where the spec says that it may be, with the same body", async () => {
    const { caller, server } = await failing(2);
    await caller.send(post({ ...api.retries, when: "always" }), { body: { amount: 1 } });
    expect(server.seen.map(({ body }) => body)).toEqual(Array(3).fill('{"amount":1}'));
  });

  it("waits with full jitter, doubling up to the cap", async () => {
    const firsts: number[] = [];
    const seconds: number[] = [];
    for (let round = 0; round < 40; round += 1) {
      const { caller, waits } = await failing(2);
      await caller.send(operation(), {});
      firsts.push(waits[0] ?? -1);
      seconds.push(waits[1] ?? -1);
    }
    expect(Math.min(...firsts)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...firsts)).toBeLessThan(250);
    expect(Math.max(...seconds)).toBeLessThan(500);
    // Full: half of the waits are in the lower half. All forty in one half happens once in 10^12 runs.
    expect(Math.min(...firsts)).toBeLessThan(125);
    expect(Math.max(...firsts)).toBeGreaterThan(125);
  });

  it("Retry-After in seconds wins, and is never undercut", async () => {
    const { caller, waits } = await failing(1, 429, { "retry-after": "7" });
    await caller.send(operation(), {});
    expect(waits[0]).toBeGreaterThanOrEqual(7_000);
    expect(waits[0]).toBeLessThan(7_251);
  });

  it("Retry-After as a date wins, and is never undercut", async () => {
    const date = new Date(1_800_000_000_000 + 5_000).toUTCString();
    const { caller, waits } = await failing(1, 503, { "retry-after": date });
    await caller.send(operation(), {});
    expect(waits[0]).toBeGreaterThanOrEqual(5_000);
  });

  it("a Retry-After longer than the limit fails at once, and says when to come back", async () => {
    const { caller, waits, server } = await failing(1, 429, { "retry-after": "61" });
    const failure = await failureOf(caller.send(operation(), {}));
    expect(failure).toMatchObject({ code: "rate_limited", retryAfter: 61_000, attempts: 1 });
    expect(waits).toEqual([]);
    expect(server.seen).toHaveLength(1);
  });

  it("ends after three attempts, and says so", async () => {
    const { caller, server } = await failing(9);
    expect((await failureOf(caller.send(operation(), {}))).status).toBe(503);
    expect(server.seen).toHaveLength(3);
  });

  it("ends when the time is up", async () => {
    const { caller, server } = await failing(9, 503, { "retry-after": "40" });
    await failureOf(caller.send(operation(), {}));
    expect(server.seen).toHaveLength(2);
  });

  it("ends when the client's budget is spent, and earns it back by successes", async () => {
    const { caller, server } = await failing(1_000, 503, {}, { retryBudget: 4 });
    for (let call = 0; call < 10; call += 1) await failureOf(caller.send(operation(), {}));
    expect(server.seen).toHaveLength(10 + 4);
  });

  it("a connection that breaks is repeated", async () => {
    const server = await startServer((response, _seen, index) =>
      index === 0 ? response.destroy() : json(response, { index }),
    );
    const caller = connect(api, { baseUrl: server.url, sleep: async () => {} });
    closing.push(caller.close, server.close);
    expect(await caller.send(operation(), {})).toEqual({ index: 1 });
  });

  it("a server that is not there fails as network", async () => {
    const caller = connect(api, { baseUrl: "http://127.0.0.1:1", sleep: async () => {} });
    closing.push(caller.close);
    expect(await failureOf(caller.send(operation(), {}))).toMatchObject({
      code: "network",
      attempts: 3,
      operation: "getThing",
    });
  });

  it("the wait ends when the caller aborts", async () => {
    const server = await startServer((response) => json(response, {}, 503, { "retry-after": "30" }));
    const caller = connect(api, { baseUrl: server.url });
    closing.push(caller.close, server.close);
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(), 50);
    const start = Date.now();
    expect((await failureOf(caller.send(operation(), {}, { signal: leaving.signal }))).code).toBe("aborted");
    expect(Date.now() - start).toBeLessThan(5_000);
  });

  it("the deadline is for the whole call, waits included", async () => {
    const server = await startServer((response) => json(response, {}, 503, { "retry-after": "30" }));
    const caller = connect(api, { baseUrl: server.url });
    closing.push(caller.close, server.close);
    expect((await failureOf(caller.send(operation(), {}, { timeout: "80ms" }))).code).toBe("timeout");
  });

  it("a server that does not answer is left at the deadline", async () => {
    const server = await startServer(() => {});
    const caller = connect(api, { baseUrl: server.url });
    closing.push(caller.close, server.close);
    expect((await failureOf(caller.send(operation({ timeout: "80ms" }), {}))).code).toBe("timeout");
  });
});
