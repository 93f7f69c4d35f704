import { createHash } from "node:crypto";
import path from "node:path";

/** A file that was read: where it lies, links resolved, or its https address; and its text. */
export interface ReadText {
  readonly path: string;
  readonly text: string;
}

/** A file whose octets are at hand: whoever only compares need not decode them. */
export interface ReadOctets {
  readonly path: string;
  readonly text: string | Uint8Array;
}

/** Over names and texts, of what was fetched too. Names are relative to the entry's folder, so that the working folder does not matter. */
export function digestOf(files: readonly ReadOctets[], folder: string): string {
  const nameOf = (file: string) =>
    file.startsWith("https:") ? file : path.relative(folder, file).split(path.sep).join("/");
  const named = files.map((one) => [nameOf(one.path), one.text] as const);
  const hash = createHash("sha256");
  for (const [name, text] of named.sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name.length}:${name}${Buffer.byteLength(text)}:`).update(text);
  }
  return hash.digest("hex");
}
