import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { limit } from "@sallyport/runtime/policy";
import type { LimitStore } from "@sallyport/runtime/server";
import { buildSync } from "esbuild";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { jwt } from "../../runtime/src/credentials/jwt.js";
import { type RedisClient, redisLimits } from "../../runtime/src/stores/redis.js";
import { ask } from "../support/asking.js";
import { anyToken, apiPolicy, keys, logins, open } from "../support/contract.js";
import { type RedisServer, redisAbsent, startRedis } from "../support/redis-server.js";
import { makeKey, mint, startIssuer } from "../support/tokens.js";
import { tokenScheme } from "../support/verifying.js";

const hourly = (name: string, facts: object = {}) => limit(name, { limit: 5, window: "1h", key: ["ip"], ...facts });
const operations = {
  local: { policy: { limits: [hourly("local")] } },
  deny: { policy: { limits: [hourly("deny", { onStoreError: "deny" })] } },
  allow: { policy: { limits: [hourly("allow", { onStoreError: "allow" })] } },
};

let server: RedisServer;
const closing: (() => void)[] = [];

const clients = {
  ioredis: async (): Promise<RedisClient> => {
    const client = new Redis(server.socket, { enableOfflineQueue: false, retryStrategy: () => 20, lazyConnect: true });
    client.on("error", () => {});
    await client.connect();
    closing.push(() => client.disconnect());
    return client;
  },
  "node-redis": async (): Promise<RedisClient> => {
    const socket = { path: server.socket, tls: false as const, reconnectStrategy: () => 20 };
    const client = createClient({ socket, disableOfflineQueue: true });
    client.on("error", () => {});
    await client.connect();
    closing.push(() => client.destroy());
    return client;
  },
};

/** Asks until it is answered as wanted: what a server takes to be itself again. */
async function eventually(test: () => Promise<boolean>): Promise<void> {
  for (let n = 0; !(await test()); n += 1) {
    if (n > 100) throw new Error("it never came");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A program that needs no compiler to start. */
function bundled(contents: string): string {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    packages: "external",
  });
  return outputFiles[0]?.text ?? "";
}

async function timed<T>(work: Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now();
  return [await work, performance.now() - start];
}

describe.skipIf(redisAbsent)(redisAbsent ? "R44 (no Redis on this machine)" : "R44 a Redis that fails", () => {
  beforeAll(async () => {
    server = await startRedis();
  });
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });
  afterAll(() => server.stop());

  describe.each(["ioredis", "node-redis"] as const)("through %s", (library) => {
    /** What a store that fails makes of the three operations: asked one after the other, then a hundred at once. */
    async function outage(fail: () => Promise<void>, mend: () => Promise<void>) {
      const store = redisLimits(await clients[library](), { prefix: `${library}${Math.random()}` });
      const { api, runs } = open(operations, { limits: store });
      const call = async (name: string) => (await ask(api, `/${name}`)).status;
      for (const name of Object.keys(operations)) expect(await call(name)).toBe(200);
      await fail();
      const slowest: number[] = [];
      for (let n = 0; n < 6; n += 1) {
        for (const name of Object.keys(operations)) {
          const [status, took] = await timed(call(name));
          slowest.push(took);
          expect([name, status]).toEqual([name, name === "deny" ? 503 : name === "allow" ? 200 : n < 5 ? 200 : 429]);
        }
      }
      const [burst, took] = await timed(Promise.all(Array.from({ length: 100 }, () => call("local"))));
      expect(new Set(burst)).toEqual(new Set([429]));
      // A quarter of a second, and what this machine needs besides.
      expect(Math.max(...slowest, took)).toBeLessThan(1_000);
      expect(runs.deny).toBe(1);
      await mend();
      await eventually(async () => (await call("deny")) === 200);
    }

    it("R44 killed and restarted: each limit does what it says, nothing hangs, and it is counted again afterwards", () =>
      outage(server.kill, server.start));

    it("R44 stopped in the middle of its work", () =>
      outage(
        async () => void server.process().kill("SIGSTOP"),
        async () => void server.process().kill("SIGCONT"),
      ));

    it("R44 CLIENT PAUSE, as at a failover", async () => {
      const admin = new Redis(server.socket);
      await outage(
        async () => void (await admin.call("CLIENT", "PAUSE", "2000")),
        async () => {},
      );
      admin.disconnect();
    });
  });

  it("R44 restarted under load: no call hangs or fails, and no more pass than both counters allow", async () => {
    const store = redisLimits(await clients.ioredis(), { prefix: "load" });
    const { api } = open({ a: { policy: { limits: [hourly("load", { limit: 300 })] } } }, { limits: store });
    const statuses: number[] = [];
    let slowest = 0;
    const worker = async () => {
      for (let n = 0; n < 60; n += 1) {
        const [{ status }, took] = await timed(ask(api, "/a"));
        statuses.push(status);
        slowest = Math.max(slowest, took);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const load = Promise.all(Array.from({ length: 20 }, worker));
    await new Promise((resolve) => setTimeout(resolve, 60));
    await server.kill();
    await server.start();
    await load;
    expect(statuses).toHaveLength(1_200);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(slowest).toBeLessThan(1_500);
    // Redis before, this process meanwhile, Redis again without its memory.
    expect(statuses.filter((one) => one === 200).length).toBeLessThanOrEqual(900);
  });

  it("R39 a hundred at once in four processes at limit-1: exactly one passes", async () => {
    const program = `
      import { Redis } from "ioredis";
      import { redisLimits } from "${new URL("../../runtime/src/stores/redis.ts", import.meta.url).pathname}";
      const client = new Redis(process.argv[1]);
      const store = redisLimits(client, { prefix: "many" });
      const check = { key: "k", algorithm: "gcra", limit: 100, window: 3_600_000, burst: 100, cost: 1 };
      await store.take([{ ...check, key: "warm" }], 0);
      process.send("ready");
      process.once("message", async () => {
        const verdicts = await Promise.all(Array.from({ length: 25 }, () => store.take([check], Date.now())));
        process.send(verdicts.filter(([one]) => one.allowed).length);
        client.disconnect();
        process.disconnect();
      });`;
    const script = bundled(program);
    const children = Array.from({ length: 4 }, (): ChildProcess => {
      const args = ["--input-type=module", "-e", script, server.socket];
      return spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    });
    const ended = children.map((child) => once(child, "exit"));
    await Promise.all(children.map((child) => once(child, "message")));
    const first = redisLimits(await clients.ioredis(), { prefix: "many" });
    const check = { key: "k", algorithm: "gcra", limit: 100, window: 3_600_000, burst: 100, cost: 99 } as const;
    await first.take([check], Date.now());
    const answers = Promise.all(children.map((child) => once(child, "message")));
    for (const child of children) child.send("go");
    expect((await answers).map(([passed]) => Number(passed)).reduce((a, b) => a + b)).toBe(1);
    await Promise.all(ended);
  });
});

describe("round trips", () => {
  it("one where the token is remembered, else one before it is judged and one after; R42 strangers are counted first", async () => {
    const key = await makeKey("k1");
    const issuer = await startIssuer(key);
    const trips: (readonly string[])[] = [];
    const limits: LimitStore = {
      remote: true,
      take: async (checks) => {
        trips.push(checks.map((check) => check.key.split("|")[1] ?? ""));
        return checks.map(() => ({ allowed: true, remaining: 1, retryAfter: 0, reset: 0 }));
      },
    };
    const perUser = limit("perUser", { limit: 5, window: "1h", key: ["principal"] });
    const { api } = open(
      { a: { policy: { access: anyToken, limits: [hourly("perIp"), perUser] } } },
      {
        limits,
        schemes: { oidc: jwt(), key: keys(), login: logins() },
        policy: { schemes: { ...apiPolicy.schemes, oidc: tokenScheme(issuer.issuer) } },
      },
    );
    const call = async (token: string) => ask(api, "/a", { headers: { authorization: `Bearer ${token}` } });
    const token = await mint(issuer.issuer, key);
    const counts = async (one: string) => {
      trips.length = 0;
      const answer = await call(one);
      return [answer.status, answer.header("ratelimit-policy"), ...trips];
    };
    const both = '"perIp";q=5;w=3600, "perUser";q=5;w=3600';
    expect(await counts(token)).toEqual([200, both, ["perIp"], ["perUser"]]);
    expect(await counts(token)).toEqual([200, both, ["perIp", "perUser"]]);
    expect(await counts("made.up.token")).toEqual([401, '"perIp";q=5;w=3600', ["perIp"]]);
    await issuer.close();
  });

  it("R43 a call that is refused between the two is counted for its address all the same", async () => {
    const counted: string[] = [];
    const limits: LimitStore = {
      remote: true,
      take: async (checks) => {
        counted.push(...checks.map((check) => check.key));
        return checks.map(() => ({ allowed: true, remaining: 1, retryAfter: 0, reset: 0 }));
      },
    };
    const verifier = keys();
    const known = {
      ...verifier,
      bind: (context: Parameters<typeof verifier.bind>[0]) => ({
        ...verifier.bind(context),
        foresee: () => "known" as const,
      }),
    };
    const perKey = limit("perKey", { limit: 5, window: "1h", key: ["principal"] });
    const access = { kind: "restricted", anyOf: [{ allOf: [{ scheme: "key", needs: [] }] }] } as const;
    const { api } = open(
      { a: { policy: { access, limits: [hourly("perIp"), perKey] } } },
      { limits, schemes: { key: known } },
    );
    expect((await ask(api, "/a", { headers: { "x-key": "bad" } })).status).toBe(401);
    expect(counted).toEqual(["gcra|perIp|192.0.2.1"]);
  });
});
