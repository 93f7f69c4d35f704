import { describe, expect, it } from "vitest";
import type { ApiKeyRecord, KeyStore } from "../../../../runtime/src/secrets/key-record.js";
import { cachedKeys } from "../../../../runtime/src/stores/cached-keys.js";
import { memoryKeys } from "../../../../runtime/src/stores/memory-keys.js";

const record = (id: string): ApiKeyRecord => ({ id, digest: "", hash: "sha256", owner: "ann", createdAt: 0 });

function counted() {
  const store = memoryKeys();
  const asked: string[] = [];
  const slow: KeyStore = {
    ...store,
    find: async (id) => {
      asked.push(id);
      const found = await store.find(id);
      await new Promise(setImmediate);
      return found;
    },
  };
  let at = 0;
  const cached = cachedKeys(slow, { maxAge: "5s", size: 2, now: () => at });
  const pass = (ms: number) => {
    at += ms;
  };
  return { store, asked, cached, pass };
}

describe("cached keys", () => {
  it("ask the store once in maxAge, and not for what it does not know", async () => {
    const { cached, asked, pass } = counted();
    expect(await cached.find("a")).toBeUndefined();
    await cached.insert(record("a"));
    for (const step of [0, 4_999, 1, 0]) {
      pass(step);
      expect(await cached.find("a")).toMatchObject({ id: "a" });
    }
    expect(asked).toEqual(["a", "a", "a"]);
  });

  it("R54 a revocation through the cache holds at once, one beside it within maxAge", async () => {
    const { cached, store, pass } = counted();
    for (const id of ["a", "b"]) await store.insert(record(id));
    for (const id of ["a", "b"]) await cached.find(id);
    await cached.revoke("a", 1);
    expect(await cached.find("a")).toMatchObject({ revokedAt: 1 });
    await store.revoke("b", 1);
    pass(5_000);
    expect(await cached.find("b")).toMatchObject({ revokedAt: 1 });
  });

  it("R54 what was read before a revocation is not believed after it", async () => {
    const { cached, store } = counted();
    await store.insert(record("a"));
    const early = cached.find("a");
    await cached.revoke("a", 1);
    await early;
    expect(await cached.find("a")).toMatchObject({ revokedAt: 1 });
  });

  it("a rotation through the cache holds at once", async () => {
    const { cached, store } = counted();
    await store.insert(record("a"));
    await cached.find("a");
    expect(await cached.replace("a", record("b"), 9)).toBe(true);
    expect(await cached.find("a")).toMatchObject({ replacedBy: "b", expiresAt: 9 });
  });

  it("keep no more than they may, and nothing for more than a minute", async () => {
    const { cached, store, asked } = counted();
    for (const id of ["a", "b", "c"]) await store.insert(record(id));
    for (const id of ["a", "b", "c", "b", "c", "a"]) await cached.find(id);
    expect(asked).toEqual(["a", "b", "c", "a"]);
    expect(() => cachedKeys(store, { maxAge: "61s" })).toThrow(RangeError);
  });
});
