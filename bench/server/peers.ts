import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../generate/peers.js";

/** Where peers are installed and the server is generated: never committed. */
export const work = path.join(root, ".cache", "bench", "server");

const platform = process.platform === "win32" ? "win" : process.platform;
const newer = `node-${platform}-${process.arch}`;

const dependencies = {
  "@fastify/jwt": "10.2.8",
  "@fastify/rate-limit": "11.2.0",
  "@hono/node-server": "2.1.9",
  "@hono/zod-validator": "0.9.1",
  "@orpc/openapi": "1.16.1",
  "@orpc/server": "1.16.1",
  "@trpc/server": "11.25.2",
  express: "5.3.0",
  "express-openapi-validator": "5.6.2",
  "express-rate-limit": "8.7.5",
  fastify: "5.12.8",
  hono: "4.13.19",
  "hono-rate-limiter": "0.5.4",
  jose: "6.2.18",
  [newer]: "24",
  "rate-limiter-flexible": "11.4.0",
  yaml: "2.9.1",
  zod: "4.6.7",
};

/** Installs the peers in a folder of their own, without running a script of theirs. */
export function installPeers(): void {
  // Fastify's test client asks for a Node that we do not: an older one of it does not.
  const overrides = { "light-my-request": "6.6.0" };
  const manifest = `${JSON.stringify({ private: true, type: "module", dependencies, overrides }, null, 2)}\n`;
  const file = path.join(work, "package.json");
  const isThere = existsSync(path.join(work, "node_modules", newer));
  if (isThere && existsSync(file) && readFileSync(file, "utf8") === manifest) return;
  mkdirSync(work, { recursive: true });
  writeFileSync(file, manifest);
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--loglevel=error"];
  execFileSync("npm", ["install", ...flags], { cwd: work, stdio: ["ignore", 2, 2] });
}

/** The Nodes to measure on: the one that runs this, and a newer one beside it. */
export function nodes(): readonly { readonly version: string; readonly file: string }[] {
  const file = path.join(work, "node_modules", newer, "bin", "node");
  const version = execFileSync(file, ["--version"], { encoding: "utf8" }).trim().slice(1);
  const own = { version: process.versions.node, file: process.execPath };
  return own.version.split(".")[0] === version.split(".")[0] ? [own] : [own, { version, file }];
}
