import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { childrenOf, type Role } from "../source/grammar.js";

export type { Role } from "../source/grammar.js";

/** An object of a description, what it is, and what holds it. */
export interface Place {
  readonly node: SpecObject;
  readonly role: Role;
}

/** A description does not change once it is loaded, and every family of rules asks. */
const found = new WeakMap<Spec, readonly Place[]>();

/** Every object of a description in which something may be said, each once. Payload (examples, defaults, enums) is none. */
export function placesOf(spec: Spec): readonly Place[] {
  const places = found.get(spec) ?? walked(spec);
  found.set(spec, places);
  return places;
}

function walked(spec: Spec): readonly Place[] {
  const places: Place[] = [];
  const seen = new Set<object>();
  const open: Place[] = [{ node: spec.root, role: "root" }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (seen.has(place.node)) continue;
    seen.add(place.node);
    places.push(place);
    for (const { value, role } of childrenOf(place.node, place.role)) {
      const child = value as SpecValue | undefined;
      if (isObject(child)) open.push({ node: child, role });
    }
  }
  return places;
}

/** Whether a value is an object, and no list. */
export function isObject(value: SpecValue | undefined): value is SpecObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
