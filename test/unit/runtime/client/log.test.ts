import { type ClientOptions, connect, Failure, type Incoming, type Log, logCalls } from "@sallyport/runtime/client";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { clientPolicy, failureOf, noRetries, operation } from "../../../support/client.js";

const unsafe = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

function pinoLog() {
  const raw: string[] = [];
  const log: Log = pino({ base: null, timestamp: false }, { write: (line: string) => void raw.push(line) });
  return { log, raw, lines: () => raw.map((one) => JSON.parse(one) as Readonly<Record<string, unknown>>) };
}

function opened(reply: (count: number) => Partial<Incoming> | Error, options: ClientOptions<object>) {
  let count = 0;
  const retries = { ...noRetries, maxAttempts: 2, statuses: [503], when: "always" } as const;
  return connect(clientPolicy({ retries }), {
    baseUrl: "https://api.test/v1",
    sleep: async () => {},
    auth: { oidc: { kind: "token", prove: () => ({ headers: { authorization: "Bearer hush" } }) } },
    transport: {
      send: async () => {
        count += 1;
        const answer = reply(count);
        if (answer instanceof Error) throw answer;
        return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from("{}"), ...answer };
      },
      close: async () => {},
    },
    ...options,
  });
}

const iban = "DE89370400440532013000";
const pay = operation(
  { method: "POST", path: "/accounts/{iban}/payments" },
  {
    path: [{ name: "iban" }],
    query: [{ name: "note" }],
    body: { media: ["application/json"], required: true },
  },
  "pay",
);
const input = { iban, note: "rent", body: { amount: 1, to: { iban, pin: "1234" }, list: [{ iban }] } };
const answer = { id: "p1", account: { iban, children: [{ iban }] } };
const sensitivity = {
  pay: {
    sent: { "/iban": "last4", "/body/to/iban": "hash", "/body/to/pin": "drop", "/body/list/*/iban": "last4" },
    answered: { "/account/**/iban": "last4" },
  },
} as const;

describe("the log of a client", () => {
  it("says each attempt in one line, and no value of anything", async () => {
    const { log, lines, raw } = pinoLog();
    const headers = { "x-request-id": "r\r\n\u2028\u001b[2J" };
    const caller = opened((count) => (count === 1 ? { status: 503 } : { headers }), {
      interceptors: [logCalls(log, { now: () => 0 })],
    });
    await caller.send(pay, input);
    const facts = {
      operation: "pay",
      method: "POST",
      path: "/accounts/{iban}/payments",
      origin: "https://api.test",
      durationMs: 0,
    };
    expect(lines()).toEqual([
      { level: 50, msg: "called", ...facts, attempt: 1, status: 503 },
      { level: 30, msg: "called", ...facts, attempt: 2, status: 200, requestId: "r\\u000d\\u000a\\u2028\\u001b[2J" },
    ]);
    expect(raw.join("")).not.toMatch(/hush|DE89|rent/);
  });

  it("with the sensitivity of the spec says what was sent and answered, masked", async () => {
    const { log, lines, raw } = pinoLog();
    const body = Buffer.from(JSON.stringify(answer));
    const caller = opened(() => ({ body }), { interceptors: [logCalls(log, { sensitivity })] });
    await expect(caller.send(pay, input)).resolves.toEqual(answer);
    expect(lines()).toMatchObject([
      {
        sent: {
          iban: "…3000",
          note: "rent",
          body: { amount: 1, to: { iban: expect.stringMatching(/^[0-9a-f]{16}$/) }, list: [{ iban: "…3000" }] },
        },
        answered: { id: "p1", account: { iban: "…3000", children: [{ iban: "…3000" }] } },
      },
    ]);
    expect(raw.join("")).not.toMatch(/hush|DE89|1234/);
    expect(input.body.to.pin).toBe("1234");
  });

  it("a whole that is sensitive is not looked into, and what is no JSON is said to be what it is", async () => {
    const { log, lines } = pinoLog();
    const interceptors = [logCalls(log, { sensitivity: { pay: { answered: { "": "drop" } } } })];
    await opened(() => ({ body: Buffer.from(`{"iban":"${iban}"}`) }), { interceptors }).send(pay, input);
    const headers = { "content-type": "text/plain" };
    await opened(() => ({ headers, body: Buffer.from("hush") }), { interceptors }).send(pay, input);
    await opened(() => ({ body: Buffer.from("{hush") }), { interceptors })
      .send(pay, input)
      .catch(() => {});
    expect(lines()[0]).not.toHaveProperty("answered");
    expect(lines()[1]?.answered).toEqual({ type: "text/plain", octets: 4 });
    expect(lines()[2]?.unreadable).toBe(true);
    expect(JSON.stringify(lines().map((one) => one.answered))).not.toContain("hush");
  });

  it("says how a call failed, in words of ours", async () => {
    const { log, lines } = pinoLog();
    const caller = opened(() => new Failure("tls", "no"), { interceptors: [logCalls(log)] });
    await failureOf(caller.send(pay, input));
    expect(lines()).toMatchObject([{ level: 50, msg: "call failed", code: "tls", attempt: 1 }]);
  });

  it.each(['x\r\n{"msg":"forged"}', "\u001b[2J", "a\u2028b", "x".repeat(1_000_000)])(
    "R55 %#: no line is forged or broken by what was sent or answered",
    async (text) => {
      const { log, raw } = pinoLog();
      const body = Buffer.from(JSON.stringify({ [text]: text }));
      const headers = { "content-type": "application/json", "x-request-id": text };
      const interceptors = [logCalls(log, { sensitivity: {} })];
      await opened(() => ({ headers, body }), { interceptors }).send(pay, {
        ...input,
        note: text,
        body: { [text]: text },
      });
      expect(raw).toHaveLength(1);
      expect(raw[0]).toMatch(/^[^\n]*\n$/);
      expect(raw[0]).not.toMatch(unsafe);
      expect(raw[0]?.length).toBeLessThan(20_000);
    },
  );
});
