import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import { redisBinary } from "./redis-server.js";

/** A Redis Cluster of a test's own. */
export interface RedisCluster {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** How many keys each node has. */
  readonly sizes: () => Promise<readonly number[]>;
  readonly stop: () => Promise<void>;
}

const slots = 16_384;

/** Starts nodes that share the slots among them, on free ports, without replicas and without persistence. */
export async function startRedisCluster(size = 3): Promise<RedisCluster> {
  const binary = redisBinary();
  if (binary === undefined) throw new Error("There is no Redis on this machine: install Debian's redis-server");
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-cluster-"));
  const ports = await freePorts(2 * size);
  const own = Array.from({ length: size }, (_, at) => ({ port: ports[2 * at] ?? 0, bus: ports[2 * at + 1] ?? 0 }));
  const children = own.map(({ port, bus }) => {
    const text = `--bind 127.0.0.1 --port ${port} --cluster-enabled yes --cluster-port ${bus} --appendonly no`;
    const files = ["--save", "", "--dir", folder, "--cluster-config-file", `${port}.conf`];
    return spawn(binary, [...text.split(" "), ...files], { stdio: "ignore" });
  });
  const clients = own.map(({ port }) => new Redis(port, "127.0.0.1", { maxRetriesPerRequest: null }));
  // Until they listen nobody answers, and then it is tried again.
  for (const client of clients) client.on("error", () => {});
  for (const [at, client] of clients.entries()) {
    const [from, to] = [at, at + 1].map((edge) => Math.floor((edge * slots) / size));
    await client.call("CLUSTER", "ADDSLOTSRANGE", String(from), String((to ?? 0) - 1));
    await client.call("CLUSTER", "SET-CONFIG-EPOCH", String(at + 1));
  }
  for (const { port, bus } of own.slice(1))
    await clients[0]?.call("CLUSTER", "MEET", "127.0.0.1", String(port), String(bus));
  await Promise.all(clients.map((client) => agreed(client, size)));
  return {
    nodes: own.map(({ port }) => ({ host: "127.0.0.1", port })),
    sizes: () => Promise.all(clients.map((client) => client.dbsize())),
    stop: async () => {
      for (const client of clients) client.disconnect();
      await Promise.all(
        children.map((child) => {
          child.kill();
          return once(child, "exit");
        }),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until a node knows all others, and that every slot is somebody's. */
async function agreed(client: Redis, size: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const info = String(await client.call("CLUSTER", "INFO"));
    if (info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${size}`)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("The nodes of the cluster did not find each other");
}

/** All at once, so that none is given out twice. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
