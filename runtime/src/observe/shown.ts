import type { Mask } from "../policy/index.js";
import { clean } from "./clean.js";

/**
 * A value as a mask lets it be shown; `undefined`: it is left out.
 * @param hash what `hash` shows of a text.
 */
export function shown(value: unknown, style: Mask, hash: (text: string) => string | undefined): unknown {
  switch (style) {
    case "plain":
      return plain(value);
    case "last4":
      return value === undefined ? undefined : last4(textOf(value));
    case "hash":
      return value === undefined ? undefined : hash(textOf(value));
    case "drop":
      return undefined;
    default:
      // A style that is not known hides: the next version of the vocabulary must not print secrets in this one.
      style satisfies never;
      return undefined;
  }
}

function plain(value: unknown): unknown {
  if (value === null || typeof value === "boolean" || value === undefined) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return clean(textOf(value));
}

function last4(text: string): string {
  return text.length < 8 ? "…" : `…${clean(text.slice(-4))}`;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value) ?? "";
}
