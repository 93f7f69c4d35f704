#!/usr/bin/env node
import { existsSync, realpathSync } from "node:fs";
import module from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { again } from "./commands/again.js";
import type { Streams } from "./commands/print.js";

/**
 * The command line. One that has nothing to do loads no more than it takes to see that.
 * @returns the exit code: 0 fine, 1 the spec is wrong, 2 the call is, 3 the output is stale.
 */
export async function main(args: readonly string[], streams: Streams, cwd: string): Promise<number> {
  const code = again(args, streams, cwd);
  if (code !== undefined) return code;
  const { runLine } = await import("./command-line.js");
  return runLine(args, streams, cwd);
}

function isEntry(): boolean {
  const entry = process.argv[1];
  return entry !== undefined && realpathSync(entry) === fileURLToPath(import.meta.url);
}

/** Node 22.1: what was compiled once is not compiled again, in a folder of this project's alone. */
function cacheCode(cwd: string): void {
  const folder = path.join(cwd, "node_modules");
  const { enableCompileCache } = module as { readonly enableCompileCache?: (folder: string) => unknown };
  if (existsSync(folder)) enableCompileCache?.(path.join(folder, ".cache", "sallyport", "code"));
}

if (isEntry()) {
  cacheCode(process.cwd());
  const colour = process.stderr.isTTY === true && !process.env.NO_COLOR;
  const streams: Streams = {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    colour,
  };
  process.exitCode = await main(process.argv.slice(2), streams, process.cwd());
}
