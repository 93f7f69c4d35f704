import assert from "node:assert/strict";
import { test } from "node:test";
import { bearer } from "@sallyport/runtime/client";
import { fails, fakeClock, later, refuses } from "@sallyport/runtime/testing";
import { createClient } from "./generated/client.js";
import { type Answers, fake } from "./generated/fakes.js";
import { payRent } from "./rent.js";

const rent = { amount: 90_000, iban: "DE89370400440532013000" };
const account = { id: "a1", name: "Main", balance: 100_000, state: "open" } as const;

/** Pays at a bank that answers so; no server, no network, and nobody waits. */
async function payAt(answers: Answers) {
  const clock = fakeClock();
  const transport = fake(answers, { clock });
  const bank = createClient({ auth: { oidc: bearer("a.test.token") }, transport, ...clock });
  const outcome = await payRent(bank, "a1", rent);
  transport.verify();
  return { outcome, calls: transport.calls.map(({ operation }) => operation), clock };
}

test("the rent is paid from an account that can bear it", async () => {
  const { outcome, calls } = await payAt({
    getAccount: { status: 200, body: account },
    createPayment: ({ input }) => ({ status: 201, body: { ...input.body, id: "p1", state: "accepted" } }),
  });
  assert.equal(outcome, "paid");
  assert.deepEqual(calls, ["getAccount", "createPayment"]);
});

test("an account that cannot bear it is left alone", async () => {
  const { outcome, calls } = await payAt({ getAccount: { status: 200, body: { ...account, balance: 1 } } });
  assert.equal(outcome, "too little money");
  assert.deepEqual(calls, ["getAccount"]);
});

test("another's account is not ours", async () => {
  assert.equal((await payAt({ getAccount: refuses(404) })).outcome, "not ours");
});

test("a bank that is busy is asked again when it says; a payment whose fate is unknown is not made twice", async () => {
  const { outcome, calls, clock } = await payAt({
    getAccount: [refuses(429, { headers: { "retry-after": "7" } }), later("1s", { status: 200, body: account })],
    createPayment: [fails("network")],
  });
  assert.equal(outcome, "later");
  assert.deepEqual(calls, ["getAccount", "getAccount", "createPayment"]);
  assert.ok(clock.now() >= 8_000);
});
