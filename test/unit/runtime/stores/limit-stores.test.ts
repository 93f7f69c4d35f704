import fc from "fast-check";
import { Cluster, Redis } from "ioredis";
import { createClient, createClientPool, createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LimitCheck } from "../../../../runtime/src/stores/limits.js";
import { memoryLimits } from "../../../../runtime/src/stores/memory-limits.js";
import { type RedisClient, redisLimits } from "../../../../runtime/src/stores/redis.js";
import { checkOf } from "../../../support/limit-checks.js";
import { type RedisServer, redisAbsent, startRedis } from "../../../support/redis-server.js";
import { holdsLimitContract } from "./limits.contract.js";

describe("limits in memory", () => holdsLimitContract(() => memoryLimits()));

describe.skipIf(redisAbsent)(redisAbsent ? "limits in Redis (no server on this machine)" : "limits in Redis", () => {
  let server: RedisServer;
  let io: Redis;
  let node: ReturnType<typeof createClient>;
  let opened = 0;
  const fresh = (client: RedisClient) => redisLimits(client, { prefix: `t${++opened}`, clock: "caller" });

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

  describe("through ioredis", () => holdsLimitContract(() => fresh(io)));
  describe("through node-redis", () => holdsLimitContract(() => fresh(node)));

  it("decides as memory does, whatever comes", async () => {
    const windows = [60_000, 61_003, 3_600_000];
    const call = fc.record({
      gap: fc.integer({ min: -9_000, max: 20_000 }),
      checks: fc.array(
        fc.record({
          algorithm: fc.constantFrom("gcra", "fixed", "sliding", "lockout", "slots"),
          name: fc.constantFrom("a", "b"),
          cost: fc.integer({ min: -3, max: 4 }),
          more: fc.nat(3),
          always: fc.boolean(),
          debt: fc.boolean(),
          slot: fc.nat(5),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...windows),
        fc.integer({ min: 1, max: 9 }),
        fc.array(call, { maxLength: 25 }),
        async (window, limit, calls) => {
          const [memory, redis] = [memoryLimits(), fresh(io)];
          let now = 1_800_000_000_000;
          for (const { gap, checks } of calls) {
            now += gap;
            const asked = checks.map(
              ({ name, more, cost, algorithm, ...rest }): LimitCheck =>
                checkOf(`${algorithm}|${name}`, {
                  ...rest,
                  algorithm,
                  cost,
                  upTo: cost + more,
                  window,
                  limit,
                  burst: limit,
                }),
            );
            const [one, other] = [memory.take(asked, now), await redis.take(asked, now)];
            expect(other).toEqual(one);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("all limits of a call are one command", async () => {
    const store = fresh(io);
    const checks = Array.from({ length: 6 }, (_, n) => checkOf(`k${n}`));
    await store.take(checks, 0);
    await io.call("CONFIG", "RESETSTAT");
    await store.take(checks, 0);
    const stats = String(await io.info("commandstats"));
    const fromClient = /cmdstat_evalsha:calls=1,/.test(stats) && !/cmdstat_eval:/.test(stats);
    expect([fromClient, stats]).toEqual([true, stats]);
  });

  it("a script that the server has forgotten is sent again", async () => {
    const store = fresh(io);
    await io.script("FLUSH");
    expect((await store.take([checkOf("k")], 0))[0]?.allowed).toBe(true);
  });

  it("keys are in one slot of a cluster, and go away by themselves", async () => {
    await redisLimits(io, { prefix: "shop" }).take([checkOf("g|perIp|1"), checkOf("g|perUser|2")], 0);
    const keys = (await io.keys("{shop}*")).sort();
    expect(keys).toEqual(["{shop}limit:g|perIp|1", "{shop}limit:g|perUser|2"]);
    const [first = ""] = keys;
    expect(await io.pttl(first)).toBeGreaterThan(0);
    expect(await io.pttl(first)).toBeLessThanOrEqual(12_000);
    expect(() => redisLimits(io, { prefix: "a}b" })).toThrow(RangeError);
  });

  it("counts by the server's clock: processes whose clocks differ share one limit", async () => {
    const store = redisLimits(io, { prefix: "clocks" });
    for (const now of [0, 4_000_000_000_000, 1_000, 2_000_000_000_000, 5]) await store.take([checkOf("k")], now);
    expect((await store.take([checkOf("k")], 9_000_000_000_000))[0]?.allowed).toBe(false);
  });

  it("an answer that is none refuses", async () => {
    for (const answer of [undefined, [], [1, 2], Array(5).fill("x")]) {
      const client = { evalsha: async () => answer, eval: async () => answer };
      await expect(redisLimits(client).take([checkOf("k")], 0)).rejects.toThrow(TypeError);
    }
  });

  it("takes every client of the two libraries", () => {
    const takes = (_client: () => RedisClient) => true;
    expect(takes(() => new Redis(server.socket))).toBe(true);
    expect(takes(() => new Cluster([]))).toBe(true);
    expect(takes(() => createClient())).toBe(true);
    expect(takes(() => createClientPool())).toBe(true);
    expect(takes(() => createCluster({ rootNodes: [] }))).toBe(true);
  });
});
