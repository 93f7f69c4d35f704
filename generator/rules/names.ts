import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec } from "../model/spec.js";
import { error } from "./complaint.js";
import { isObject, placesOf } from "./places.js";

/** Names that no program can carry safely (R32). */
export function nameFaults(spec: Spec): readonly Diagnostic[] {
  const fix = "Give it another name: in JavaScript this one sets an object's prototype.";
  return placesOf(spec).flatMap(({ node, role }) => {
    if (role === "parameter" && node.name === "__proto__") {
      return [error("SP501", "A parameter is named __proto__", fix, spec.at(node, "name"))];
    }
    const { properties } = node;
    if (role !== "schema" || !isObject(properties) || !Object.hasOwn(properties, "__proto__")) return [];
    return [error("SP501", "A property is named __proto__", fix, spec.at(properties, "__proto__", "key"))];
  });
}
