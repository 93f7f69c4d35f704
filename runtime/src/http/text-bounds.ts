import type { Bounds } from "../policy/index.js";
import type { Breadth } from "./json.js";

/** What bounds a text that is read as a whole, before anything validates it (R31). */
export interface TextBounds extends Breadth {
  readonly depth: number;
}

/** The bounds of an operation, with what holds where the spec says nothing. */
export function textBounds({ depth, keys = 1_000, items = 1_000 }: Bounds): TextBounds {
  return { depth, keys, items };
}

/** Whether a query, or a form, has more pairs than this. Nothing is taken apart for it. */
export function isCrowded(text: string, most: number): boolean {
  let at = -1;
  for (let pairs = 1; pairs <= most; pairs++) {
    at = text.indexOf("&", at + 1);
    if (at === -1) return false;
  }
  return true;
}
