import { createHash, createHmac } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { apiKeys } from "../../runtime/src/credentials/api-key.js";
import { createApiKey, type NewApiKey, revokeApiKey, rotateApiKey } from "../../runtime/src/credentials/key-life.js";
import type { ApiKeyScheme } from "../../runtime/src/policy/index.js";
import { Refusal } from "../../runtime/src/problem/refusal.js";
import { StartError } from "../../runtime/src/problem/start-error.js";
import { keyDigester, type Peppers } from "../../runtime/src/secrets/key-digest.js";
import type { ApiKeyRecord, KeyFinder, KeyStore } from "../../runtime/src/secrets/key-record.js";
import { memoryKeys } from "../../runtime/src/stores/memory-keys.js";
import { exchangeWith } from "../support/exchange.js";
import { bindTo, gist } from "../support/verifying.js";

const compared = vi.hoisted(() => ({ times: 0 }));
vi.mock("node:crypto", async (load) => {
  const real = await load<typeof import("node:crypto")>();
  const timingSafeEqual: typeof real.timingSafeEqual = (one, other) => {
    compared.times += 1;
    return real.timingSafeEqual(one, other);
  };
  return { ...real, timingSafeEqual };
});

const scheme: ApiKeyScheme = { kind: "apiKey", in: "header", name: "X-Key" };
const day = 86_400_000;
const pepper = "p".repeat(32);
const refused = "401 unauthenticated";

async function issued(facts: Partial<NewApiKey> = {}) {
  const store = memoryKeys();
  const { key, id } = await createApiKey({ store, owner: "ann", ...facts });
  const record = await store.find(id);
  if (record === undefined) throw new Error("nothing was stored");
  return { key, record, store };
}

interface At {
  readonly rules?: Partial<ApiKeyScheme>;
  readonly peppers?: Peppers;
  readonly at?: number;
}

const verdictOn = async (store: KeyFinder, key: string, { rules, peppers, at = Date.now() }: At = {}) => {
  const verifier = apiKeys({ store, ...(peppers === undefined ? {} : { pepper: peppers }) });
  return gist(await bindTo(verifier, { ...scheme, ...rules }, () => at).verify(exchangeWith({ "x-key": key })));
};

describe("R54 API keys are random", () => {
  it("R54 ASVS 11.5.1 hold 160 random bits unless the spec asks for more, and no two are alike", async () => {
    const keys = new Set<string>();
    const store = memoryKeys();
    for (let n = 0; n < 1_000; n += 1) {
      const { key } = await createApiKey({ store, owner: "o" });
      keys.add(key.split("_").at(-1)?.slice(0, 40) ?? "");
    }
    expect(keys.size).toBe(1_000);
    for (const secret of keys) expect(secret).toMatch(/^[0-9a-f]{40}$/);
    // Every position takes every value: nothing of the secret is fixed.
    for (let at = 0; at < 40; at += 1) expect(new Set([...keys].map((secret) => secret[at])).size).toBe(16);
    const { key } = await createApiKey({ store, owner: "o", rules: { entropyBits: 512 } });
    expect(key).toMatch(/^[0-9a-f]{16}_[0-9a-f]{136}$/);
  });

  it("R54 a key with fewer random bits than the spec asks for is refused", async () => {
    const { key, store } = await issued();
    expect(await verdictOn(store, key)).toBe("ann");
    expect(await verdictOn(store, key, { rules: { entropyBits: 256 } })).toBe(refused);
    await expect(issued({ rules: { entropyBits: 120 } })).rejects.toThrow(/128/);
  });

  it("R54 a mistyped key, or one without its prefix, is refused and the store is not asked", async () => {
    const { key, store } = await issued({ rules: { prefix: "lk_" } });
    const asked: string[] = [];
    const find: KeyStore["find"] = (id) => {
      asked.push(id);
      return store.find(id);
    };
    const rules = { prefix: "lk_" };
    for (let at = 0; at < key.length; at += 1) {
      const typed = `${key.slice(0, at)}${key[at] === "0" ? "1" : "0"}${key.slice(at + 1)}`;
      expect(await verdictOn({ find }, typed, { rules })).toBe(refused);
    }
    expect(await verdictOn({ find }, key.slice(3), { rules })).toBe(refused);
    expect(await verdictOn({ find }, key.toUpperCase(), { rules })).toBe(refused);
    expect(asked).toEqual([]);
    expect(await verdictOn({ find }, key, { rules })).toBe("ann");
  });
});

describe("R54 API keys are hashed at rest", () => {
  it("R54 by SHA-256, and nothing of the secret is in the record", async () => {
    const { key, record } = await issued();
    expect(JSON.stringify(record)).not.toContain(key.split("_").at(-1)?.slice(0, 40));
    expect(record).toMatchObject({ hash: "sha256", digest: createHash("sha256").update(key).digest("base64url") });
  });

  it("R54 by HMAC-SHA-256 under a pepper whose id is kept, and not the pepper", async () => {
    const { key, record } = await issued({ rules: { hash: "hmac-sha256" }, pepper });
    expect(record.digest).toBe(createHmac("sha256", pepper).update(key).digest("base64url"));
    expect(record.pepper).toMatch(/^[0-9a-f]{8}$/);
    expect(JSON.stringify(record)).not.toContain(pepper);
  });

  it("R54 ASVS 13.3.4 a pepper is rotated: new keys get the first, older ones verify while theirs is listed", async () => {
    const rules = { hash: "hmac-sha256" } as const;
    const next = "q".repeat(32);
    const { key, store } = await issued({ rules, pepper });
    const later = await createApiKey({ store, owner: "bob", rules, pepper: [next, pepper] });
    expect(await verdictOn(store, key, { rules, peppers: [next, pepper] })).toBe("ann");
    expect(await verdictOn(store, later.key, { rules, peppers: next })).toBe("bob");
    expect(await verdictOn(store, key, { rules, peppers: next })).toBe(refused);
  });

  it("R54 a record that was made without the pepper is refused where the spec asks for one, and the other way round", async () => {
    const plain = await issued();
    expect(await verdictOn(plain.store, plain.key, { rules: { hash: "hmac-sha256" }, peppers: pepper })).toBe(refused);
    const peppered = await issued({ rules: { hash: "hmac-sha256" }, pepper });
    expect(await verdictOn(peppered.store, peppered.key)).toBe(refused);
  });

  it.each<[string, Partial<ApiKeyScheme>, Peppers | undefined, RegExp]>([
    ["hmac-sha256 has no pepper", { hash: "hmac-sha256" }, undefined, /needs a pepper/],
    ["there is an empty list of peppers", { hash: "hmac-sha256" }, [], /needs a pepper/],
    ["a pepper is short", { hash: "hmac-sha256" }, [pepper, "short"], /32 characters/],
    ["the spec's pepper is not set", { hash: "hmac-sha256", pepper: [{ env: "P" }] }, undefined, /32 characters/],
    ["keys may be guessed", { entropyBits: 64 }, undefined, /128/],
    ["a prefix breaks a header", { prefix: "a\r\nb" }, undefined, /prefix/],
    ["the hash is unknown", { hash: "md5" as never }, undefined, /md5/],
    ["an overlap is longer than a life", { rotation: { maxAge: "1d", overlap: "2d" } }, undefined, /overlap/],
    ["a rotation cannot be read", { rotation: { maxAge: "soon" as never } }, undefined, /soon/],
  ])("R54 the server does not start when %s", (_, rules, peppers, said) => {
    const options = peppers === undefined ? {} : { pepper: peppers };
    const start = () => bindTo(apiKeys({ store: memoryKeys(), ...options }), { ...scheme, ...rules });
    expect(start).toThrow(StartError);
    expect(start).toThrow(said);
  });

  it("R54 the pepper comes from the setting that the spec names", async () => {
    const rules = { hash: "hmac-sha256", pepper: [{ env: "PEPPER" }] } as const;
    const { key, store } = await issued({ rules, pepper });
    const bound = bindTo(apiKeys({ store }), { ...scheme, ...rules }, Date.now, { PEPPER: pepper });
    expect(gist(await bound.verify(exchangeWith({ "x-key": key })))).toBe("ann");
  });
});

describe("R54 API keys are compared in constant time", () => {
  const wrong = (key: string) => `${key.slice(0, -2)}zz`;

  it("R54 whole: one changed character refuses", async () => {
    const { key, record } = await issued();
    const { matches } = keyDigester("sha256", undefined);
    expect(matches(key, record)).toBe(true);
    for (let at = 0; at < key.length; at += 1) {
      const changed = `${key.slice(0, at)}${key[at] === "0" ? "1" : "0"}${key.slice(at + 1)}`;
      expect(matches(changed, record)).toBe(false);
    }
    expect(matches(`${key} `, record)).toBe(false);
    expect(matches(key, undefined)).toBe(false);
    expect(matches(key, { ...record, digest: "" })).toBe(false);
    expect(matches(key, { ...record, digest: record.digest.slice(0, 20) })).toBe(false);
  });

  afterEach(() => {
    compared.times = 0;
  });

  it.each<[string, Partial<ApiKeyScheme>]>([
    ["sha256", {}],
    ["hmac-sha256", { hash: "hmac-sha256" }],
  ])("R54 ASVS 11.2.4 exactly once by timingSafeEqual, whatever the key is (%s)", async (_, rules) => {
    const { key, store } = await issued({ rules, pepper });
    const other = await createApiKey({ store: memoryKeys(), owner: "ann", rules, pepper });
    const revoked = await createApiKey({ store, owner: "o", rules, pepper });
    await store.revoke(revoked.id, 0);
    for (const text of [key, other.key, revoked.key, "junk"]) {
      compared.times = 0;
      await verdictOn(store, text, { rules, peppers: pepper });
      expect(compared.times).toBe(1);
    }
  });

  it("R54 unknown, wrong, expired, revoked, replaced and foreign keys get one and the same answer", async () => {
    const { key, record, store } = await issued();
    const past = Date.now() - day;
    const expired = await createApiKey({ store, owner: "o", expiresAt: past + 1, now: () => past });
    const revoked = await createApiKey({ store, owner: "o" });
    await store.revoke(revoked.id, 0);
    const replaced = await createApiKey({ store, owner: "o" });
    await rotateApiKey({ store, id: replaced.id });
    const foreign = await createApiKey({ store, owner: "o", scheme: "another" });
    const unknown = await issued();
    const forged = await issued();
    const find = (id: string) =>
      id === forged.record.id ? { ...record, id: forged.record.id } : (store.find(id) as ApiKeyRecord | undefined);
    const verifier = bindTo(apiKeys({ store: { find } }), scheme);
    const answers = [unknown.key, forged.key, expired.key, revoked.key, replaced.key, foreign.key, "junk", `${key}0`];
    const said = await Promise.all(
      answers.map(async (text) => {
        const verdict = await verifier.verify(exchangeWith({ "x-key": text }));
        if (!(verdict instanceof Refusal)) throw new Error(`${text} was not refused`);
        const { cause, ...told } = verdict;
        // The log's reason names the id at most.
        expect(String(cause)).not.toContain(text.split("_").at(-1)?.slice(0, 12) ?? "");
        return JSON.stringify(told);
      }),
    );
    expect(new Set(said).size).toBe(1);
  });

  it("R54 an unknown id takes no less time than a wrong secret", async () => {
    const { key, record } = await issued();
    const { matches } = keyDigester("sha256", undefined);
    const sample = (of: ApiKeyRecord | undefined) => {
      const start = process.hrtime.bigint();
      for (let n = 0; n < 20; n += 1) matches(wrong(key), of);
      return Number(process.hrtime.bigint() - start);
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let n = 0; n < 1_500; n += 1) {
      known.push(sample(record));
      unknown.push(sample(undefined));
    }
    const median = (values: number[]) => values.slice(500).sort((a, b) => a - b)[500] ?? Number.NaN;
    const ratio = median(unknown) / median(known);
    // Without the dummy comparison it would be near 0: the bound is wide, so that a busy machine does not fail the test.
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });
});

describe("R54 API keys end", () => {
  it("R54 at their expiry; and one without an expiry is refused where the spec requires one", async () => {
    const rules = { expires: "required" } as const;
    const { key, store } = await issued({ rules, expiresAt: 2_000, now: () => 1_000 });
    expect(await verdictOn(store, key, { rules, at: 1_999 })).toBe("ann");
    expect(await verdictOn(store, key, { rules, at: 2_000 })).toBe(refused);
    await expect(issued({ rules })).rejects.toThrow(/expiry/);
    await expect(issued({ expiresAt: 1_000, now: () => 1_000 })).rejects.toThrow(/future/);
    const endless = await issued();
    expect(await verdictOn(endless.store, endless.key, { rules })).toBe(refused);
  });

  it("R54 at rotation.maxAge, whatever their record says", async () => {
    const rules = { rotation: { maxAge: "90d", overlap: "7d" } } as const;
    const { key, record, store } = await issued({ rules, now: () => 0 });
    expect(record.expiresAt).toBe(90 * day);
    expect(await verdictOn(store, key, { rules, at: 90 * day - 1 })).toBe("ann");
    const old = await issued({ now: () => 0 });
    expect(await verdictOn(old.store, old.key, { at: 91 * day })).toBe("ann");
    expect(await verdictOn(old.store, old.key, { rules, at: 90 * day })).toBe(refused);
    await expect(issued({ rules, expiresAt: 91 * day, now: () => 0 })).rejects.toThrow(/maxAge/);
  });

  it("R54 by rotation: both keys work during the overlap, then the new one alone", async () => {
    const rules = { rotation: { maxAge: "90d", overlap: "7d" } } as const;
    const { key, record, store } = await issued({ rules, roles: ["teller"], scopes: ["s"], tenant: "t", now: () => 0 });
    const next = await rotateApiKey({ store, id: record.id, rules, now: () => 80 * day });
    if (next === undefined) throw new Error("not rotated");
    const works = async (at: number) => [
      await verdictOn(store, key, { rules, at }),
      await verdictOn(store, next.key, { rules, at }),
    ];
    expect(await works(87 * day - 1)).toEqual(["ann", "ann"]);
    expect(await works(87 * day)).toEqual([refused, "ann"]);
    expect(await works(170 * day)).toEqual([refused, refused]);
    expect(await store.find(next.id)).toMatchObject({ owner: "ann", roles: ["teller"], scopes: ["s"], tenant: "t" });
    expect(await store.find(record.id)).toMatchObject({ replacedBy: next.id });
  });

  it("R54 an overlap gives no key a longer life, and a dead key has no successor", async () => {
    const { key, record, store } = await issued({ expiresAt: 10, now: () => 0 });
    expect(await rotateApiKey({ store, id: record.id, overlap: day, now: () => 5 })).toBeDefined();
    expect(await verdictOn(store, key, { at: 10 })).toBe(refused);
    expect(await rotateApiKey({ store, id: record.id, now: () => 6 })).toBeUndefined();
    const revoked = await issued();
    await revoked.store.revoke(revoked.record.id, 0);
    expect(await rotateApiKey({ store: revoked.store, id: revoked.record.id })).toBeUndefined();
    const expired = await issued({ expiresAt: 10, now: () => 0 });
    expect(await rotateApiKey({ store: expired.store, id: expired.record.id, now: () => 10 })).toBeUndefined();
    expect(await rotateApiKey({ store, id: "unknown" })).toBeUndefined();
    const foreign = await issued({ scheme: "a" });
    await expect(rotateApiKey({ store: foreign.store, id: foreign.record.id, scheme: "b" })).rejects.toThrow(
      RangeError,
    );
  });

  it("R54 of two rotations at once, one makes a key", async () => {
    const { record, store } = await issued();
    const made = await Promise.all([1, 2, 3].map(() => rotateApiKey({ store, id: record.id })));
    expect(made.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await store.list()).toHaveLength(2);
  });

  it("R54 by revocation, at once", async () => {
    const { key, record, store } = await issued();
    expect(await verdictOn(store, key)).toBe("ann");
    expect(await revokeApiKey({ store, id: record.id })).toBe(true);
    expect(await verdictOn(store, key)).toBe(refused);
    expect(await revokeApiKey({ store, id: "unknown" })).toBe(false);
  });
});
