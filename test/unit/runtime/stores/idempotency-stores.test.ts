import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryIdempotency } from "../../../../runtime/src/stores/memory-idempotency.js";
import { postgresIdempotency } from "../../../../runtime/src/stores/postgres-idempotency.js";
import { redisIdempotency } from "../../../../runtime/src/stores/redis.js";
import { type Database, databases } from "../../../support/databases.js";
import { type RedisServer, redisAbsent, startRedis } from "../../../support/redis-server.js";
import { holdsIdempotencyContract } from "./idempotency.contract.js";

const claim = { fingerprint: "f", owner: "o", lease: 1_000, ttl: 60_000, again: false };

describe("idempotency keys in memory", () => {
  holdsIdempotencyContract(() => memoryIdempotency());

  it("R53 a full store refuses, rather than forget what still matters", () => {
    const few = memoryIdempotency({ maxKeys: 2 });
    few.begin("a", claim, 0);
    few.begin("b", claim, 1);
    expect(() => few.begin("c", claim, 59_999)).toThrow(RangeError);
    expect(few.begin("c", claim, 60_000)).toEqual({ kind: "new" });
    const small = memoryIdempotency({ maxSize: 10 });
    small.begin("a", claim, 0);
    small.settle("a", claim, { kind: "done", result: "x".repeat(10) }, 0);
    expect(() => small.begin("b", claim, 1)).toThrow(RangeError);
    expect(small.begin("b", claim, 60_000)).toEqual({ kind: "new" });
  });
});

describe.skipIf(redisAbsent)(redisAbsent ? "in Redis (no server on this machine)" : "in Redis", () => {
  let server: RedisServer;
  let io: Redis;
  let node: ReturnType<typeof createClient>;
  let opened = 0;
  beforeAll(async () => {
    server = await startRedis();
    io = new Redis(server.socket);
    node = createClient({ socket: { path: server.socket, tls: false } });
    await node.connect();
  });
  afterAll(async () => {
    io.disconnect();
    node.destroy();
    await server.stop();
  });
  const fresh = (client: Parameters<typeof redisIdempotency>[0]) =>
    redisIdempotency(client, { prefix: `i${++opened}`, clock: "caller" });

  describe("through ioredis", () => holdsIdempotencyContract(() => fresh(io)));
  describe("through node-redis", () => holdsIdempotencyContract(() => fresh(node)));

  it("keys go away by themselves, and the server's clock counts", async () => {
    const store = redisIdempotency(io, { prefix: "own" });
    await store.begin("k", claim, 0);
    expect(await store.begin("k", claim, 4_000_000_000_000)).toEqual({ kind: "running" });
    expect(await io.pttl("own:idempotency:k")).toBeGreaterThan(0);
    await expect(
      redisIdempotency({ evalsha: async () => null, eval: async () => null }).begin("k", claim, 0),
    ).rejects.toThrow();
  });
});

describe.each(databases)("in $name", ({ skip, start }) => {
  describe.skipIf(skip)("", () => {
    let database: Database;
    beforeAll(async () => {
      database = await start();
    });
    afterAll(() => database?.close());

    holdsIdempotencyContract(async () => {
      const store = await postgresIdempotency(database.client);
      await database.client.query("truncate sallyport_idempotency");
      return store;
    });

    it("old keys are swept, and a database without the table is refused where it may not be made", async () => {
      const store = await postgresIdempotency(database.another());
      for (let n = 0; n < 5; n += 1) await store.begin(`old${n}`, claim, 0);
      for (let n = 0; n < 100; n += 1) await store.begin(`new${n}`, claim, 100_000);
      const count = async () =>
        (await database.client.query("select count(*)::int as n from sallyport_idempotency where key like 'old%'"))
          .rows[0];
      for (let n = 0; n < 50 && ((await count()) as { n: number }).n > 0; n += 1)
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await count()).toEqual({ n: 0 });
    });
  });
});
