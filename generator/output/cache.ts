import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What was noted by this name in the `node_modules/.cache` that is nearest to a folder; `undefined` where nothing readable is. */
export function readNote(folder: string, name: string): unknown {
  const file = fileOf(folder, name);
  try {
    return file === undefined ? undefined : JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Notes something. Whoever reads meanwhile sees the old note or the new one. */
export function writeNote(folder: string, name: string, value: object): void {
  const file = fileOf(folder, name);
  if (file === undefined) return;
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(temporary, JSON.stringify(value), { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    // A folder that cannot be written holds no notes: the next run is a whole one.
  }
}

function fileOf(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const modules = path.join(folder, "node_modules");
    if (existsSync(modules)) return path.join(modules, ".cache", "sallyport", `${name}.json`);
    if (folder === path.dirname(folder)) return undefined;
  }
}
