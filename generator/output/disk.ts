import { lstatSync, readFileSync, type Stats } from "node:fs";
import path from "node:path";
import { type Diagnostic, DiagnosticError } from "../code/diagnostic.js";

/** What stands at a path of the output folder now. */
export type Standing =
  | { readonly kind: "nothing" }
  | { readonly kind: "file"; readonly text: string }
  /** A symlink, also one on the way to the file, a folder, a socket … */
  | { readonly kind: "other"; readonly what: string };

/** Looks without following a symlink below the folder (R3). The folder itself is where the user wants it. */
export function look(folder: string, name: string): Standing {
  return obstacle(folder, name) ?? { kind: "file", text: read(path.join(folder, name)).toString("utf8") };
}

/** The octets of a file, as `look` would find it; `undefined` where it finds none. */
export function octetsAt(folder: string, name: string): Uint8Array | undefined {
  return obstacle(folder, name) === undefined ? read(path.join(folder, name)) : undefined;
}

/** What stands there instead of a file. */
function obstacle(folder: string, name: string): Exclude<Standing, { kind: "file" }> | undefined {
  const parts = name.split("/");
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const here = path.join(folder, ...parts.slice(0, depth));
    const stat = statOf(here);
    if (stat === undefined) return { kind: "nothing" };
    if (stat.isSymbolicLink()) return { kind: "other", what: "a symbolic link" };
    if (depth < parts.length && !stat.isDirectory()) return { kind: "other", what: "a file where a folder must be" };
    if (depth === parts.length && !stat.isFile()) return { kind: "other", what: "no file" };
  }
  return undefined;
}

function statOf(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw new DiagnosticError([unusable(file, error)], 2);
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new DiagnosticError([unusable(file, error)], 2);
  }
}

/** A file or folder that the system does not let us use. */
export function unusable(file: string, error: unknown): Diagnostic {
  const code = codeOf(error);
  return {
    code: "SP074",
    severity: "error",
    message: `${path.basename(file)} in the output folder cannot be used: ${reasons[code] ?? code}.`,
    fix: "Give another output folder, or make this one writable.",
  };
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of its path is a file",
  EISDIR: "it is a folder",
  ENOSPC: "the disk is full",
  EEXIST: "a file stands where a folder must be",
};

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
}
