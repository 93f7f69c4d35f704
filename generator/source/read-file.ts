import { readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { type Diagnostic, DiagnosticError } from "../code/diagnostic.js";
import type { SpecValue } from "../model/spec.js";
import { complaint } from "./complaint.js";
import type { SourceLimits } from "./limits.js";
import { parseJson } from "./parse-json.js";
import { parseYaml } from "./parse-yaml.js";
import type { Positions, SourceFile } from "./positions.js";

/** A file, read and parsed. `value` is `undefined` when it could not be. */
export interface ParsedFile {
  readonly file: SourceFile;
  readonly value: SpecValue | undefined;
  readonly faults: readonly Diagnostic[];
}

/** Reads the files of one run: each once, and no more of them than the limits allow. */
export interface Reader {
  readonly positions: Positions;
  /** @throws DiagnosticError with exit code 2 when there is no such file. */
  readonly read: (file: string) => Promise<ParsedFile>;
  /** Every file read so far. */
  readonly files: () => readonly SourceFile[];
}

/** A reader that names files relative to `cwd`. */
export function openReader(cwd: string, limits: SourceLimits, positions: Positions): Reader {
  const known = new Map<string, ParsedFile>();
  let total = 0;
  return {
    positions,
    files: () => [...known.values()].map((one) => one.file),
    read: async (named) => {
      const real = await locate(named, cwd);
      const before = known.get(real);
      if (before !== undefined) return before;
      const { size } = await stat(real);
      total += size;
      if (size > limits.fileBytes || total > limits.totalBytes || known.size >= limits.files) {
        throw new DiagnosticError([tooLarge(display(named, cwd), size)]);
      }
      const parsed = parse(
        { name: display(named, cwd), path: real, text: await text(real, named, cwd) },
        positions,
        limits,
      );
      known.set(real, parsed);
      return parsed;
    },
  };
}

function parse(file: SourceFile, positions: Positions, limits: SourceLimits): ParsedFile {
  const isJson = /\.json$/i.test(file.path) || /^\s*\{\s*"/.test(file.text.slice(0, 200));
  return { file, ...(isJson ? parseJson : parseYaml)(file, positions, limits) };
}

async function locate(named: string, cwd: string): Promise<string> {
  try {
    const real = await realpath(path.resolve(cwd, named));
    if ((await stat(real)).isFile()) return real;
  } catch {
    // Said below, once, for every way in which a file can be missing.
  }
  const fault = complaint(
    "SP001",
    `There is no file ${display(named, cwd)}`,
    "Check the path: it is relative to the working folder.",
  );
  throw new DiagnosticError([fault], 2);
}

async function text(real: string, named: string, cwd: string): Promise<string> {
  try {
    // RFC 8259, 8.1 and YAML 1.2, 5.2: UTF-8. What is not would be read as something else than it says.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(await readFile(real));
  } catch (thrown) {
    const encoding = thrown instanceof TypeError;
    const message = encoding ? `${display(named, cwd)} is not UTF-8` : `${display(named, cwd)} cannot be read`;
    const fix = encoding ? "Save the file as UTF-8." : "Check the file's permissions.";
    throw new DiagnosticError([complaint("SP002", message, fix)], 2);
  }
}

function tooLarge(name: string, size: number): Diagnostic {
  return complaint(
    "SP003",
    `${name} (${size} octets) is more than a description may weigh`,
    "Split the description, or drop what is generated into it.",
  );
}

/** A path as the user would write it: relative where it lies below the working folder. */
export function display(file: string, cwd: string): string {
  const relative = path.relative(cwd, path.resolve(cwd, file));
  return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative.split(path.sep).join("/");
}
