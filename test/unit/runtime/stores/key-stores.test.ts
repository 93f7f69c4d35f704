import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ApiKeyRecord, KeyStore } from "../../../../runtime/src/secrets/key-record.js";
import { cachedKeys } from "../../../../runtime/src/stores/cached-keys.js";
import { memoryKeys } from "../../../../runtime/src/stores/memory-keys.js";
import { postgresKeys } from "../../../../runtime/src/stores/postgres-keys.js";
import { type Database, databases } from "../../../support/databases.js";

const created = Date.UTC(2027, 0, 1, 12, 0, 0, 123);
const bare = (id: string, facts: Partial<ApiKeyRecord> = {}): ApiKeyRecord => ({
  id,
  digest: "d",
  hash: "sha256",
  owner: "ann",
  createdAt: created,
  ...facts,
});
const full = bare("full", {
  scheme: "key",
  hash: "hmac-sha256",
  pepper: "0a1b2c3d",
  tenant: "t'; drop table sallyport_api_keys; --",
  client: '\u{1F511} "quoted" \\ {a,b}',
  scopes: ["a:b", 'c"d', ""],
  roles: [],
  expiresAt: created + 1,
  lastUsedAt: created + 7,
});

/** What every store of keys does. `open` gives an empty one. */
function contract(open: () => Promise<KeyStore>): void {
  let store: KeyStore;
  beforeEach(async () => {
    store = await open();
  });

  it("gives back what it was given, to the millisecond, and nothing more", async () => {
    for (const record of [full, bare("bare")]) {
      await store.insert(record);
      expect(await store.find(record.id)).toEqual(record);
    }
    expect(await store.find("nobody")).toBeUndefined();
    expect(await store.find("' or true --")).toBeUndefined();
  });

  it("takes no second key of one id", async () => {
    await store.insert(bare("a"));
    await expect((async () => store.insert(bare("a", { owner: "eve" })))()).rejects.toThrow(/already/);
    expect(await store.find("a")).toMatchObject({ owner: "ann" });
  });

  it("lists by owner or all, oldest first", async () => {
    await store.insert(bare("b", { createdAt: created + 1 }));
    await store.insert(bare("c", { owner: "bob" }));
    await store.insert(bare("a", { createdAt: created + 1 }));
    const ids = async (filter?: { owner: string }) => (await store.list(filter)).map(({ id }) => id);
    expect(await ids()).toEqual(["c", "a", "b"]);
    expect(await ids({ owner: "ann" })).toEqual(["a", "b"]);
    expect(await ids({ owner: "" })).toEqual([]);
  });

  it("revokes once: the first time stays", async () => {
    await store.insert(bare("a"));
    expect(await store.revoke("a", created + 5)).toBe(true);
    expect(await store.revoke("a", created + 9)).toBe(true);
    expect(await store.find("a")).toMatchObject({ revokedAt: created + 5 });
    expect(await store.revoke("b", created)).toBe(false);
  });

  it("remembers the latest use", async () => {
    await store.insert(bare("a"));
    for (const at of [created + 5, created + 9, created + 7]) await store.touch("a", at);
    expect(await store.find("a")).toMatchObject({ lastUsedAt: created + 9 });
    await store.touch("nobody", created);
  });

  it("replaces: the new key is there, the old one ends at the overlap", async () => {
    await store.insert(bare("a"));
    const next = bare("b", { createdAt: created + 10, expiresAt: created + 99 });
    expect(await store.replace("a", next, created + 50)).toBe(true);
    expect(await store.find("b")).toEqual(next);
    expect(await store.find("a")).toEqual(bare("a", { replacedBy: "b", expiresAt: created + 50 }));
  });

  it("replaces without lengthening a life", async () => {
    await store.insert(bare("a", { expiresAt: created + 20 }));
    expect(await store.replace("a", bare("b", { createdAt: created + 10 }), created + 50)).toBe(true);
    expect(await store.find("a")).toMatchObject({ expiresAt: created + 20 });
  });

  it.each<[string, Partial<ApiKeyRecord>]>([
    ["revoked", { revokedAt: created + 1 }],
    ["replaced", { replacedBy: "z" }],
    ["expired", { expiresAt: created + 10 }],
  ])("replaces no key that is %s, and remembers no successor", async (_, facts) => {
    await store.insert(bare("a", facts));
    expect(await store.replace("a", bare("b", { createdAt: created + 10 }), created + 50)).toBe(false);
    expect(await store.replace("nobody", bare("b"), created + 50)).toBe(false);
    expect(await store.find("b")).toBeUndefined();
    expect(await store.find("a")).toEqual(bare("a", facts));
  });

  it("of many rotations at once, one happens", async () => {
    await store.insert(bare("a"));
    const done = await Promise.all(
      [..."bcdefghi"].map((id) => store.replace("a", bare(id, { createdAt: created + 1 }), created + 2)),
    );
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await store.list()).toHaveLength(2);
  });
}

describe("a store of keys in memory", () => contract(async () => memoryKeys()));
describe("a store of keys in memory, cached", () => contract(async () => cachedKeys(memoryKeys())));

describe.each(databases)("$name", ({ skip, start }) => {
  describe.skipIf(skip)("", () => {
    let database: Database;
    const run = (text: string) => database.client.query(text);
    const drop = () => run("drop table if exists sallyport_api_keys, sallyport_schema");
    beforeAll(async () => {
      database = await start();
    }, 120_000);
    afterAll(() => database.close());

    describe("a store of keys", () =>
      contract(async () => {
        await drop();
        return postgresKeys(database.client);
      }));

    it("migrates once: who comes later finds what was kept", async () => {
      await drop();
      await (await postgresKeys(database.client)).insert(full);
      const later = await postgresKeys(database.another(), { migrate: "check" });
      expect(await later.find("full")).toEqual(full);
    });

    it("of many that start at once on an empty database, all start", async () => {
      await drop();
      const stores = await Promise.all([...Array(6)].map(() => postgresKeys(database.another())));
      await stores[0]?.insert(full);
      for (const store of stores) expect(await store.find("full")).toEqual(full);
    });

    it("refuses a schema that is newer than it knows, and leaves it alone", async () => {
      await drop();
      await postgresKeys(database.client);
      await run("update sallyport_schema set version = 99");
      const newer = expect.objectContaining({
        code: "SPA01",
        message: expect.stringContaining("newer @sallyport/runtime"),
      });
      await expect(postgresKeys(database.client)).rejects.toEqual(newer);
      await expect(postgresKeys(database.client, { migrate: "check" })).rejects.toEqual(newer);
      expect((await run("select version from sallyport_schema")).rows).toEqual([{ version: 99 }]);
    });

    it("that may only check refuses an empty database, and creates nothing", async () => {
      await drop();
      await expect(postgresKeys(database.client, { migrate: "check" })).rejects.toMatchObject({ code: "SPA02" });
      expect((await run("select to_regclass('sallyport_schema') as found")).rows).toEqual([{ found: null }]);
    });
  });
});
