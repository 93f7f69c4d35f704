import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import type { Facts } from "./tokens.js";
import { type OwnCall, spoilt, type Workload } from "./workloads.js";

/** A server in a process of its own. */
export interface Host {
  readonly name: string;
  /** CPU microseconds a request (user and system) over `count` requests. */
  readonly measure: (workload: Workload, count: number) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** What a host is started with. */
export interface HostOptions {
  readonly node: string;
  readonly name: string;
  readonly file: string;
  readonly facts: Facts;
  readonly tokens: readonly string[];
}

interface Started {
  readonly port: number;
  readonly calls: Readonly<Partial<Record<Workload["name"], OwnCall>>>;
}

type Ask = (
  workload: Workload,
  authorization: string | undefined,
  body?: Workload["body"],
) => Promise<{ readonly status: number; readonly text: string }>;

const connections = 32;

/** Starts a server. */
export async function openHost({
  node,
  name,
  file,
  facts,
  tokens,
}: HostOptions): Promise<Host & { readonly prove: Prove }> {
  const child = fork(fileURLToPath(new URL(`servers/${file}.mjs`, import.meta.url)), {
    env: { ...process.env, BENCH_FACTS: JSON.stringify(facts), NODE_ENV: "production" },
    execPath: node,
    execArgv: ["--import", "tsx"],
    // What they log of the refusals that are tried is not of interest.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const { port, calls } = await message<Started>(child);
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1 });
  const ask = asking(pool, calls);
  const micros = async () => {
    const answer = message<{ micros: number }>(child);
    child.send("cpu");
    return (await answer).micros;
  };
  return {
    name,
    prove: (workload) => prove(name, workload, ask, calls[workload.name], tokens[0] ?? ""),
    measure: async (workload, count) => {
      const wanted = calls[workload.name] === undefined ? workload.status : 200;
      const before = await micros();
      let next = 0;
      const worker = async () => {
        while (next < count) {
          const { status } = await ask(workload, `Bearer ${tokens[next++ % tokens.length]}`);
          if (status !== wanted) throw new Error(`${name} answered ${status}`);
        }
      };
      await Promise.all(Array.from({ length: connections }, worker));
      return ((await micros()) - before) / count;
    },
    close: async () => {
      await pool.close();
      child.kill();
    },
  };
}

function asking(pool: Pool, calls: Started["calls"]): Ask {
  return async ({ name, method, path, body: usual }, authorization, body = usual) => {
    const own = calls[name];
    const sent = own?.wrap === undefined ? body : { accountId: "a1", [own.wrap]: body };
    const { statusCode, body: answer } = await pool.request({
      path: own?.path ?? path,
      method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(sent === undefined ? {} : { "content-type": "application/json" }),
      },
      body: sent === undefined ? null : JSON.stringify(sent),
    });
    return { status: statusCode, text: await answer.text() };
  };
}

type Prove = (workload: Workload) => Promise<void>;

/** Sees that a server does what it is compared for: who lets a stranger in, or something out, is not compared. */
async function prove(
  name: string,
  workload: Workload,
  ask: Ask,
  own: OwnCall | undefined,
  token: string,
): Promise<void> {
  const { status, text } = await ask(workload, `Bearer ${token}`);
  const answer = (own?.answer ?? []).reduce((value, key) => value?.[key], status < 300 ? JSON.parse(text) : undefined);
  if (status >= 300 || !workload.isAnswer(answer)) throw new Error(`${name} answered ${status} ${text}`);
  if (name.startsWith("node:http")) return;
  for (const bad of [undefined, `Bearer ${token.slice(0, -4)}AAAA`]) {
    const refused = await ask(workload, bad);
    if (refused.status !== 401) throw new Error(`${name} answered ${refused.status} to ${bad ?? "nobody"}`);
  }
  if (workload.body === undefined) return;
  const { status: invalid } = await ask(workload, `Bearer ${token}`, spoilt(workload.body));
  if (invalid !== 400 && invalid !== 422) throw new Error(`${name} answered ${invalid} to a body that is not valid`);
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`The server ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (said) => {
      child.off("exit", ended);
      resolve(said as T);
    });
  });
}
