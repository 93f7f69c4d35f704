import { createHmac, randomBytes } from "node:crypto";
import type { Mask } from "../policy/index.js";
import { clean } from "./clean.js";

let salted: Uint8Array | undefined;

/**
 * New with each process, so that the hashes of two runs cannot be joined, nor looked up in a table made beforehand. Made when it is first
 * needed: Workers have no chance while modules load.
 */
function processSalt(): Uint8Array {
  salted ??= randomBytes(32);
  return salted;
}

/**
 * A value as it may be shown in a log or an audit line. Always safe to print: control characters are escaped, long text is cut.
 *
 * - `plain`: as it is.
 * - `last4`: `…3000`. Of fewer than eight characters nothing is shown: four would be most of it.
 * - `hash`: 16 hexadecimal digits of an HMAC-SHA-256, equal for equal values under one salt.
 * - `drop`: `undefined`, so that it is left out.
 *
 * @param salt what the hash is keyed with; random for each process where absent.
 */
export function mask(value: unknown, style: Mask, salt: string | Uint8Array = processSalt()): unknown {
  switch (style) {
    case "plain":
      return plain(value);
    case "last4":
      return value === undefined ? undefined : last4(textOf(value));
    case "hash":
      return value === undefined ? undefined : hash(textOf(value), salt);
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

function hash(text: string, salt: string | Uint8Array): string {
  return createHmac("sha256", salt).update(text, "utf8").digest("hex").slice(0, 16);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value) ?? "";
}
