import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const page = fileURLToPath(new URL("../../docs/compatibility.md", import.meta.url));
const [begin, end] = ["<!-- suite: written by `npm run suite -- DIR --write` -->", "<!-- /suite -->"];

/** The page with the findings between its markers. */
function pageWith(findings: string): string {
  const text = readFileSync(page, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${page} has no markers ${begin} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n${findings}\n${text.slice(to)}`;
}

export function writePage(findings: string): void {
  writeFileSync(page, pageWith(findings));
}

/** Whether the page has each of these lines: what is missed must be said. */
export function lists(lines: readonly string[]): boolean {
  const said = new Set(readFileSync(page, "utf8").split("\n"));
  return lines.every((line) => said.has(line));
}

/** Whether the page says all that was found. */
export function isFresh(findings: string): boolean {
  return pageWith(findings) === readFileSync(page, "utf8");
}
