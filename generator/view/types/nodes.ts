import type { SpecObject, SpecValue } from "../../model/spec.js";

export function isObject(node: SpecValue | undefined): node is SpecObject {
  return typeof node === "object" && node !== null && !Array.isArray(node);
}

/** The entries of an object by key, in the order of code units: the same on every machine. */
export function sorted(node: SpecValue | undefined): readonly (readonly [string, SpecValue | undefined])[] {
  if (!isObject(node)) return [];
  return Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1));
}

const lineBreaks = /\r\n?|[\u0085\u2028\u2029\v\f]/g;

/** A text that can stand in a block comment: it cannot end it, and every line break in it is a line feed (R2). */
export function commentText(text: string): string {
  return text
    .replace(lineBreaks, "\n")
    .replace(/[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "")
    .replace(/\*(?=\/)/g, "* ");
}
