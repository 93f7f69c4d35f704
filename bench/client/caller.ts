import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

/** Whether calls carry a token and are repeated where that helps. */
export type Steps = "plain" | "full";

/** One contender in a process of its own. */
export interface Caller {
  readonly name: string;
  readonly steps: Steps;
  /** CPU microseconds a call (user and system) over `count` calls, so many at once. */
  readonly measure: (count: number, concurrency: number) => Promise<number>;
  readonly close: () => void;
}

const wanted = { id: "a1", ownerId: "user-1", balance: 1200, currency: "EUR" };

export async function openCaller(name: string, file: string, steps: Steps, origin: string): Promise<Caller> {
  const child = start(`callers/${file}.mjs`, { BENCH_ORIGIN: origin, BENCH_STEPS: steps });
  await message(child);
  return {
    name,
    steps,
    measure: async (count, concurrency) => {
      const answer = message<{ micros: number; last: unknown }>(child);
      child.send({ count, concurrency });
      const { micros, last } = await answer;
      // Whoever does not read the answer is not compared.
      if (!isDeepStrictEqual(last, wanted)) throw new Error(`${name} answered ${JSON.stringify(last)}`);
      return micros;
    },
    close: () => void child.kill(),
  };
}

export function start(file: string, env: Readonly<Record<string, string>> = {}): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, NODE_ENV: "production", ...env },
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

export function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`${child.spawnargs.join(" ")} ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (said) => {
      child.off("exit", ended);
      resolve(said as T);
    });
  });
}
