import { createHash } from "node:crypto";
import path from "node:path";

/** A file that was read: where it lies, links resolved, or its https address; and its text. */
export interface ReadText {
  readonly path: string;
  readonly text: string;
}

/** Over names and texts, of what was fetched too. Names are relative to the entry's folder, so that the working folder does not matter. */
export function digestOf(files: readonly ReadText[], folder: string): string {
  const nameOf = (file: string) =>
    file.startsWith("https:") ? file : path.relative(folder, file).split(path.sep).join("/");
  const named = files.map((one) => [nameOf(one.path), one.text] as const);
  const hash = createHash("sha256");
  for (const [name, text] of named.sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name.length}:${name}${text.length}:`).update(text);
  }
  return hash.digest("hex");
}
