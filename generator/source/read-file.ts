import { readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { type Diagnostic, DiagnosticError } from "../code/diagnostic.js";
import type { SpecValue } from "../model/spec.js";
import { complaint } from "./complaint.js";
import type { SourceLimits } from "./limits.js";
import { parseJson } from "./parse-json.js";
import { parseYaml } from "./parse-yaml.js";
import type { Positions, SourceFile } from "./positions.js";
import { fetchText, originsOf, type RemoteOptions, Unfetched } from "./remote.js";

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
  /** Whether the origin of a URL was allowed. */
  readonly mayFetch: (url: URL) => boolean;
  /** @throws DiagnosticError when it cannot be had. */
  readonly fetch: (url: URL) => Promise<ParsedFile>;
  /** Every file read so far. */
  readonly files: () => readonly SourceFile[];
}

/**
 * A reader that names files relative to `cwd`.
 * @throws DiagnosticError with exit code 2 for an allow-list of something else than origins.
 */
export function openReader(
  cwd: string,
  limits: SourceLimits,
  positions: Positions,
  remote: RemoteOptions = { allow: [] },
): Reader {
  const known = new Map<string, ParsedFile>();
  const origins = originsOf(remote.allow);
  let total = 0;
  const weigh = (name: string, size: number) => {
    total += size;
    if (size <= limits.fileBytes && total <= limits.totalBytes && known.size < limits.files) return;
    throw new DiagnosticError([tooLarge(name, size)]);
  };
  return {
    positions,
    files: () => [...known.values()].map((one) => one.file),
    read: async (named) => {
      const real = await locate(named, cwd);
      const before = known.get(real);
      if (before !== undefined) return before;
      weigh(display(named, cwd), (await stat(real)).size);
      const parsed = parse(
        { name: display(named, cwd), path: real, text: await text(real, named, cwd) },
        positions,
        limits,
      );
      known.set(real, parsed);
      return parsed;
    },
    mayFetch: (url) => origins.has(url.origin),
    fetch: async ({ href }) => {
      const before = known.get(href);
      if (before !== undefined) return before;
      const bytes = await fetched(new URL(href), Math.min(limits.fileBytes, limits.totalBytes - total), remote);
      weigh(href, bytes.length);
      const parsed = parse({ name: href, path: href, text: utf8(bytes, href) }, positions, limits);
      known.set(href, parsed);
      return parsed;
    },
  };
}

async function fetched(url: URL, bytes: number, remote: RemoteOptions): Promise<Buffer> {
  try {
    return await fetchText(url, bytes, remote);
  } catch (thrown) {
    if (!(thrown instanceof Unfetched)) throw thrown;
    const fix = "Check the URL, or keep a copy of the document beside the description.";
    throw new DiagnosticError([complaint("SP025", `${url.href} cannot be fetched because ${thrown.message}`, fix)]);
  }
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
  const name = display(named, cwd);
  const bytes = await readFile(real).catch(() => {
    throw new DiagnosticError([complaint("SP002", `${name} cannot be read`, "Check the file's permissions.")], 2);
  });
  return utf8(bytes, name);
}

/** RFC 8259, 8.1 and YAML 1.2, 5.2: UTF-8. What is not would be read as something else than it says. */
function utf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new DiagnosticError([complaint("SP002", `${name} is not UTF-8`, "Save the file as UTF-8.")], 2);
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
