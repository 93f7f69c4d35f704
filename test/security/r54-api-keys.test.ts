import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { apiKeys } from "../../runtime/src/credentials/api-key.js";
import { Refusal } from "../../runtime/src/problem/refusal.js";
import { type ApiKeyRecord, createApiKey, isKeyOf } from "../../runtime/src/secrets/api-key.js";
import { memoryKeys } from "../../runtime/src/stores/memory-keys.js";
import { exchangeWith } from "../support/exchange.js";
import { bindTo } from "../support/verifying.js";

const scheme = { kind: "apiKey", in: "header", name: "X-Key" } as const;

async function issued() {
  const records: ApiKeyRecord[] = [];
  const keep = memoryKeys();
  const store = {
    ...keep,
    insert: (record: ApiKeyRecord) => {
      records.push(record);
      return keep.insert(record);
    },
  };
  const { key } = await createApiKey({ store, owner: "ann" });
  const [record] = records;
  if (record === undefined) throw new Error("nothing was stored");
  return { key, record, store };
}

describe("R54 API keys", () => {
  it("R54 hold at least 160 random bits, and no two are alike", async () => {
    const keys = new Set<string>();
    const store = memoryKeys();
    for (let n = 0; n < 1_000; n += 1)
      keys.add((await createApiKey({ store, owner: "o" })).key.split("_").at(-1) ?? "");
    expect(keys.size).toBe(1_000);
    for (const secret of keys) expect(secret).toMatch(/^[0-9a-f]{48}$/);
    // Every position takes every value: nothing of the secret is fixed.
    for (let at = 0; at < 48; at += 1) expect(new Set([...keys].map((secret) => secret[at])).size).toBe(16);
  });

  it("R54 are stored as a digest only", async () => {
    const { key, record } = await issued();
    const secret = key.split("_").at(-1) ?? "";
    expect(JSON.stringify(record)).not.toContain(secret);
    expect(record.digest).toBe(createHash("sha256").update(key).digest("base64url"));
  });

  it("R54 are compared whole: one changed character refuses", async () => {
    const { key, record } = await issued();
    expect(isKeyOf(key, record)).toBe(true);
    for (let at = 0; at < key.length; at += 1) {
      const changed = `${key.slice(0, at)}${key[at] === "0" ? "1" : "0"}${key.slice(at + 1)}`;
      expect(isKeyOf(changed, record)).toBe(false);
    }
    expect(isKeyOf(`${key} `, record)).toBe(false);
    expect(isKeyOf(key, undefined)).toBe(false);
    expect(isKeyOf(key, { digest: "" })).toBe(false);
    expect(isKeyOf(key, { digest: record.digest.slice(0, 20) })).toBe(false);
  });

  it("R54 unknown, wrong, expired and revoked keys get one and the same answer", async () => {
    const { key, store } = await issued();
    const expired = await createApiKey({ store, owner: "o", expiresAt: 1 });
    const revoked = await createApiKey({ store, owner: "o" });
    await store.revoke(revoked.id);
    const verifier = bindTo(apiKeys({ store }), scheme);
    const answers = [
      `${key.slice(0, -1)}${key.endsWith("0") ? "1" : "0"}`,
      `${"0".repeat(16)}_${"0".repeat(48)}`,
      expired.key,
      revoked.key,
      "junk",
    ];
    const said = await Promise.all(
      answers.map(async (text) => {
        const verdict = await verifier.verify(exchangeWith({ "x-key": text }));
        if (!(verdict instanceof Refusal)) throw new Error(`${text} was not refused`);
        const { cause: _, ...told } = verdict;
        return JSON.stringify(told);
      }),
    );
    expect(new Set(said).size).toBe(1);
  });

  it("R54 an unknown id is compared as well: it takes no less time than a wrong secret", async () => {
    const { key, record } = await issued();
    const wrong = `${key.slice(0, -2)}zz`;
    const sample = (of: ApiKeyRecord | undefined) => {
      const start = process.hrtime.bigint();
      for (let n = 0; n < 20; n += 1) isKeyOf(wrong, of);
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
