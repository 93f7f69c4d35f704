// What every caller of this bench shares: where it calls, what it shows, and how the bench has it measured.
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

export const origin = process.env.BENCH_ORIGIN;
/** Whether the call carries a token, and is repeated where that helps. */
export const full = process.env.BENCH_STEPS === "full";
export const path = `${full ? "" : "/public"}/accounts/a1`;
export const token = `Bearer ${"x".repeat(800)}`;

/** A file below the folder of this bench. */
export const own = (file) => new URL(`../../../.cache/bench/client/${file}`, import.meta.url).href;

/** Loads a package that only the benches have. */
export async function peer(name) {
  const require = createRequire(fileURLToPath(own("package.json")));
  return import(pathToFileURL(require.resolve(name)).href);
}

/** Makes calls when it is told to, and says what they cost: CPU time of this process, user and system. */
export function ready(call) {
  process.on("message", async ({ count, concurrency }) => {
    const before = process.cpuUsage();
    let next = 0;
    let last;
    const worker = async () => {
      while (next++ < count) last = await call();
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    const { user, system } = process.cpuUsage(before);
    process.send({ micros: (user + system) / count, last });
  });
  process.on("disconnect", () => process.exit(0));
  process.send({});
}
