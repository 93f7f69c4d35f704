import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { childrenOf } from "../source/grammar.js";
import { isObject, type Place } from "./places.js";

/** Schemas, those below them, and those that they refer to; what stands beside a `$ref` on the way holds too. */
export function schemasBelow(
  spec: Spec,
  places: readonly Place[],
  from: readonly SpecObject[],
): ReadonlySet<SpecObject> {
  const open = [...from];
  const found = new Set<SpecObject>();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    // Where a dynamic reference leads depends on who asks: it may lead anywhere.
    if ("$dynamicRef" in node) open.push(...places.filter((one) => one.role === "schema").map((one) => one.node));
    if ("$ref" in node) open.push(...followed(spec, node));
    open.push(...childrenOf(node, "schema").flatMap(({ value }) => objectsIn(value as SpecValue | undefined)));
  }
  return found;
}

function followed(spec: Spec, reference: SpecObject): readonly SpecObject[] {
  const { node, passed } = spec.resolve(reference);
  return [...passed, ...objectsIn(node)];
}

/** The objects that a keyword holds: one, or a list of them. */
export function objectsIn(value: SpecValue | undefined): readonly SpecObject[] {
  if (Array.isArray(value)) return value.filter((one): one is SpecObject => isObject(one));
  return isObject(value) ? [value] : [];
}
