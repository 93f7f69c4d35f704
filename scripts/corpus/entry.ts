import { readFileSync } from "node:fs";

/** One real description: where it comes from, and which bytes it is. */
export interface Entry {
  /** Names the entry's row and its folder. */
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly path: string;
  readonly sha256: string;
  /** One of those that every push is tried on. */
  readonly sample?: true;
}

/** The corpus, as `pick.ts` chose it. */
export function entries(): readonly Entry[] {
  return JSON.parse(readFileSync(new URL("entries.json", import.meta.url), "utf8"));
}
