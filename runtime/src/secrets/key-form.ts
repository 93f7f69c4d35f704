import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { KeyRules } from "./key-rules.js";

/** A key that was just made. `key` is shown to its owner once and is kept nowhere. */
export interface IssuedApiKey {
  readonly key: string;
  readonly id: string;
}

const idOctets = 8;
const checkDigits = 8;
const longest = 256;
const body = /^([0-9a-f]{16})_((?:[0-9a-f]{2})+)$/;

/**
 * Makes a key, `<prefix><id>_<secret><check>`, in lower-case hexadecimal. The secret is from the system's generator (R54); the check is
 * the CRC-32 of everything before it, so that a mistyped key is known without a look-up, and a scanner can tell a key from its like.
 */
export function makeKey({ prefix, secretOctets }: Pick<KeyRules, "prefix" | "secretOctets">): IssuedApiKey {
  const id = randomBytes(idOctets).toString("hex");
  const unchecked = `${prefix}${id}_${randomBytes(secretOctets).toString("hex")}`;
  return { key: `${unchecked}${checkOf(unchecked)}`, id };
}

/** The id that a key names, where it has the form that the rules give to keys. Says nothing of whether there is such a key. */
export function keyIdOf(key: string, { prefix, secretOctets }: Pick<KeyRules, "prefix" | "secretOctets">) {
  if (key.length > longest || !key.startsWith(prefix)) return undefined;
  const [, id, rest = ""] = body.exec(key.slice(prefix.length)) ?? [];
  if (rest.length < secretOctets * 2 + checkDigits) return undefined;
  return checkOf(key.slice(0, -checkDigits)) === key.slice(-checkDigits) ? id : undefined;
}

function checkOf(text: string): string {
  return crc32(text).toString(16).padStart(checkDigits, "0");
}
