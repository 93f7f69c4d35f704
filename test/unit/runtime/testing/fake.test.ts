import { apiKey, Failure } from "@sallyport/runtime/client";
import { fails, fakeClock, later, refuses, UnexpectedCall } from "@sallyport/runtime/testing";
import { describe, expect, it } from "vitest";
import { type Client, createClient } from "../../../golden/fakes/expected/client.js";
import { type Answers, fake } from "../../../golden/fakes/expected/fakes.js";
import { failureOf } from "../../../support/client.js";

const account = { balance: 3, holders: ["Ann"] };

/** A client that a fake answers, with a clock that nobody waits for. */
function open(answers: Answers) {
  const clock = fakeClock();
  const transport = fake(answers, { clock });
  const client: Client = createClient({ auth: { key: apiKey("k-1234567890") }, transport, random: () => 0, ...clock });
  return { ...client, transport, clock };
}

describe("a fake", () => {
  it("answers what the spec declares: JSON, header fields, texts, items, octets", async () => {
    async function* events() {
      yield { data: JSON.stringify(account), event: "changed" };
      yield { data: "2" };
    }
    const { accounts } = open({
      getAccount: { status: 200, body: account },
      pay: ({ input }) => ({ status: 201, body: input.body, headers: { "X-Left": 7 } }),
      getLetter: { status: 200, body: "Dear Ann" },
      follow: () => ({ status: 200, body: events() }),
      getScan: { status: 200, body: new Uint8Array([1, 2]) },
    });
    expect(await accounts.getAccount({ iban: "DE1" })).toEqual(account);
    const paid = await accounts.pay({ iban: "DE1", body: { amount: 1, to: "DE2" } }).safe();
    if (!paid.ok) throw paid.failure;
    expect(paid.value).toEqual({ amount: 1, to: "DE2" });
    expect(paid.response).toMatchObject({ status: 201, fields: { "X-Left": 7 } });
    expect(await accounts.getLetter({ id: "1" })).toBe("Dear Ann");
    const told: string[] = [];
    for await (const event of await accounts.follow({ iban: "DE1" })) told.push(event.data);
    expect(told).toEqual([JSON.stringify(account), "2"]);
    const scan = await new Response(await accounts.getScan({ id: "1" })).arrayBuffer();
    expect([...new Uint8Array(scan)]).toEqual([1, 2]);
  });

  it("refuses as the spec declares it, and as every operation may", async () => {
    const { accounts } = open({
      getAccount: [
        { status: 404, body: { title: "Gone", moved: true } },
        refuses(403, { title: "No", detail: "Not yours" }),
      ],
    });
    const [declared, other] = [
      await failureOf(accounts.getAccount({ iban: "DE1" })),
      await failureOf(accounts.getAccount({ iban: "DE1" })),
    ];
    expect(declared).toMatchObject({ code: "not_found", problem: { title: "Gone", moved: true } });
    expect(other).toMatchObject({ code: "forbidden", problem: { type: "about:blank", detail: "Not yours" } });
  });

  it("R59 answers one attempt after the other, and waits by its own clock", async () => {
    const { accounts, transport, clock } = open({
      getAccount: [
        fails("network"),
        refuses(429, { headers: { "retry-after": "2" } }),
        later("5s", { status: 200, body: account }),
      ],
    });
    expect(await accounts.getAccount({ iban: "DE1" })).toEqual(account);
    expect(transport.calls.map((one) => [one.operation, one.attempt])).toEqual([
      ["getAccount", 1],
      ["getAccount", 2],
      ["getAccount", 3],
    ]);
    expect(clock.slept).toEqual([0, 2_000, 5_000]);
    expect(clock.now()).toBe(7_000);
    transport.verify();
  });

  it("an answer that comes too late is a timeout, though nobody has waited", async () => {
    const { accounts, clock } = open({ getAccount: later("1h", { status: 200, body: account }) });
    const failure = await failureOf(accounts.getAccount({ iban: "DE1" }, { timeout: "10s" }));
    expect([failure.code, clock.now()]).toEqual(["timeout", 10_000]);
  });

  it("notes what was called, with what, and how it would have been sent", async () => {
    const { accounts, transport } = open({
      pay: ({ input }) => ({ status: 201, body: input.body, headers: { "X-Left": 0 } }),
    });
    await accounts.pay({ iban: "DE1", body: { amount: 1, to: "DE2" } });
    expect(transport.calls).toHaveLength(1);
    expect(transport.calls[0]).toMatchObject({
      operation: "pay",
      input: { iban: "DE1", body: { amount: 1, to: "DE2" } },
      request: { method: "POST", url: "https://vault.example/v1/accounts/DE1", body: '{"amount":1,"to":"DE2"}' },
    });
    expect(transport.calls[0]?.request.headers["x-key"]).toBe("k-1234567890");
  });

  it("a call that is not expected is no failure that a program could take for one, and is told again at the end", async () => {
    const { accounts, transport } = open({ getAccount: [{ status: 200, body: account }] });
    await accounts.getAccount({ iban: "DE1" });
    for (const call of [accounts.getAccount({ iban: "DE1" }), accounts.getLetter({ id: "1" })]) {
      const thrown = await call.safe().catch((one: unknown) => one);
      expect(thrown).toBeInstanceOf(UnexpectedCall);
      expect(thrown).not.toBeInstanceOf(Failure);
    }
    expect(() => transport.verify()).toThrow("not expected: getAccount, getLetter");
  });

  it("an answer that nobody asked for is told at the end", () => {
    expect(() => open({ getAccount: [fails("tls"), fails("tls")] }).transport.verify()).toThrow("getAccount (2)");
  });

  it("what an operation needs to be called, it needs here too", async () => {
    const transport = fake({ getLetter: { status: 200, body: "x" } });
    const client = createClient({ transport });
    expect((await failureOf(client.accounts.getLetter({ id: "1" }))).code).toBe("credential_missing");
    expect(transport.calls).toEqual([]);
  });
});
