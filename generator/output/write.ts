import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { DiagnosticError } from "../code/diagnostic.js";
import { unusable } from "./disk.js";
import { manifestName } from "./manifest.js";
import type { Plan, Step } from "./plan.js";

interface Prepared {
  readonly target: string;
  readonly temporary: string;
}

/**
 * Carries out a plan. Every text is on the disk under a temporary name before the first file is replaced, and a replacement is one
 * rename: whoever reads the folder sees the old file or the new one, and a full disk loses nothing.
 * @throws DiagnosticError when the folder cannot be written.
 */
export async function writeOutput({ folder, steps }: Plan): Promise<void> {
  // The manifest comes first: should the run end between two renames, the next one knows all of its files for its own.
  const changed = steps.filter((one) => one.status === "written").sort((a, b) => order(a) - order(b));
  const prepared: Prepared[] = [];
  try {
    for (const step of changed) prepared.push(await prepare(folder, step));
    for (const { temporary, target } of prepared) await rename(temporary, target);
    for (const step of steps) if (step.status === "removed") await rm(path.join(folder, step.path), { force: true });
  } catch (error) {
    await Promise.all(prepared.map(({ temporary }) => rm(temporary, { force: true })));
    throw error instanceof DiagnosticError ? error : new DiagnosticError([unusable(folder, error)], 2);
  }
}

function order(step: Step): number {
  return step.path === manifestName ? 0 : 1;
}

async function prepare(folder: string, step: Step): Promise<Prepared> {
  const target = path.join(folder, step.path);
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  await makeFolder(path.dirname(target));
  try {
    await writeFile(temporary, step.after ?? "", { flag: "wx" });
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return { target, temporary };
}

/** Node's own recursive `mkdir` never comes back from a file system that refuses with ENOENT, as /proc does. */
async function makeFolder(folder: string): Promise<void> {
  if (await made(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder);
}

/** Whether the folder is there now; not, where its parent is missing. */
async function made(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") return true;
    if (code === "ENOENT") return false;
    throw error;
  }
}
