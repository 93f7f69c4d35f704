import { beforeEach, describe, expect, it } from "vitest";
import { apiKeys } from "../../../../runtime/src/credentials/api-key.js";
import type { ApiKeyScheme } from "../../../../runtime/src/policy/index.js";
import { Refusal } from "../../../../runtime/src/problem/refusal.js";
import { createApiKey, type KeyFinder, type KeyStore } from "../../../../runtime/src/secrets/api-key.js";
import { memoryKeys } from "../../../../runtime/src/stores/memory-keys.js";
import { exchangeWith } from "../../../support/exchange.js";
import { bindTo, gist } from "../../../support/verifying.js";

const header: ApiKeyScheme = { kind: "apiKey", in: "header", name: "X-Partner-Key", prefix: "lk_live_" };
const cookie: ApiKeyScheme = { kind: "apiKey", in: "cookie", name: "key" };
const refused = "401 unauthenticated";
let store: KeyStore;

beforeEach(() => {
  store = memoryKeys();
});

const verdictOn = async (
  headers: Parameters<typeof exchangeWith>[0],
  { scheme = header, from = store as KeyFinder, now = Date.now } = {},
) => bindTo(apiKeys({ store: from }), scheme, now).verify(exchangeWith(headers));

const make = (facts = {}) => createApiKey({ store, prefix: "lk_live_", owner: "partner", ...facts });

describe("an API key", () => {
  it("says who calls, with which scopes and roles", async () => {
    const { key, id } = await make({ scopes: ["a"], roles: ["teller"], tenant: "t", client: "c" });
    const verdict = await verdictOn({ "x-partner-key": key });
    if (verdict === undefined || verdict instanceof Refusal) throw new Error("refused");
    expect(verdict).toMatchObject({
      id: "partner",
      subject: "partner",
      tenant: "t",
      client: "c",
      claims: { keyId: id },
    });
    expect([...verdict.scopes, ...verdict.roles]).toEqual(["a", "teller"]);
  });

  it("may come in a cookie, and only in the place that the scheme names", async () => {
    const { key } = await make({ prefix: "" });
    expect(gist(await verdictOn({ cookie: `a=b; key=${key}; c=d` }, { scheme: cookie }))).toBe("partner");
    expect(gist(await verdictOn({ cookie: `key="${key}"` }, { scheme: cookie }))).toBe("partner");
    expect(gist(await verdictOn({ cookie: `Key=${key}; xkey=${key}` }, { scheme: cookie }))).toBe("nothing");
    expect(gist(await verdictOn({ key }, { scheme: cookie }))).toBe("nothing");
    expect(gist(await verdictOn({ cookie: `X-Partner-Key=${key}` }))).toBe("nothing");
  });

  it("sent twice is no request", async () => {
    const { key } = await make();
    expect(gist(await verdictOn({ "x-partner-key": [key, key] }))).toBe("400 invalid_request");
    expect(gist(await verdictOn({ cookie: [`key=${key}`, `key=${key}`] }, { scheme: cookie }))).toBe(
      "400 invalid_request",
    );
    expect(gist(await verdictOn({ cookie: `key=${key}; key=x` }, { scheme: cookie }))).toBe("400 invalid_request");
  });

  it("ends at its expiry and when it is revoked", async () => {
    const { key } = await make({ expiresAt: 1_000 });
    expect(gist(await verdictOn({ "x-partner-key": key }, { now: () => 999 }))).toBe("partner");
    expect(gist(await verdictOn({ "x-partner-key": key }, { now: () => 1_000 }))).toBe(refused);
    const other = await make();
    expect(await store.revoke(other.id)).toBe(true);
    expect(gist(await verdictOn({ "x-partner-key": other.key }))).toBe(refused);
    expect(await store.revoke("unknown")).toBe(false);
  });

  it("of another prefix is refused", async () => {
    const { key } = await make({ prefix: "lk_test_" });
    expect(gist(await verdictOn({ "x-partner-key": key }))).toBe(refused);
  });

  it("cannot be made with a prefix that breaks a header, nor for nobody", async () => {
    await expect(make({ prefix: "a\r\nb" })).rejects.toThrow(RangeError);
    await expect(make({ owner: "" })).rejects.toThrow(RangeError);
  });

  it("has a challenge that is valid and not bare", () => {
    const bound = bindTo(apiKeys({ store }), header);
    expect(bound.challenge()).toBe('ApiKey realm="oidc", in="header", name="X-Partner-Key"');
    expect(bound.challenge({ error: "x", name: "y" })).toBe(
      'ApiKey realm="oidc", error="x", name="X-Partner-Key", in="header"',
    );
  });
});

describe("a store of keys", () => {
  it.each<[string, () => KeyFinder]>([
    [
      "throws",
      () => ({
        find: () => {
          throw new Error("down");
        },
      }),
    ],
    ["rejects", () => ({ find: () => Promise.reject(new Error("down")) })],
    ["answers another key", () => ({ find: async () => ({ id: "x", digest: "", owner: "root", createdAt: 0 }) })],
  ])("that %s answers 503", async (_, broken) => {
    const { key } = await make();
    expect(gist(await verdictOn({ "x-partner-key": key }, { from: broken() }))).toBe("503 unavailable");
  });

  it("is not asked about text that is no key", async () => {
    const asked: string[] = [];
    const from: KeyFinder = { find: (id) => void asked.push(id) };
    for (const text of [
      "",
      "x",
      "lk_live_",
      "lk_live___proto___x",
      `lk_live_${"a".repeat(200)}`,
      "lk_live_' OR 1=1 --",
    ]) {
      expect(gist(await verdictOn({ "x-partner-key": text }, { from }))).toBe(refused);
    }
    expect(asked).toEqual([]);
  });

  it("answers synchronously, and then so does the verifier", async () => {
    const { key } = await make();
    const verdict = bindTo(apiKeys({ store }), header).verify(exchangeWith({ "x-partner-key": key }));
    expect(verdict).not.toBeInstanceOf(Promise);
  });

  it("takes no second key of one id", async () => {
    const record = { id: "a", digest: "", owner: "o", createdAt: 0 };
    await store.insert(record);
    expect(() => store.insert(record)).toThrow(/already/);
  });
});
