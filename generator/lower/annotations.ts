import type { SpecObject, SpecValue } from "../model/spec.js";
import type { Lowering } from "./lowering.js";
import { objectOf } from "./node.js";

/** The closed object of annotations at a node. */
export function annotationOf(node: SpecObject | undefined): SpecObject | undefined {
  return objectOf(node?.["x-sallyport"]);
}

/** What holds for an operation: its own keys, over those of its path item, over the root's defaults. */
export function effectiveAnnotation(run: Lowering, pathItem: SpecObject, operation: SpecObject): SpecObject {
  const defaults = objectOf(annotationOf(run.spec.root)?.defaults);
  return { ...defaults, ...annotationOf(pathItem), ...annotationOf(operation) };
}

/** The `security` that holds for an operation: the nearest one. `undefined` where nobody declares any. */
export function effectiveSecurity(run: Lowering, pathItem: SpecObject, operation: SpecObject): SpecValue | undefined {
  return operation.security ?? pathItem.security ?? run.spec.root.security;
}
