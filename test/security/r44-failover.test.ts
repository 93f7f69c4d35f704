import { limit } from "@sallyport/runtime/policy";
import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RedisClient, redisLimits } from "../../runtime/src/stores/redis.js";
import { ask } from "../support/asking.js";
import { open } from "../support/contract.js";
import { type RedisCluster, startRedisCluster } from "../support/redis-cluster.js";
import { redisAbsent } from "../support/redis-server.js";

const most = 100_000;
const hourly = (name: string, facts: object = {}) =>
  limit(name, { limit: most, window: "1h", key: ["ip"], algorithm: "fixed", ...facts });
const operations = {
  local: { policy: { limits: [hourly("local")] } },
  deny: { policy: { limits: [hourly("deny", { onStoreError: "deny" })] } },
  allow: { policy: { limits: [hourly("allow", { onStoreError: "allow" })] } },
};
const names = ["local", "deny", "allow"] as const;

let cluster: RedisCluster;
let io: Cluster;
let node: ReturnType<typeof createCluster>;

/** A prefix whose counters are on the first node. */
async function prefixOnFirst(name: string): Promise<string> {
  for (let at = 0; ; at++) if ((await cluster.holderOf(`{${name}${at}}`)) === 0) return `${name}${at}`;
}

async function shopOf(client: RedisClient, name: string) {
  const { api } = open(operations, { limits: redisLimits(client, { prefix: await prefixOnFirst(name) }) });
  let slowest = 0;
  const call = async (operation: string) => {
    const start = performance.now();
    const { status, header } = await ask(api, `/${operation}`);
    slowest = Math.max(slowest, performance.now() - start);
    return { status, left: Number(/;r=(\d+)/.exec(header("ratelimit") ?? "")?.[1]) };
  };
  return { call, slowest: () => slowest };
}

describe.skipIf(redisAbsent)(redisAbsent ? "R44 failover (no Redis on this machine)" : "R44 failover", () => {
  beforeAll(async () => {
    cluster = await startRedisCluster(3, true);
    io = new Cluster([...cluster.nodes], { enableOfflineQueue: false, redisOptions: { commandTimeout: 200 } });
    io.on("error", () => {});
    await new Promise((resolve) => io.once("ready", resolve));
    node = createCluster({
      rootNodes: cluster.nodes.map(({ host, port }) => ({ socket: { host, port } })),
      defaults: { disableOfflineQueue: true },
    });
    node.on("error", () => {});
    await node.connect();
  }, 30_000);
  afterAll(async () => {
    io.disconnect();
    node.destroy();
    await cluster.stop();
  });

  /** What a call was answered without waiting for may have been counted all the same. */
  const countedOn = (left: number | undefined) => left !== undefined && left <= most - 11 && left > most - 500;

  /** Asks until a limit that needs its store passes again; `undefined`: it does not, for so long. */
  async function outage({ call }: Awaited<ReturnType<typeof shopOf>>, patience: number) {
    const during = { local: new Set<number>(), deny: new Set<number>(), allow: new Set<number>() };
    for (const until = Date.now() + patience; Date.now() < until; ) {
      for (const name of ["local", "allow"] as const) during[name].add((await call(name)).status);
      const { status, left } = await call("deny");
      if (status === 200) return { during, left };
      during.deny.add(status);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return { during, left: undefined };
  }

  it("R44 a master dies and its replica takes over: until then each limit does what it says, and then nothing is forgotten", async () => {
    const [one, other] = [await shopOf(io, "ioredis"), await shopOf(node, "node-redis")];
    for (const { call } of [one, other])
      for (let n = 0; n < 10; n++) for (const name of names) expect((await call(name)).status).toBe(200);
    await cluster.killFirst();
    const kept = { local: new Set([200]), deny: new Set([503]), allow: new Set([200]) };
    const [followed, held] = await Promise.all([outage(one, 10_000), outage(other, 3_000)]);
    expect(followed.during).toEqual(kept);
    // The replica counts on from what its master had counted.
    expect(followed.left).toSatisfy(countedOn);
    // node-redis learns of it when the node answers again: until then the limits do what they say.
    expect(held).toEqual({ during: kept, left: undefined });
    cluster.reviveFirst();
    expect((await outage(other, 10_000)).left).toSatisfy(countedOn);
    expect(Math.max(one.slowest(), other.slowest())).toBeLessThan(1_500);
  }, 40_000);
});
