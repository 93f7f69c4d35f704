import { type Diagnostic, DiagnosticError } from "../code/diagnostic.js";
import { look, type Standing } from "./disk.js";
import type { Emitted } from "./emitted.js";
import { handedOver, manifestName, readManifest, sha256 } from "./manifest.js";

/** What a run would do to the output folder. */
export interface Plan {
  readonly folder: string;
  readonly steps: readonly Step[];
  readonly warnings: readonly Diagnostic[];
}

/** One file: what stands there (`before`) and what shall (`after`). */
export interface Step {
  readonly path: string;
  readonly status: "written" | "unchanged" | "removed";
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * Compares the files with the folder.
 * @throws DiagnosticError when a file that is not ours stands in the way.
 */
export function planOutput(folder: string, files: readonly Emitted[]): Plan {
  const own = ownFiles(folder);
  const problems: Diagnostic[] = [];
  const steps: Step[] = [];
  const handed = handedTo(folder);
  for (const { path, text, yours } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const standing = look(folder, path);
    const before = standing.kind === "file" ? standing.text : undefined;
    if (yours === true && (standing.kind !== "nothing" || handed.has(path))) {
      steps.push({ path, status: "unchanged", before, after: before });
      continue;
    }
    if (standing.kind === "other" || (before !== undefined && before !== text && !own.has(path))) {
      problems.push(inTheWay(path, standing));
    }
    steps.push({ path, status: before === text ? "unchanged" : "written", before, after: text });
  }
  const stale = staleFiles(folder, own, files);
  if (problems.length > 0) throw new DiagnosticError(problems, 2);
  return { folder, steps: [...steps, ...stale.steps], warnings: stale.warnings };
}

/** The files that the last run wrote, by its manifest; the manifest is one of them. */
function ownFiles(folder: string): ReadonlyMap<string, string> {
  const standing = look(folder, manifestName);
  const files = standing.kind === "file" ? readManifest(standing.text) : undefined;
  return files === undefined ? new Map() : new Map([...files, [manifestName, ""]]);
}

/** The files that were the user's from the last run on, also where the user has removed one. */
function handedTo(folder: string): ReadonlySet<string> {
  const standing = look(folder, manifestName);
  return standing.kind === "file" ? handedOver(standing.text) : new Set();
}

/** Files of the last run that are emitted no more. One that was changed since is no longer ours to remove. */
function staleFiles(
  folder: string,
  own: ReadonlyMap<string, string>,
  files: readonly Emitted[],
): Pick<Plan, "steps" | "warnings"> {
  const emitted = new Set(files.map((one) => one.path));
  const steps: Step[] = [];
  const warnings: Diagnostic[] = [];
  for (const [path, digest] of own) {
    if (emitted.has(path) || path === manifestName || !isBelow(path)) continue;
    const standing = look(folder, path);
    if (standing.kind !== "file") continue;
    if (sha256(standing.text) === digest)
      steps.push({ path, status: "removed", before: standing.text, after: undefined });
    else warnings.push(changed(path));
  }
  return { steps, warnings };
}

/** A manifest is a file that anybody may have edited: it cannot make us remove what lies elsewhere. */
function isBelow(path: string): boolean {
  return path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !part.includes("\\"));
}

function inTheWay(path: string, standing: Standing): Diagnostic {
  const what = standing.kind === "other" ? standing.what : "a file that sallyport did not write";
  return {
    code: "SP075",
    severity: "error",
    message: `${path} in the output folder is ${what}, so nothing was written.`,
    fix: "Move it away, or give another output folder.",
  };
}

function changed(path: string): Diagnostic {
  return {
    code: "SP076",
    severity: "warning",
    message: `${path} is no longer generated, but it was changed by hand: it was left where it is.`,
    fix: "Remove it when you no longer need it.",
  };
}
