import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
/** Where peers are installed and everything is written: never committed. */
export const work = path.join(root, ".cache", "bench");

const versions: Readonly<Record<string, string>> = {
  "@hey-api/openapi-ts": "0.99.0",
  "openapi-fetch": "0.17.0",
  orval: "8.38.0",
  typescript: "5.9.3",
  zod: "4.6.7",
};

/** Peers ask for a newer Node than we do: where this one is older, one comes along, and everybody runs on it. */
const nodePackage = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
const needsNode = !isNewEnough(process.versions.node);

/** Installs what the benches compare with, without running a script of theirs. */
export function installPeers(): void {
  const wanted = { ...versions, ...(needsNode ? { [nodePackage]: "24" } : {}) };
  const missing = Object.entries(wanted).filter(([name, version]) => !installed(name).startsWith(version));
  if (missing.length === 0) return;
  mkdirSync(work, { recursive: true });
  if (!existsSync(path.join(work, "package.json"))) {
    writeFileSync(path.join(work, "package.json"), '{ "private": true, "type": "module" }\n');
  }
  const flags = [
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--legacy-peer-deps",
    "--engine-strict=false",
    "--loglevel=error",
  ];
  const names = missing.map(([name, version]) => `${name}@${version}`);
  execFileSync("npm", ["install", "--prefix", work, ...flags, ...names], { stdio: ["ignore", 2, 2] });
}

/** The Node that every tool runs on. */
export function nodeBinary(): string {
  return needsNode ? path.join(peer(nodePackage), "bin", "node") : process.execPath;
}

export function peer(name: string): string {
  return path.join(work, "node_modules", name);
}

/** The version of a peer; nothing where it is not there. */
export function installed(name: string): string {
  const manifest = path.join(peer(name), "package.json");
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : "";
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}
