import { createHash } from "node:crypto";
import type { Emitted } from "./emitted.js";

export const manifestName = "manifest.json";

/** What was generated from what: how the next run knows which files are its own. No dates: the same input gives the same bytes (R7). */
export interface Manifest {
  readonly generator: { readonly name: "sallyport"; readonly version: string };
  readonly policyFormat: number;
  /** SHA-256 of the spec and its overlays. */
  readonly input: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** SHA-256 by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Files that were written once, and are the user's: to change, to keep or to remove. */
  readonly yours?: readonly string[];
}

export function sha256(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The manifest of a run, as a file. */
export function manifestFile(
  about: Omit<Manifest, "files" | "generator" | "yours"> & { readonly version: string },
  files: readonly Emitted[],
): Emitted {
  const { version, policyFormat, input, options } = about;
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const yours = sorted.filter((one) => one.yours === true).map((one) => one.path);
  const manifest: Manifest = {
    generator: { name: "sallyport", version },
    policyFormat,
    input,
    options,
    files: Object.fromEntries(sorted.filter((one) => one.yours !== true).map((one) => [one.path, sha256(one.text)])),
    ...(yours.length === 0 ? {} : { yours }),
  };
  return { path: manifestName, text: `${JSON.stringify(manifest, null, 2)}\n` };
}

/** The files that an earlier run wrote, with their digests; `undefined` for a file that is no manifest of ours. */
export function readManifest(text: string): ReadonlyMap<string, string> | undefined {
  const manifest = parse(text);
  if (manifest?.generator?.name !== "sallyport" || typeof manifest.files !== "object" || manifest.files === null)
    return undefined;
  const files = Object.entries(manifest.files).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return new Map(files);
}

/** The files that an earlier run handed over. */
export function handedOver(text: string): ReadonlySet<string> {
  const { yours } = parse(text) ?? {};
  return new Set(Array.isArray(yours) ? yours.filter((one): one is string => typeof one === "string") : []);
}

function parse(
  text: string,
):
  | { readonly generator?: { readonly name?: unknown }; readonly files?: unknown; readonly yours?: unknown }
  | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
