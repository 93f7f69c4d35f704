import { type ChildProcess, spawn } from "node:child_process";
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
  /** The place of the node that has a key. */
  readonly holderOf: (key: string) => Promise<number>;
  /** The first node is gone, as if its machine had lost power. What it knew its replica has heard, if it has one. */
  readonly killFirst: () => Promise<void>;
  /** It comes back, where it was. */
  readonly reviveFirst: () => void;
  readonly stop: () => Promise<void>;
}

const slots = 16_384;

/**
 * Starts nodes that share the slots among them, on free ports, without persistence.
 * @param replica whether the first one has a replica, which takes its place within a few seconds.
 */
export async function startRedisCluster(size = 3, replica = false): Promise<RedisCluster> {
  const binary = redisBinary();
  if (binary === undefined) throw new Error("There is no Redis on this machine: install Debian's redis-server");
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-cluster-"));
  const count = size + (replica ? 1 : 0);
  const ports = await freePorts(2 * count);
  const own = Array.from({ length: count }, (_, at) => ({ port: ports[2 * at] ?? 0, bus: ports[2 * at + 1] ?? 0 }));
  const start = ({ port, bus }: { readonly port: number; readonly bus: number }) => {
    const text = `--bind 127.0.0.1 --port ${port} --cluster-enabled yes --cluster-port ${bus} --appendonly no --cluster-node-timeout 1000 --repl-diskless-sync-delay 0`;
    const files = ["--save", "", "--dir", folder, "--cluster-config-file", `${port}.conf`];
    return spawn(binary, [...text.split(" "), ...files], { stdio: "ignore" });
  };
  const children = own.map(start);
  const clients = own.map(({ port }) => new Redis(port, "127.0.0.1", { maxRetriesPerRequest: null }));
  // Until they listen nobody answers, and then it is tried again.
  for (const client of clients) client.on("error", () => {});
  for (const [at, client] of clients.slice(0, size).entries()) {
    const [from, to] = [at, at + 1].map((edge) => Math.floor((edge * slots) / size));
    await client.call("CLUSTER", "ADDSLOTSRANGE", String(from), String((to ?? 0) - 1));
    await client.call("CLUSTER", "SET-CONFIG-EPOCH", String(at + 1));
  }
  for (const { port, bus } of own.slice(1))
    await clients[0]?.call("CLUSTER", "MEET", "127.0.0.1", String(port), String(bus));
  await Promise.all(clients.map((client) => agreed(client, count)));
  if (replica) await follow(clients[0] as Redis, clients[size] as Redis);
  return {
    nodes: own.map(({ port }) => ({ host: "127.0.0.1", port })),
    holderOf: async (key) => Math.floor((Number(await clients[0]?.call("CLUSTER", "KEYSLOT", key)) * size) / slots),
    killFirst: async () => {
      await heard(clients[0] as Redis, clients[size]);
      clients[0]?.disconnect();
      await ended(children[0] as ChildProcess, "SIGKILL");
    },
    reviveFirst: () => {
      if (own[0] !== undefined) children[0] = start(own[0]);
    },
    sizes: () => Promise.all(clients.map((client) => client.dbsize())),
    stop: async () => {
      for (const client of clients) client.disconnect();
      await Promise.all(children.map((child) => ended(child, "SIGTERM")));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}

/** Makes a node the replica of another, and waits until it has all that the other has. */
async function follow(master: Redis, replica: Redis): Promise<void> {
  await replica.call("CLUSTER", "REPLICATE", String(await master.call("CLUSTER", "MYID")));
  for (let tries = 0; tries < 200; tries++) {
    if ((await replica.info("replication")).includes("master_link_status:up")) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("The replica did not get what its master has");
}

/** Waits until a replica has what anybody has written to its master; `WAIT` would look at the writes of its own connection alone. */
async function heard(master: Redis, replica: Redis | undefined): Promise<void> {
  if (replica === undefined) return;
  const offset = async (client: Redis, field: string) =>
    Number(new RegExp(`${field}:(\\d+)`).exec(await client.info("replication"))?.[1]);
  const wanted = await offset(master, "master_repl_offset");
  for (let tries = 0; tries < 200; tries++) {
    if ((await offset(replica, "slave_repl_offset")) >= wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("The replica did not hear what its master was told");
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
