import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { isObject, placesOf } from "./places.js";

/** Every rate limit of a spec: those of the root, and those that are written where they are used. */
export function limitNodes(spec: Spec): readonly SpecObject[] {
  const root = annotationOf(spec.root);
  const named = isObject(root?.rateLimits) ? Object.values(root.rateLimits) : [];
  const holders = placesOf(spec)
    .filter(({ role }) => role === "operation" || role === "pathItem")
    .map(({ node }) => annotationOf(node));
  const inline = [root?.defaults, ...holders].flatMap((said) => (isObject(said) ? listOf(said.rateLimits) : []));
  return [...named, ...inline].filter(isObject);
}

function listOf(value: SpecValue | undefined): readonly SpecValue[] {
  return Array.isArray(value) ? value : [];
}
