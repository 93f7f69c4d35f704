import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecValue } from "../model/spec.js";
import { error } from "./complaint.js";
import { isObject, placesOf } from "./places.js";

const name = "__proto__";

/** Names that no program can carry safely (R32). */
export function nameFaults(spec: Spec): readonly Diagnostic[] {
  return placesOf(spec).flatMap(({ node, role }) => {
    const annotated = keysIn(spec, node["x-sallyport"], "An annotation has a key");
    switch (role) {
      case "parameter":
      case "header":
        return [
          ...annotated,
          ...(node.name === name ? [complaint("A parameter is", spec, node, "name", "value")] : []),
        ];
      case "schema":
        return [
          ...annotated,
          // Decided rightly, and of no use: a body that has the name is refused before its schema is asked (R32).
          ...[...keyOf(spec, node.properties, "A property is"), ...itemOf(spec, node.required)].map(asWarning),
        ];
      case "components":
        return Object.keys(node).flatMap((kind) => keyOf(spec, node[kind], "A component is"));
      default:
        return annotated;
    }
  });
}

/** At any depth: annotations are small. */
function keysIn(spec: Spec, said: SpecValue | undefined, what: string): readonly Diagnostic[] {
  if (typeof said !== "object" || said === null) return [];
  return [...keyOf(spec, said, what), ...Object.values(said).flatMap((one) => keysIn(spec, one, what))];
}

function keyOf(spec: Spec, map: SpecValue | undefined, what: string): readonly Diagnostic[] {
  return isObject(map) && Object.hasOwn(map, name) ? [complaint(what, spec, map, name, "key")] : [];
}

function itemOf(spec: Spec, list: SpecValue | undefined): readonly Diagnostic[] {
  if (!Array.isArray(list) || !list.includes(name)) return [];
  return [complaint("A required property is", spec, list, list.indexOf(name), "value")];
}

function asWarning(one: Diagnostic): Diagnostic {
  return { ...one, severity: "warning" };
}

function complaint(what: string, spec: Spec, holder: object, key: string | number, part: "key" | "value"): Diagnostic {
  const fix = "Give it another name: in JavaScript this one sets an object's prototype.";
  return error("SP501", `${what} named ${name}`, fix, spec.at(holder, key, part));
}
