import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "./manifest.js";

const own = fileURLToPath(new URL("..", import.meta.url));

let known: { readonly digest: string | undefined } | undefined;

/**
 * What the same input could come out differently by: our own files, and the versions of what they are made with, as they were when this
 * was first asked. `undefined` where a package cannot be found, as then nobody knows.
 */
export function toolDigest(): string | undefined {
  known ??= { digest: digestNow() };
  return known.digest;
}

function digestNow(): string | undefined {
  const root = path.dirname(own.replace(/[/\\]$/, ""));
  const { dependencies = {} }: { readonly dependencies?: object } = read(path.join(root, "package.json"));
  const versions = Object.keys(dependencies).map((name) => versionOf(name, root));
  if (versions.includes(undefined)) return undefined;
  return sha256(JSON.stringify([process.versions.node, versions, ownFiles()]));
}

/** Sizes and times: enough to tell one installation from the next, and read in no time. */
function ownFiles(): readonly (readonly [string, number, number])[] {
  const names = (readdirSync(own, { recursive: true }) as string[]).filter((name) => /\.[jt]s$/.test(name)).sort();
  return names.map((name) => {
    const { size, mtimeMs } = statSync(path.join(own, name));
    return [name, size, mtimeMs] as const;
  });
}

/** As Node resolves it: in the nearest `node_modules` upwards. */
function versionOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, "node_modules", name, "package.json");
    if (existsSync(manifest)) return String((read(manifest) as { readonly version?: unknown }).version);
    if (folder === path.dirname(folder)) return undefined;
  }
}

function read(file: string): object {
  return JSON.parse(readFileSync(file, "utf8"));
}
