import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec } from "../model/spec.js";
import { placesOf } from "./places.js";

/** Annotations of other tools whose meaning we know, and do not take over yet. */
const foreign = new Set([
  "x-sunset",
  "x-deprecated-at",
  "x-stability-level",
  "x-internal",
  "x-speakeasy-retries",
  "x-fern-idempotent",
  "x-ms-mutability",
  "x-roles",
  "x-required-roles",
  "x-permissions",
  "x-rate-limit",
]);

/** What other tools' annotations ask for is not done: said once for each, so that nobody relies on it. */
export function aliasFaults(spec: Spec): readonly Diagnostic[] {
  const first = new Map<string, Diagnostic>();
  for (const { node } of placesOf(spec)) {
    for (const key of Object.keys(node)) {
      if (!foreign.has(key) || first.has(key)) continue;
      first.set(key, {
        code: "SP310",
        severity: "warning",
        message: `${key} is another tool's annotation, and is not honoured`,
        fix: "Say it with x-sallyport, in the description or in an overlay.",
        at: spec.at(node, key, "key"),
      });
    }
  }
  return [...first.values()];
}
