import { beforeEach, describe, expect, it } from "vitest";
import { apiKeys } from "../../../../runtime/src/credentials/api-key.js";
import { createApiKey } from "../../../../runtime/src/credentials/key-life.js";
import type { ApiKeyScheme } from "../../../../runtime/src/policy/index.js";
import { Refusal } from "../../../../runtime/src/problem/refusal.js";
import type { KeyFinder, KeyStore } from "../../../../runtime/src/secrets/key-record.js";
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
    const { key } = await make({ expiresAt: 1_000, now: () => 0 });
    expect(gist(await verdictOn({ "x-partner-key": key }, { now: () => 999 }))).toBe("partner");
    expect(gist(await verdictOn({ "x-partner-key": key }, { now: () => 1_000 }))).toBe(refused);
    const other = await make();
    expect(await store.revoke(other.id, 0)).toBe(true);
    expect(gist(await verdictOn({ "x-partner-key": other.key }))).toBe(refused);
    expect(await store.revoke("unknown", 0)).toBe(false);
  });

  it("of another prefix is refused", async () => {
    const { key } = await make({ prefix: "lk_test_" });
    expect(gist(await verdictOn({ "x-partner-key": key }))).toBe(refused);
  });

  it("made for one scheme opens no other, whatever its prefix", async () => {
    const mine = await make({ scheme: "oidc" });
    expect(gist(await verdictOn({ "x-partner-key": mine.key }))).toBe("partner");
    const other = await make({ scheme: "adminKey" });
    expect(gist(await verdictOn({ "x-partner-key": other.key }))).toBe(refused);
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

describe("the last use of a key", () => {
  const minute = 60_000;
  let at = 10 * minute;
  const now = () => at;
  const use = async (from: KeyFinder, key: string) => {
    const verdict = await bound(from).verify(exchangeWith({ "x-partner-key": key }));
    await new Promise(setImmediate);
    return gist(verdict);
  };
  const verifiers = new WeakMap<KeyFinder, ReturnType<typeof bindTo>>();
  const bound = (from: KeyFinder) => {
    const known = verifiers.get(from) ?? bindTo(apiKeys({ store: from }), header, now);
    verifiers.set(from, known);
    return known;
  };

  it("is written at most once a minute, and for good keys only", async () => {
    const { key, id } = await make();
    const touched: number[] = [];
    const from: KeyFinder = { find: store.find, touch: (_, when) => void touched.push(when) };
    for (const step of [0, 1, minute - 2, 1, minute]) {
      at += step;
      expect(await use(from, key)).toBe("partner");
    }
    expect(touched).toEqual([10 * minute, 11 * minute, 12 * minute]);
    await store.revoke(id, at);
    at += minute;
    expect(await use(from, key)).toBe(refused);
    expect(touched).toHaveLength(3);
  });

  it("that cannot be written, or never is, does not fail or delay the call, and is logged", async () => {
    const { key } = await make();
    const warned: unknown[] = [];
    const log = { debug: () => {}, info: () => {}, warn: (facts: object) => void warned.push(facts), error: () => {} };
    const touches = [
      () => Promise.reject(new Error("down")),
      () => {
        throw new Error("down");
      },
      () => new Promise<void>(() => {}),
    ];
    for (const touch of touches) {
      const verifier = apiKeys({ store: { find: store.find, touch } });
      const verdict = verifier
        .bind({ name: "oidc", scheme: header, settings: {}, now, log })
        .verify(exchangeWith({ "x-partner-key": key }));
      expect(verdict).not.toBeInstanceOf(Promise);
      expect(gist(await verdict)).toBe("partner");
      await new Promise(setImmediate);
    }
    expect(warned).toHaveLength(2);
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
    [
      "answers another key",
      () => ({ find: async () => ({ id: "x", digest: "", hash: "sha256" as const, owner: "root", createdAt: 0 }) }),
    ],
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
      `lk_live_${"a".repeat(16)}_${"a".repeat(48)}`,
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

  it("that hangs answers 503 in time", async () => {
    const { key } = await make();
    const from: KeyFinder = { find: () => new Promise(() => {}) };
    const bound = bindTo(apiKeys({ store: from, timeout: "5ms" }), header);
    expect(gist(await bound.verify(exchangeWith({ "x-partner-key": key })))).toBe("503 unavailable");
  });
});
