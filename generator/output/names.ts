import { type Diagnostic, DiagnosticError } from "../code/diagnostic.js";
import type { Emitted } from "./emitted.js";

const segment = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,200}$/;
/** Names that Windows gives a meaning of its own, whatever follows the first dot. */
const device = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/**
 * R3: every name stays below the output folder and is one file on any file system, also where case does not count.
 * @throws DiagnosticError
 */
export function checkNames(files: readonly Emitted[]): void {
  const seen = new Map<string, string>();
  const problems = files.flatMap(({ path }): Diagnostic[] => {
    const twin = seen.get(path.toLowerCase());
    seen.set(path.toLowerCase(), path);
    if (!path.split("/").every((part) => segment.test(part) && !device.test(part))) return [unsafe(path)];
    return twin === undefined ? [] : [clash(path, twin)];
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
}

function unsafe(path: string): Diagnostic {
  return {
    code: "SP071",
    severity: "error",
    message: `${JSON.stringify(path)} is no name for an emitted file: it could leave the output folder or mean something else.`,
    fix: "Rename the tag or component that the file is named after.",
  };
}

function clash(path: string, twin: string): Diagnostic {
  return {
    code: "SP072",
    severity: "error",
    message: `Two emitted files would be one where case does not count: ${twin} and ${path}.`,
    fix: "Rename one of the tags or components that the files are named after.",
  };
}
