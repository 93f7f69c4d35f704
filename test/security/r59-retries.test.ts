import { type ClientOptions, connect, Failure, type Interceptor, type Transport } from "@sallyport/runtime/client";
import type { OperationPolicy, Retries } from "@sallyport/runtime/policy";
import { afterEach, describe, expect, it } from "vitest";
import { type Answer, clientPolicy, failureOf, json, type Origin, operation, startOrigin } from "../support/client.js";

const rule: Retries = {
  maxAttempts: 4,
  base: "100ms",
  cap: "300ms",
  maxElapsed: "60s",
  statuses: [429, 503],
  network: true,
  when: "idempotent",
  retryAfterMax: "60s",
};
const closing: (() => Promise<void>)[] = [];
const epoch = Date.parse("2026-01-01T00:00:00Z");

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A client under a clock of the test's: waiting takes no time, and is written down. */
async function open(answer: Answer, retries: Partial<Retries> = {}, options: ClientOptions<object> = {}) {
  const origin = await startOrigin(answer);
  const waits: number[] = [];
  let time = epoch;
  const caller = connect(clientPolicy({ retries: { ...rule, ...retries } }), {
    baseUrl: origin.url,
    now: () => time,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      time += milliseconds;
    },
    ...options,
  });
  closing.push(origin.close, caller.close);
  const send = (policy: Partial<OperationPolicy> = {}, input: object = {}, call = {}) =>
    caller.send(
      operation(policy, policy.method === undefined ? {} : { body: { media: ["application/json"], required: false } }),
      input,
      call,
    );
  return { origin, waits, send };
}

const failing =
  (times: number, headers: Record<string, string> = {}, status = 503): Answer =>
  (_request, response, count) =>
    count <= times ? json(response, status, {}, headers) : json(response, 200, { count });

describe("R59 what is repeated", () => {
  it.each(["GET", "PUT", "DELETE", "HEAD"])("R59 %s is repeated", async (method) => {
    const { origin, send } = await open(failing(2));
    await send({ method });
    expect(origin.requests).toHaveLength(3);
  });

  it.each(["POST", "PATCH"])("R59 %s is not, unless the spec says always", async (method) => {
    const { origin, waits, send } = await open(failing(2));
    expect(await failureOf(send({ method }, { body: {} }))).toMatchObject({
      code: "server_error",
      status: 503,
      attempts: 1,
    });
    expect([origin.requests.length, waits]).toEqual([1, []]);
    const allowed = await open(failing(2), { when: "always" });
    await expect(allowed.send({ method }, { body: { a: "ä" } })).resolves.toEqual({ count: 3 });
    expect(allowed.origin.requests.map(({ body }) => body)).toEqual(Array(3).fill('{"a":"ä"}'));
  });

  it("R59 the operation's own rule goes before the API's", async () => {
    const { origin, send } = await open(failing(1));
    await failureOf(send({ retries: { ...rule, when: "never" } }));
    expect(origin.requests).toHaveLength(1);
  });

  it.each([408, 429, 502, 503, 504])("R59 %i is repeated where the rule lists it", async (status) => {
    const { origin, send } = await open(failing(2, {}, status), { statuses: [408, 429, 502, 503, 504] });
    await expect(send()).resolves.toEqual({ count: 3 });
    expect(origin.requests).toHaveLength(3);
  });

  it.each([400, 401, 403, 404, 409, 422, 500])("R59 %i is final where the rule does not list it", async (status) => {
    const { origin, send } = await open(failing(1, {}, status));
    expect(await failureOf(send())).toMatchObject({ status, attempts: 1 });
    expect(origin.requests).toHaveLength(1);
  });

  it("R59 the last answer is the failure, with the attempts it took", async () => {
    const { origin, send } = await open(failing(9));
    expect(await failureOf(send())).toMatchObject({ code: "server_error", operation: "getThings", attempts: 4 });
    expect(origin.requests).toHaveLength(4);
  });

  it("R59 a connection that breaks is repeated where the rule says so", async () => {
    const breaking: Answer = (_request, response, count) =>
      count === 1 ? void response.socket?.destroy() : json(response, 200, { count });
    const { send } = await open(breaking);
    await expect(send()).resolves.toEqual({ count: 2 });
    const strict = await open(breaking, { network: false });
    expect(await failureOf(strict.send())).toMatchObject({ code: "network", attempts: 1 });
    const post = await open(breaking);
    expect(await failureOf(post.send({ method: "POST" }))).toMatchObject({ code: "network", attempts: 1 });
  });

  it("R59 a server that is not there is asked as often as any, and then it is the network", async () => {
    const { send } = await open(failing(0), {}, { baseUrl: "http://127.0.0.1:1" });
    expect(await failureOf(send())).toMatchObject({ code: "network", operation: "getThings", attempts: 4 });
  });

  it.each([
    "tls",
    "pin_mismatch",
    "redirect_refused",
    "response_invalid",
    "configuration",
    "credential_rejected",
  ] as const)("R59 %s is never repeated", async (code) => {
    let sent = 0;
    const transport: Transport = {
      send: async () => {
        sent += 1;
        throw new Failure(code, "no");
      },
      close: async () => {},
    };
    const { send } = await open(failing(0), { when: "always" }, { transport });
    expect(await failureOf(send())).toMatchObject({ code, attempts: 1 });
    expect(sent).toBe(1);
  });

  it("R59 interceptors see every attempt, numbered", async () => {
    const attempts: number[] = [];
    const counting: Interceptor = (next) => (call) => {
      attempts.push(call.attempt);
      return next(call);
    };
    const { send } = await open(failing(2), {}, { interceptors: [counting] });
    await send();
    expect(attempts).toEqual([1, 2, 3]);
  });
});

describe("R59 how long it waits", () => {
  it.each([
    [0, [0, 0, 0]],
    [0.5, [50, 100, 150]],
    [0.999, [99.9, 199.8, 299.7]],
  ])("R59 full jitter: %d of a ceiling that doubles up to the cap", async (random, expected) => {
    const { waits, send } = await open(failing(3), {}, { random: () => random });
    await send();
    expect(waits.map((wait) => Math.round(wait * 10) / 10)).toEqual(expected);
  });

  it("R59 jitter spreads the waits between nothing and the ceiling", async () => {
    const firsts: number[] = [];
    for (let run = 0; run < 20; run += 1) {
      const { waits, send } = await open(failing(1));
      await send();
      firsts.push(...waits);
    }
    expect(Math.min(...firsts)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...firsts)).toBeLessThan(100);
    expect(new Set(firsts).size).toBeGreaterThan(10);
  });

  it.each([0, 0.999])("R59 Retry-After in seconds and as a date is never undercut (jitter %d)", async (random) => {
    for (const value of ["7", new Date(epoch + 7_000).toUTCString()]) {
      const { waits, send } = await open(failing(1, { "retry-after": value }, 429), {}, { random: () => random });
      await send();
      expect(waits).toHaveLength(1);
      expect(waits[0]).toBeGreaterThanOrEqual(7_000);
      expect(waits[0]).toBeLessThanOrEqual(7_100);
    }
  });

  it.each(["61", "3600", "99999999999999999999", new Date(epoch + 3_600_000).toUTCString()])(
    "R59 a Retry-After of %s is too long: the call fails at once and says until when",
    async (value) => {
      const { origin, waits, send } = await open(failing(1, { "retry-after": value }, 429));
      const failure = await failureOf(send());
      expect(failure).toMatchObject({ code: "rate_limited", status: 429, attempts: 1 });
      expect(failure.retryAfter).toBeGreaterThan(60_000);
      expect([origin.requests.length, waits]).toEqual([1, []]);
    },
  );

  it.each(["", "soon", "-5", "1.5", "2026"])(
    "R59 a Retry-After of %j says nothing or a plain number",
    async (value) => {
      const rules = { retryAfterMax: "1h", maxElapsed: "2h" } as const;
      const { origin, send } = await open(failing(1, { "retry-after": value }), rules, { timeout: "2h" });
      await send();
      expect(origin.requests).toHaveLength(2);
    },
  );

  it("R59 a date that has passed asks for no wait", async () => {
    const past = new Date(epoch - 60_000).toUTCString();
    const { waits, send } = await open(failing(1, { "retry-after": past }), {}, { random: () => 0 });
    await send();
    expect(waits).toEqual([0]);
  });

  it.each(["31", new Date(epoch + 31_000).toUTCString()])(
    "R59 a Retry-After of %s that goes past the call's deadline fails at once, not late",
    async (value) => {
      const { origin, waits, send } = await open(failing(1, { "retry-after": value }, 429), {}, { timeout: "30s" });
      expect(await failureOf(send())).toMatchObject({ code: "rate_limited", retryAfter: 31_000, attempts: 1 });
      expect([origin.requests.length, waits]).toEqual([1, []]);
      await expect(send({}, {}, { timeout: "32s" })).resolves.toEqual({ count: 2 });
    },
  );

  it("R59 what was waited already counts towards the deadline", async () => {
    const { origin, send } = await open(failing(9, { "retry-after": "4" }), {}, { timeout: "10s", random: () => 0 });
    expect(await failureOf(send())).toMatchObject({ status: 503, retryAfter: 4_000, attempts: 3 });
    expect(origin.requests).toHaveLength(3);
  });

  it("R59 no wait goes past maxElapsed", async () => {
    const { origin, waits, send } = await open(failing(9, { "retry-after": "2" }), {
      maxElapsed: "5s",
      maxAttempts: 9,
    });
    expect(await failureOf(send())).toMatchObject({ status: 503, attempts: 3, retryAfter: 2_000 });
    expect(origin.requests).toHaveLength(3);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(5_000);
  });
});

describe("R59 how often", () => {
  it("R59 the budget is the client's, not the call's: a server that is down is not asked twice for ever", async () => {
    const { origin, send } = await open(failing(Number.POSITIVE_INFINITY), {}, { retryBudget: 5 });
    for (let call = 0; call < 10; call += 1) await failureOf(send());
    expect(origin.requests).toHaveLength(15);
  });

  it("R59 successes earn a tenth of a repeat", async () => {
    const bad = new Set([1, 2, 13, 15]);
    const { origin, send } = await open(
      (_request, response, count) => json(response, bad.has(count) ? 503 : 200, {}),
      { maxAttempts: 2 },
      { retryBudget: 1 },
    );
    await failureOf(send());
    for (let call = 0; call < 10; call += 1) await send();
    // 13 fails and is repeated from what ten successes earned; 15 fails, and nothing is left.
    await send();
    await failureOf(send());
    expect(origin.requests).toHaveLength(15);
  });

  it("R59 no budget, no repeat; and a budget that is no number is refused", async () => {
    const { origin, send } = await open(failing(1), {}, { retryBudget: 0 });
    await failureOf(send());
    expect(origin.requests).toHaveLength(1);
    for (const retryBudget of [Number.NaN, -1]) {
      expect(() => connect(clientPolicy(), { baseUrl: origin.url, retryBudget })).toThrow(/retryBudget/);
    }
  });
});

describe("R59 leaving", () => {
  const real = async (
    answer: Answer,
    retries: Partial<Retries>,
  ): Promise<{ origin: Origin; caller: ReturnType<typeof connect> }> => {
    const origin = await startOrigin(answer);
    const caller = connect(clientPolicy({ retries: { ...rule, ...retries } }), { baseUrl: origin.url });
    closing.push(origin.close, caller.close);
    return { origin, caller };
  };

  it("R59 an abort during the wait ends it", async () => {
    const { origin, caller } = await real(failing(9, { "retry-after": "30" }), {});
    const leaver = new AbortController();
    setTimeout(() => leaver.abort("enough"), 60);
    const start = Date.now();
    const failure = await failureOf(caller.send(operation(), {}, { signal: leaver.signal, timeout: "60s" }));
    expect(failure).toMatchObject({ code: "aborted", attempts: 1, cause: "enough" });
    expect(Date.now() - start).toBeLessThan(1_000);
    expect(origin.requests).toHaveLength(1);
  });

  it("R59 the deadline holds over all attempts, waits included", async () => {
    const { caller } = await real(failing(999), { maxAttempts: 999, base: "10ms", cap: "10ms" });
    const start = Date.now();
    const failure = await failureOf(caller.send(operation(), {}, { timeout: "80ms" }));
    expect(["timeout", "server_error"]).toContain(failure.code);
    expect(failure.attempts).toBeGreaterThan(1);
    expect(Date.now() - start).toBeLessThan(500);
  });

  it("R59 a deadline ends a server that never answers, and a step that never listens", async () => {
    const { caller, origin } = await real(() => new Promise(() => {}), {});
    expect(await failureOf(caller.send(operation(), {}, { timeout: "40ms" }))).toMatchObject({
      code: "timeout",
      attempts: 1,
    });
    const deaf: Interceptor = () => () => new Promise(() => {});
    const stuck = connect(clientPolicy(), { baseUrl: origin.url, interceptors: [deaf], timeout: "40ms" });
    expect((await failureOf(stuck.send(operation(), {}))).code).toBe("timeout");
    await stuck.close();
  });

  it("R59 a call that is aborted already does not begin", async () => {
    const { caller, origin } = await real(failing(0), {});
    const failure = await failureOf(caller.send(operation(), {}, { signal: AbortSignal.abort() }));
    expect(failure).toMatchObject({ code: "aborted", attempts: 0 });
    expect(origin.requests).toEqual([]);
  });

  it("R59 a deadline of a month is not one of a millisecond", async () => {
    const { caller } = await real(failing(0), {});
    await expect(caller.send(operation(), {}, { timeout: "30d" })).resolves.toEqual({ count: 1 });
  });

  it.each(["soon", ""])("R59 the timeout %j, which cannot be read, is refused, not ignored", async (text) => {
    const { caller, origin } = await real(failing(0), {});
    const timeout = text as "1s";
    expect((await failureOf(caller.send(operation(), {}, { timeout }))).code).toBe("invalid_input");
    expect(() => connect(clientPolicy(), { baseUrl: origin.url, timeout })).toThrow(/duration/);
    expect(origin.requests).toEqual([]);
  });
});
