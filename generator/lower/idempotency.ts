import type { Idempotency } from "../model/security.js";
import type { SpecValue } from "../model/spec.js";
import { objectOf, textOf, textsOf } from "./node.js";

/** What is said, over what holds otherwise. */
export function lowerIdempotency(said: SpecValue | undefined): Idempotency | undefined {
  const node = objectOf(said);
  if (node === undefined) return undefined;
  const scope = textsOf(node.scope);
  return {
    header: textOf(node.header) ?? "Idempotency-Key",
    required: node.required !== false,
    ttl: textOf(node.ttl) ?? "24h",
    scope: scope.length === 0 ? ["principal", "operation"] : scope,
    fingerprint: node.fingerprint === "none" ? "none" : "body",
  };
}
