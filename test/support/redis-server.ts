import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A Redis of a test's own, on a Unix socket. */
export interface RedisServer {
  readonly socket: string;
  /** The process at work. */
  readonly process: () => ChildProcess;
  /** As if the machine had lost power. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The server's program, where this machine has it. */
export function redisBinary(): string | undefined {
  const places = [
    process.env.REDIS_SERVER ?? "",
    ...(process.env.PATH ?? "").split(":").map((one) => `${one}/redis-server`),
  ];
  return places.find((place) => place !== "" && existsSync(place));
}

/** A machine may lack the server; a run that counts may not. */
export const redisAbsent = redisBinary() === undefined && process.env.CI !== "true";

/** Starts a server without persistence in a folder of its own. */
export async function startRedis(...flags: readonly string[]): Promise<RedisServer> {
  const binary = redisBinary();
  if (binary === undefined) throw new Error("There is no Redis on this machine: install Debian's redis-server");
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-redis-"));
  const socket = path.join(folder, "redis.sock");
  let child: ChildProcess | undefined;
  const start = async () => {
    const settings = [
      "--port",
      "0",
      "--unixsocket",
      socket,
      "--save",
      "",
      "--appendonly",
      "no",
      "--dir",
      folder,
      ...flags,
    ];
    child = spawn(binary, settings, { stdio: ["ignore", "pipe", "inherit"] });
    await ready(child);
  };
  const end = async (signal: "SIGKILL" | "SIGTERM") => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child?.once("exit", resolve));
    child.kill(signal);
    // One that was stopped does not hear.
    child.kill("SIGCONT");
    await ended;
  };
  await start();
  return {
    socket,
    process: () => child as ChildProcess,
    start,
    kill: () => end("SIGKILL"),
    stop: async () => {
      await end("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (chunk) => {
      said += String(chunk);
      if (said.includes("ready to accept connections") || said.includes("Ready to accept connections")) resolve();
    });
    child.once("exit", () => reject(new Error(`redis-server ended: ${said}`)));
  });
}
