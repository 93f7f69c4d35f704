import { execFile } from "node:child_process";
import { type Duration, toMilliseconds } from "../policy/index.js";
import { isRecord } from "./json-answer.js";
import type { SecretSource } from "./source.js";

/** Options of `command`. */
export interface CommandOptions {
  /**
   * What it prints: `json`, one object with every secret by name; or `value`, the one secret whose name stands for `{name}` in the
   * arguments. Default: `value` where some argument has `{name}`.
   */
  readonly output?: "json" | "value";
  /** How long it may take. Default 10s. */
  readonly timeout?: Duration;
}

/**
 * A program that prints secrets: `command("sops", ["decrypt", "--output-type", "json", "secrets.yaml"])`,
 * `command("op", ["read", "op://prod/{name}/password"])`. It is run without a shell; what it prints on standard error is not shown,
 * as it might be a secret.
 */
export function command(program: string, args: readonly string[] = [], options: CommandOptions = {}): SecretSource {
  const { output = args.some((arg) => arg.includes("{name}")) ? "value" : "json", timeout = "10s" } = options;
  const limit = toMilliseconds(timeout);
  const printed = async (name: string) => {
    const filled = args.map((arg) => arg.replaceAll("{name}", () => name));
    return (await run(program, filled, limit)).replace(/\r?\n$/, "");
  };
  return {
    name: `the command ${program}`,
    read: async (names) => {
      if (output === "json") return membersOf(await run(program, args, limit), names);
      const found = new Map<string, string>();
      for (const name of names) found.set(name, await printed(name));
      return found;
    },
  };
}

function membersOf(text: string, names: readonly string[]): ReadonlyMap<string, string> {
  const all = parsed(text);
  if (!isRecord(all)) throw new Error("it did not print a JSON object");
  return new Map(
    names.flatMap((name) => {
      const value = Object.hasOwn(all, name) ? all[name] : undefined;
      return typeof value === "string" ? [[name, value] as const] : [];
    }),
  );
}

/** The parser's own words quote what they could not read. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function run(program: string, args: readonly string[], timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { timeout, maxBuffer: 1_048_576, windowsHide: true }, (error, stdout) => {
      if (error === null) return resolve(stdout);
      // The error quotes the arguments and standard error: neither is for a log.
      reject(new Error(error.killed === true ? "it took too long or printed too much" : `it ended with ${error.code}`));
    });
  });
}
