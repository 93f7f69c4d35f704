import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RedisClient, redisIdempotency, redisLimits } from "../../../../runtime/src/stores/redis.js";
import { checkOf } from "../../../support/limit-checks.js";
import { type RedisCluster, startRedisCluster } from "../../../support/redis-cluster.js";
import { redisAbsent } from "../../../support/redis-server.js";
import { holdsIdempotencyContract } from "./idempotency.contract.js";
import { holdsLimitContract } from "./limits.contract.js";

const title = redisAbsent ? "a Redis Cluster (no server on this machine)" : "a Redis Cluster";

describe.skipIf(redisAbsent)(title, () => {
  let cluster: RedisCluster;
  let io: Cluster;
  let node: ReturnType<typeof createCluster>;
  let opened = 0;
  const prefix = () => `c${++opened}`;

  beforeAll(async () => {
    cluster = await startRedisCluster();
    io = new Cluster([...cluster.nodes]);
    node = createCluster({ rootNodes: cluster.nodes.map(({ host, port }) => ({ socket: { host, port } })) });
    await node.connect();
  });
  afterAll(async () => {
    io.disconnect();
    node.destroy();
    await cluster.stop();
  });

  const clients: Readonly<Record<string, () => RedisClient>> = { ioredis: () => io, "node-redis": () => node };

  describe.each(Object.entries(clients))("through %s", (_, client) => {
    describe("limits", () => holdsLimitContract(() => redisLimits(client(), { prefix: prefix(), clock: "caller" })));
    describe("idempotency keys", () =>
      holdsIdempotencyContract(() => redisIdempotency(client(), { prefix: prefix(), clock: "caller" })));

    it("R39 all limits of a call are one script, whatever their names: their keys are in one slot", async () => {
      const store = redisLimits(client(), { prefix: prefix() });
      const checks = Array.from({ length: 20 }, (_, at) => checkOf(`limit-${at}`, { limit: 9, burst: 9 }));
      const verdicts = await Promise.all(Array.from({ length: 50 }, () => store.take(checks, 0)));
      expect(verdicts.filter((one) => one.every(({ allowed }) => allowed))).toHaveLength(9);
    });
  });

  it("APIs with prefixes of their own are spread over the nodes, and so are idempotency keys", async () => {
    const before = await cluster.sizes();
    for (let at = 0; at < 30; at++) await redisLimits(io, { prefix: `api-${at}` }).take([checkOf("k")], 0);
    const between = await cluster.sizes();
    expect(between.every((size, at) => size > (before[at] ?? 0))).toBe(true);
    const store = redisIdempotency(io, { prefix: "one" });
    const claim = { fingerprint: "f", owner: "o", lease: 30_000, ttl: 60_000, again: false };
    for (let at = 0; at < 30; at++) await store.begin(`key-${at}`, claim, 0);
    expect((await cluster.sizes()).every((size, at) => size > (between[at] ?? 0))).toBe(true);
  });

  it("both clients count in the same place", async () => {
    const name = prefix();
    const check = checkOf("shared", { limit: 2, burst: 2, window: 3_600_000 });
    const stores = [redisLimits(io, { prefix: name }), redisLimits(node, { prefix: name })];
    const allowed = [];
    for (const store of [...stores, ...stores]) allowed.push((await store.take([check], 0))[0]?.allowed);
    expect(allowed).toEqual([true, true, false, false]);
  });
});
