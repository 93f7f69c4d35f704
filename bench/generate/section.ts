import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./peers.js";

/** Writes what was measured between two markers of docs/performance.md. */
export function writeSection(name: string, text: string): void {
  const file = path.join(root, "docs", "performance.md");
  const [from, to] = [`<!-- ${name}: written by a script -->`, `<!-- ${name}: end -->`];
  const page = readFileSync(file, "utf8");
  const [start, end] = [page.indexOf(from), page.indexOf(to)];
  if (start === -1 || end < start) throw new Error(`docs/performance.md has no place for ${name}: ${from} … ${to}`);
  writeFileSync(file, `${page.slice(0, start)}${from}\n${text}\n${page.slice(end)}`);
}
