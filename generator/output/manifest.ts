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
}

export function sha256(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The manifest of a run, as a file. */
export function manifestFile(
  about: Omit<Manifest, "files" | "generator"> & { readonly version: string },
  files: readonly Emitted[],
): Emitted {
  const { version, policyFormat, input, options } = about;
  const manifest: Manifest = {
    generator: { name: "sallyport", version },
    policyFormat,
    input,
    options,
    files: Object.fromEntries(
      [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map((one) => [one.path, sha256(one.text)]),
    ),
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

function parse(
  text: string,
): { readonly generator?: { readonly name?: unknown }; readonly files?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
