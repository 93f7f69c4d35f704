import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { Pool } from "undici";
import type { Facts } from "./tokens.js";

/** A server in a process of its own. */
export interface Host {
  readonly name: string;
  /** CPU microseconds a request (user and system) over `count` requests. */
  readonly measure: (count: number, tokens: readonly string[]) => Promise<number>;
  readonly close: () => Promise<void>;
}

const target = "/accounts/a1";
const wanted = { id: "a1", ownerId: "user-1", balance: 1200, currency: "EUR" };

/** Starts a server and sees that it does what it is compared for. */
export async function openHost(name: string, file: string, facts: Facts, tokens: readonly string[]): Promise<Host> {
  const child = fork(fileURLToPath(new URL(`servers/${file}.mjs`, import.meta.url)), {
    env: { ...process.env, BENCH_FACTS: JSON.stringify(facts), NODE_ENV: "production" },
    execArgv: ["--import", "tsx"],
    // What they log of the refusals that are tried is not of interest.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const { port } = await message<{ port: number }>(child);
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 32, pipelining: 1 });
  const ask = async (authorization: string | undefined) => {
    const headers = authorization === undefined ? {} : { authorization };
    const { statusCode, body } = await pool.request({ path: target, method: "GET", headers });
    return { statusCode, text: await body.text() };
  };
  await prove(name, ask, tokens[0] ?? "");
  const micros = async () => {
    const answer = message<{ micros: number }>(child);
    child.send("cpu");
    return (await answer).micros;
  };
  return {
    name,
    measure: async (count, all) => {
      const before = await micros();
      let next = 0;
      const worker = async () => {
        while (next < count) {
          const { statusCode } = await ask(`Bearer ${all[next++ % all.length]}`);
          if (statusCode !== 200) throw new Error(`${name} answered ${statusCode}`);
        }
      };
      await Promise.all(Array.from({ length: 32 }, worker));
      return ((await micros()) - before) / count;
    },
    close: async () => {
      await pool.close();
      child.kill();
    },
  };
}

/** Whoever lets a stranger in, or something out, is not compared. */
async function prove(
  name: string,
  ask: (authorization: string | undefined) => Promise<{ statusCode: number; text: string }>,
  token: string,
): Promise<void> {
  const { statusCode, text } = await ask(`Bearer ${token}`);
  if (statusCode !== 200 || !isDeepStrictEqual(JSON.parse(text), wanted))
    throw new Error(`${name} answered ${statusCode} ${text}`);
  if (name.startsWith("node:http")) return;
  for (const bad of [undefined, `Bearer ${token.slice(0, -4)}AAAA`]) {
    const refused = await ask(bad);
    if (refused.statusCode !== 401) throw new Error(`${name} answered ${refused.statusCode} to ${bad ?? "nobody"}`);
  }
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
