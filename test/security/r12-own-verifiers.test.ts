import { type CallerVerdict, verifier } from "@sallyport/runtime/server";
import { describe, expect, it } from "vitest";
import { anonymous, anyOf } from "../../runtime/src/policy/index.js";
import { Refusal } from "../../runtime/src/problem/refusal.js";
import { refuse } from "../../runtime/src/problem/refuse.js";
import { open } from "../support/contract.js";
import { exchangeWith } from "../support/exchange.js";

const required = anyOf({ allOf: [{ scheme: "key", needs: [] }] });
const optional = anyOf({ allOf: [{ scheme: "key", needs: [] }] }, anonymous);

async function statusOf(verify: () => unknown, access = required): Promise<readonly [number | undefined, number]> {
  const own = verifier({ kind: "apiKey", verify: verify as () => CallerVerdict });
  const shop = open({ a: { policy: { access } } }, { schemes: { key: own }, patience: 50 });
  const reply = await shop.api.handle(exchangeWith({ "x-key": "k" }, "/a"));
  return [reply?.status, shop.runs.a ?? 0];
}

describe("R12 a verifier of one's own fails closed", () => {
  const wrong: readonly (readonly [string, () => unknown, number])[] = [
    [
      "throws",
      () => {
        throw new Error("secret");
      },
      500,
    ],
    ["rejects", () => Promise.reject(new Error("secret")), 500],
    [
      "throws a refusal",
      () => {
        throw refuse(503);
      },
      500,
    ],
    ["answers a refusal", () => refuse(503), 503],
    ["hangs", () => new Promise(() => {}), 503],
    ["answers undefined", () => undefined, 500],
    ["answers null", () => null, 500],
    ["answers true", () => true, 500],
    ["answers text", () => "ann", 500],
    ["answers nobody", () => ({}), 500],
    ["answers an empty id", () => ({ id: "" }), 500],
    ["answers a number for an id", () => ({ id: 7 }), 500],
    ["answers scopes that are none", () => ({ id: "ann", scopes: 7 }), 500],
    ["answers in time, and nonsense", async () => ({ ok: true }), 500],
    ["says bad", () => "bad", 401],
    ["says none", () => "none", 401],
  ];

  it.each(wrong)("%s: no handler runs", async (_, verify, status) => {
    expect(await statusOf(verify)).toEqual([status, 0]);
  });

  it.each(wrong.filter(([words]) => words !== "says none"))(
    "%s: nor where anonymous callers may come in",
    async (_, verify, status) => {
      expect(await statusOf(verify, optional)).toEqual([status, 0]);
    },
  );

  it("says who calls, or that nobody does", async () => {
    expect(await statusOf(() => ({ id: "ann" }))).toEqual([200, 1]);
    expect(await statusOf(async () => ({ id: "ann", roles: ["x"] }))).toEqual([200, 1]);
    expect(await statusOf(() => "none", optional)).toEqual([200, 1]);
  });

  it("is for schemes of its kind", () => {
    const own = verifier({ kind: "token", verify: () => "none" });
    expect(() => open({ a: { policy: { access: required } } }, { schemes: { key: own } })).toThrow(/wrong_verifier/);
    expect(new Refusal("internal", { status: 500, title: "x" }).challenge).toBeUndefined();
  });
});
