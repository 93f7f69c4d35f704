import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Entry } from "./entry.js";

export const root = fileURLToPath(new URL("../..", import.meta.url));
/** Everything that a corpus run reads and writes: never committed. */
export const cache = path.join(root, ".cache", "corpus");

/** Where an entry's document lies; `undefined` until its package is there in the listed version. */
export function locate(entry: Entry): string | undefined {
  return [cache, root]
    .map((base) => path.join(base, "node_modules", entry.package))
    .filter((folder) => versionOf(folder) === entry.version)
    .map((folder) => path.join(folder, entry.path))
    .find((file) => existsSync(file));
}

function versionOf(folder: string): string | undefined {
  const manifest = path.join(folder, "package.json");
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : undefined;
}

/** Installs the packages that are missing, without running a script of theirs. */
export function install(entries: readonly Entry[]): void {
  const missing = new Set(
    entries.filter((one) => locate(one) === undefined).map((one) => `${one.package}@${one.version}`),
  );
  if (missing.size === 0) return;
  mkdirSync(cache, { recursive: true });
  const manifest = path.join(cache, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--loglevel=error"];
  execFileSync("npm", ["install", "--prefix", cache, ...flags, ...missing], { stdio: ["ignore", 2, 2] });
}

/**
 * The document of an entry.
 * @throws Error where it is not the document that was listed.
 */
export function documentOf(entry: Entry): string {
  const file = locate(entry);
  if (file === undefined) throw new Error(`${entry.package}@${entry.version} has no ${entry.path}`);
  const digest = digestOf(readFileSync(file));
  if (digest !== entry.sha256)
    throw new Error(`${entry.path} of ${entry.package} is not the listed document: ${digest}`);
  return file;
}

export function digestOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
