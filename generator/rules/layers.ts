import type { Spec, SpecObject } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import type { OperationPlace } from "./operations.js";
import { isObject } from "./places.js";

/** One of the annotations that speak of an operation. */
export interface Layer {
  readonly said: SpecObject;
  readonly from: "operation" | "pathItem" | "defaults";
  /** Whether a key of it holds: nothing nearer to the operation replaces it. */
  readonly holds: (key: string) => boolean;
}

/** What is said of an operation, the nearest first: by itself, by its path item, by the root's defaults. */
export function layersOf(spec: Spec, { pathItem, node }: OperationPlace): readonly Layer[] {
  const defaults = annotationOf(spec.root)?.defaults;
  const all = [
    { from: "operation", said: annotationOf(node) },
    { from: "pathItem", said: annotationOf(pathItem) },
    { from: "defaults", said: isObject(defaults) ? defaults : undefined },
  ] as const;
  return all.flatMap(({ from, said }, index) => {
    const nearer = all.slice(0, index);
    const holds = (key: string) => !nearer.some((one) => one.said !== undefined && Object.hasOwn(one.said, key));
    return said === undefined ? [] : [{ from, said, holds }];
  });
}
