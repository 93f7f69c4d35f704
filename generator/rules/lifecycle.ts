import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { error } from "./complaint.js";
import { layersOf } from "./layers.js";
import { type OperationPlace, operationsOf } from "./operations.js";
import { isObject, placesOf } from "./places.js";

/** Ends of operations that do not fit together. */
export function lifecycleFaults(spec: Spec): readonly Diagnostic[] {
  const defaults = annotationOf(spec.root)?.defaults;
  const annotations = placesOf(spec)
    .filter(({ role }) => role === "operation" || role === "pathItem")
    .map(({ node }) => annotationOf(node));
  return [
    ...[...annotations, isObject(defaults) ? defaults : undefined].flatMap((said) => datesOf(spec, said?.lifecycle)),
    ...operationsOf(spec).flatMap((operation) => undeclared(spec, operation)),
  ];
}

function datesOf(spec: Spec, lifecycle: SpecObject[string]): readonly Diagnostic[] {
  if (!isObject(lifecycle)) return [];
  const { deprecatedAt, sunset } = lifecycle;
  // RFC 9745, 4: the sunset is not before the deprecation.
  if (typeof deprecatedAt === "string" && typeof sunset === "string" && Date.parse(sunset) < Date.parse(deprecatedAt)) {
    const fix = "Correct one of the two dates.";
    return [error("SP309", "The sunset is before the deprecation", fix, spec.at(lifecycle, "sunset"))];
  }
  // Responses speak of the end of an operation from the day on that it is deprecated: without one they never would.
  const idle = ["sunset", "successor", "docs", "afterSunset"].filter((key) => lifecycle[key] !== undefined);
  if (deprecatedAt !== undefined || idle.length === 0) return [];
  return idle.map((key) => {
    const fix = "Add deprecatedAt, the day from which the operation is deprecated.";
    return error("SP313", `lifecycle.${key} says nothing without deprecatedAt`, fix, spec.at(lifecycle, key, "key"));
  });
}

/** Readers who do not know our vocabulary see `deprecated` only. */
function undeclared(spec: Spec, operation: OperationPlace): readonly Diagnostic[] {
  const { node, holder, key, method, path } = operation;
  const layer = layersOf(spec, operation).find((one) => one.said.lifecycle !== undefined);
  const lifecycle = layer?.said.lifecycle;
  if (node.deprecated === true || !isObject(lifecycle) || typeof lifecycle.deprecatedAt !== "string") return [];
  const at = layer?.from === "operation" ? spec.at(lifecycle, "deprecatedAt", "key") : spec.at(holder, key, "key");
  const fix = "Add deprecated: true to the operation, so that every reader of the description sees it.";
  return [error("SP308", `${method} ${path} has deprecatedAt, and not deprecated: true`, fix, at)];
}
