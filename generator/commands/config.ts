import { existsSync } from "node:fs";
import path from "node:path";
import { DiagnosticError } from "../code/diagnostic.js";
import type { Config } from "../generate.js";

const names = ["ts", "mts", "js", "mjs"].map((extension) => `sallyport.config.${extension}`);
const texts = ["spec", "output"] as const;
const lists = ["overlays", "only", "also", "allowRefs"] as const;
const words: Readonly<Record<string, readonly string[]>> = {
  formats: ["assert", "annotate"],
  int64: ["number", "bigint", "string"],
  dates: ["string", "Date", "Temporal"],
};

/** The configuration of a folder, and the file that it came from. */
export interface FoundConfig {
  readonly config: Config;
  readonly file: string | undefined;
}

/**
 * Reads `sallyport.config.*` of a folder; an empty configuration where there is none.
 * @throws DiagnosticError for a file that does not load or says what we do not know.
 */
export async function readConfig(folder: string): Promise<FoundConfig> {
  const file = configFileOf(folder);
  if (file === undefined) return { config: {}, file };
  const loaded = await load(file);
  const complaint = complaintAbout(loaded);
  if (complaint !== undefined) throw refused(file, complaint);
  return { config: loaded as Config, file };
}

/** Where the configuration of a folder stands, if there is one. */
export function configFileOf(folder: string): string | undefined {
  return names.map((name) => path.join(folder, name)).find((one) => existsSync(one));
}

async function load(file: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  try {
    // Each reading is a fresh one: `--watch` reads the file again when it changes.
    return await createJiti(import.meta.url, { fsCache: false, moduleCache: false }).import(file, { default: true });
  } catch (error) {
    throw refused(file, `does not load: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function complaintAbout(loaded: unknown): string | undefined {
  if (typeof loaded !== "object" || loaded === null || Array.isArray(loaded))
    return "has no object as its default export";
  for (const [key, value] of Object.entries(loaded)) {
    if (texts.some((one) => one === key)) {
      if (typeof value !== "string") return `has a ${key} that is no text`;
    } else if (lists.some((one) => one === key)) {
      if (!Array.isArray(value) || value.some((one) => typeof one !== "string"))
        return `has ${key} that are no list of texts`;
    } else if (Object.hasOwn(words, key)) {
      const known = words[key] ?? [];
      if (!known.some((one) => one === value)) return `has ${key} that are none of ${known.join(", ")}`;
    } else if (key === "package") {
      if (!isPackage(value)) return "has a package that is no { name, version, license } of texts";
    } else if (key !== "allowWidening") return `says ${JSON.stringify(key)}, which is no option`;
    else if (typeof value !== "boolean") return "has an allowWidening that is neither true nor false";
  }
  return undefined;
}

function isPackage(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("name" in value)) return false;
  const known = ["name", "version", "license"];
  return Object.entries(value).every(([key, one]) => known.includes(key) && typeof one === "string");
}

function refused(file: string, complaint: string): DiagnosticError {
  const message = `${path.basename(file)} ${complaint}.`;
  const fix = `Export by default what defineConfig takes: ${[...texts, ...lists, ...Object.keys(words), "package", "allowWidening"].join(", ")}.`;
  return new DiagnosticError([{ code: "SP082", severity: "error", message, fix }], 2);
}
