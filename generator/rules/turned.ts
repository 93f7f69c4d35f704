import type { Spec, SpecObject } from "../model/spec.js";
import { objectsIn, schemasBelow } from "./below.js";
import type { Place } from "./places.js";

/** Where one of these refuses, the whole may accept: `maxContains` counts what does not, and of `oneOf` one only may. */
const turning = ["not", "if", "oneOf", "contains"];

/** Schemas whose refusal can make another schema accept: those below the keywords that turn, and what they refer to. */
export function turnedSchemas(spec: Spec, places: readonly Place[]): ReadonlySet<SpecObject> {
  const schemas = places.filter((one) => one.role === "schema").map((one) => one.node);
  const turned = schemas.flatMap((node) => turning.flatMap((key) => objectsIn(node[key])));
  return schemasBelow(spec, places, turned);
}
