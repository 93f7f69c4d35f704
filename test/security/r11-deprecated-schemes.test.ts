import { apiKeys, createApiKey, memoryKeys } from "@sallyport/runtime/server";
import { describe, expect, it } from "vitest";
import { anonymous, anyOf } from "../../runtime/src/policy/index.js";
import { apiPolicy, open } from "../support/contract.js";
import { exchangeWith } from "../support/exchange.js";

const required = anyOf({ allOf: [{ scheme: "key", needs: [] }] });

async function statusAt(now: string, until: string, access = required, header = true) {
  const store = memoryKeys();
  const { key } = await createApiKey({ store, prefix: "sp_", owner: "ann" });
  const schemes = {
    ...apiPolicy.schemes,
    key: { kind: "apiKey", in: "header", name: "X-Key", prefix: "sp_", acceptedUntil: until },
  } as const;
  const shop = open(
    { a: { policy: { access } } },
    { schemes: { key: apiKeys({ store }) }, now: () => Date.parse(now), policy: { schemes } },
  );
  const reply = await shop.api.handle(exchangeWith(header ? { "x-key": key } : {}, "/a"));
  return [reply?.status, shop.runs.a ?? 0];
}

describe("R11 a deprecated scheme ends when the spec says", () => {
  const later = new Date(Date.now() + 1_000).toISOString();
  it("is accepted until then, and refused from then on, however good the credential", async () => {
    const until = "2099-01-01";
    expect(await statusAt(later, until)).toEqual([200, 1]);
    expect(await statusAt("2098-12-31T23:59:59.999Z", until)).toEqual([200, 1]);
    expect(await statusAt("2099-01-01T00:00:00Z", until)).toEqual([401, 0]);
  });

  it("a credential that is no longer accepted is not taken for none", async () => {
    const optional = anyOf({ allOf: [{ scheme: "key", needs: [] }] }, anonymous);
    expect(await statusAt("2099-01-01T00:00:00Z", "2099-01-01", optional)).toEqual([401, 0]);
    expect(await statusAt("2099-01-01T00:00:00Z", "2099-01-01", optional, false)).toEqual([200, 1]);
  });

  it("what is no date has passed", async () => expect(await statusAt(later, "soon")).toEqual([401, 0]));
});
