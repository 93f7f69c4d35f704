import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** One instance, and whether its schema accepts it. */
export interface Test {
  readonly description: string;
  readonly data: unknown;
  readonly valid: boolean;
}

/** A schema of the suite with its instances. */
export interface Group {
  /** The suite's file, without `.json`. */
  readonly file: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly Test[];
}

/** A schema that cases refer to by its address. */
export interface Remote {
  readonly uri: string;
  readonly schema: unknown;
}

const draft = "draft2020-12";

/** Every group of the suite for draft 2020-12: those of `optional/` are not required. */
export function readGroups(folder: string): readonly Group[] {
  const tests = path.join(folder, "tests", draft);
  const read = (below: string, required: boolean): readonly Group[] =>
    jsonFiles(path.join(tests, below)).flatMap((name) => {
      const groups = readJson(path.join(tests, below, name)) as readonly Omit<Group, "file" | "required">[];
      return groups.map((group) => ({ ...group, file: path.posix.join(below, name).replace(/\.json$/, ""), required }));
    });
  return [...read("", true), ...read("optional", false), ...read("optional/format", false)];
}

/** The documents that the suite's README wants served at `http://localhost:1234/`, of this draft. */
export function readRemotes(folder: string): readonly Remote[] {
  const root = path.join(folder, "remotes");
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((name) => name.split(path.sep).join("/"))
    .filter((name) => name.endsWith(".json") && !/^(draft(?!2020-12)|v1\/)/.test(name))
    .sort()
    .map((name) => ({ uri: `http://localhost:1234/${name}`, schema: readJson(path.join(root, name)) }));
}

function jsonFiles(folder: string): readonly string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .sort()
    : [];
}

/** Read without a prototype, as the server reads bodies: `__proto__` is a name like any other. */
export function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value)) copy[key] = bare(member);
  return copy;
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}
