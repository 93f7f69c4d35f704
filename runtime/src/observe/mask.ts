import { createHmac, randomBytes } from "node:crypto";
import type { Mask } from "../policy/index.js";
import { shown } from "./shown.js";

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
export function mask(value: unknown, style: Mask, salt?: string | Uint8Array): unknown {
  return shown(value, style, (text) =>
    createHmac("sha256", salt ?? processSalt())
      .update(text, "utf8")
      .digest("hex")
      .slice(0, 16),
  );
}
