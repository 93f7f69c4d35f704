import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { childrenOf } from "../source/grammar.js";
import { isObject, type Place } from "./places.js";

/** Where one of these refuses, the whole may accept: `maxContains` counts what does not, and of `oneOf` one only may. */
const turning = ["not", "if", "oneOf", "contains"];

/** Schemas whose refusal can make another schema accept: those below the keywords that turn, and what they refer to. */
export function turnedSchemas(spec: Spec, places: readonly Place[]): ReadonlySet<SpecObject> {
  const schemas = places.filter((one) => one.role === "schema").map((one) => one.node);
  const open = schemas.flatMap((node) => turning.flatMap((key) => objectsIn(node[key])));
  const found = new Set<SpecObject>();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    // Where a dynamic reference leads depends on who asks: it may lead anywhere.
    if ("$dynamicRef" in node) return new Set(schemas);
    if ("$ref" in node) open.push(...followed(spec, node));
    open.push(...childrenOf(node, "schema").flatMap(({ value }) => objectsIn(value as SpecValue | undefined)));
  }
  return found;
}

/** What stands beside a `$ref` on the way holds too. */
function followed(spec: Spec, reference: SpecObject): readonly SpecObject[] {
  const { node, passed } = spec.resolve(reference);
  return [...passed, ...objectsIn(node)];
}

function objectsIn(value: SpecValue | undefined): readonly SpecObject[] {
  if (Array.isArray(value)) return value.filter((one): one is SpecObject => isObject(one));
  return isObject(value) ? [value] : [];
}
