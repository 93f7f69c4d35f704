import type { Schema } from "../model/schema.js";
import type { SpecValue } from "../model/spec.js";
import { dependsOnScope, enterAt, scopeText, startingScope } from "./dynamic-scope.js";
import { complain, type Lowering } from "./lowering.js";
import { listOf, objectOf, textOf } from "./node.js";
import { componentKey, type Place, placeOf } from "./pointer.js";

type LowerSchema = (run: Lowering, node: SpecValue | undefined) => Schema;

/**
 * The schema that a `$ref` stands for. A component schema stays a name. A schema elsewhere is inlined where it is used, unless it
 * contains itself: then it becomes a name, too.
 */
export function lowerReference(run: Lowering, reference: string, lower: LowerSchema): Schema {
  const there = insideOf(run, reference);
  if (dependsOnScope(reference, run.anchors)) return lowerInScope(there, reference, lower);
  const key = componentKey(reference);
  if (key !== undefined) return { kind: "ref", name: key };
  const place = placeOf(run.spec.root, reference);
  if (place === undefined) {
    complain(run, undefined, undefined, {
      code: "SP409",
      message: `Nothing stands at ${reference}`,
      fix: "Point the $ref at a schema of this document.",
    });
    return { kind: "never" };
  }
  if (!reachesItself(run, reference)) return lower(there, place.node);
  return lift(there, reference, place, lower);
}

/** JSON Schema core, 8.2.3.2: the schema that a `$dynamicRef` stands for here, given the place that it initially leads to. */
export function lowerDynamicReference(run: Lowering, initial: string, lower: LowerSchema): Schema {
  const name = textOf(objectOf(placeOf(run.spec.root, initial)?.node)?.$dynamicAnchor);
  return lowerReference(run, (name === undefined ? undefined : run.scope.get(name)) ?? initial, lower);
}

/** A lowering that has gone through a reference. */
export function insideOf(run: Lowering, reference: string): Lowering {
  const scope = enterAt(run.scope, reference, run.anchors);
  return scope === run.scope ? run : { ...run, scope };
}

/** A schema that says different things by different ways to it is one schema a way. By itself a component is what its name says. */
function lowerInScope(run: Lowering, reference: string, lower: LowerSchema): Schema {
  const place = placeOf(run.spec.root, reference);
  const key = componentKey(reference);
  const scope = scopeText(run.scope);
  const alone = scopeText(enterAt(startingScope(run.anchors), reference, run.anchors));
  if (key !== undefined && scope === alone) return { kind: "ref", name: key };
  return place === undefined ? { kind: "never" } : lift(run, `${reference}?${scope}`, place, lower);
}

function lift(run: Lowering, key: string, place: Place, lower: LowerSchema): Schema {
  if (!run.lifted.has(key)) {
    const draft = { key, inComponents: false, at: run.spec.at(place.holder, place.key, "key") };
    // The name is taken before its schema is lowered, as the schema refers to it.
    run.lifted.set(key, { ...draft, schema: { kind: "any" } });
    run.lifted.set(key, { ...draft, schema: lower(run, place.node) });
  }
  return { kind: "ref", name: key };
}

/** Whether the schema at a pointer comes back to itself through references that are not names. The answer must not depend on where one starts. */
function reachesItself(run: Lowering, reference: string): boolean {
  const known = run.cyclic.get(reference);
  if (known !== undefined) return known;
  const seen = new Set<string>();
  const open = pointersIn(placeOf(run.spec.root, reference)?.node);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...pointersIn(placeOf(run.spec.root, next)?.node));
  }
  run.cyclic.set(reference, seen.has(reference));
  return seen.has(reference);
}

/** References to something else than a component schema, anywhere in a node. */
function pointersIn(node: SpecValue | undefined): string[] {
  const list = listOf(node);
  if (list !== undefined) return list.flatMap(pointersIn);
  const object = objectOf(node);
  if (object === undefined) return [];
  const reference = textOf(object.$ref);
  const own = reference !== undefined && componentKey(reference) === undefined ? [reference] : [];
  return [...own, ...Object.values(object).flatMap((child) => pointersIn(child))];
}
