import type { Retries } from "../model/security.js";
import type { SpecValue } from "../model/spec.js";
import { listOf, objectOf, textOf } from "./node.js";

const defaults: Retries = {
  maxAttempts: 3,
  base: "250ms",
  cap: "20s",
  maxElapsed: "60s",
  statuses: [408, 429, 502, 503, 504],
  network: true,
  when: "idempotent",
  retryAfterMax: "60s",
};

/** What the annotation says, over what holds otherwise. `none` repeats nothing. */
export function lowerRetries(said: SpecValue | undefined, otherwise: Retries = defaults): Retries {
  const node = objectOf(said);
  if (said === "none" || node?.none !== undefined) return { ...otherwise, maxAttempts: 1, when: "never" };
  const { maxAttempts, network, when, statuses } = node ?? {};
  const numbers = listOf(statuses)?.filter((status) => typeof status === "number");
  return {
    maxAttempts: typeof maxAttempts === "number" ? maxAttempts : otherwise.maxAttempts,
    base: textOf(node?.base) ?? otherwise.base,
    cap: textOf(node?.cap) ?? otherwise.cap,
    maxElapsed: textOf(node?.maxElapsed) ?? otherwise.maxElapsed,
    statuses: numbers === undefined ? otherwise.statuses : [...new Set(numbers)].sort((a, b) => a - b),
    network: typeof network === "boolean" ? network : otherwise.network,
    when: when === "idempotent" || when === "always" || when === "never" ? when : otherwise.when,
    retryAfterMax: textOf(node?.retryAfterMax) ?? otherwise.retryAfterMax,
  };
}
