import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject } from "../model/spec.js";
import { error, unknownName } from "./complaint.js";
import { isObject } from "./places.js";

/** OpenAPI 3.2, 4.22: the parent of a tag is a tag, and no tag is above itself. */
export function tagFaults(spec: Spec): readonly Diagnostic[] {
  const tags = Array.isArray(spec.root.tags) ? spec.root.tags.filter(isObject) : [];
  const byName = new Map(tags.map((tag) => [String(tag.name), tag]));
  return tags.flatMap((tag) => {
    if (typeof tag.parent !== "string") return [];
    const at = spec.at(tag, "parent");
    if (!byName.has(tag.parent)) return [unknownName("SP163", "tag", tag.parent, [...byName.keys()].sort(), at)];
    if (!isAboveItself(tag, byName)) return [];
    return [error("SP164", `The tag ${JSON.stringify(tag.name)} is above itself`, "Break the circle.", at)];
  });
}

function isAboveItself(tag: SpecObject, byName: ReadonlyMap<string, SpecObject>): boolean {
  const seen = new Set<SpecObject>();
  for (let at = byName.get(String(tag.parent)); at !== undefined && !seen.has(at); at = byName.get(String(at.parent))) {
    if (at === tag) return true;
    seen.add(at);
  }
  return false;
}
