import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecValue } from "../model/spec.js";
import { error } from "./complaint.js";
import { isObject, placesOf } from "./places.js";

const name = "__proto__";

/** Names that no program can carry safely (R32). */
export function nameFaults(spec: Spec): readonly Diagnostic[] {
  return placesOf(spec).flatMap(({ node, role }) => {
    if (role === "root") return [...keysIn(spec, node["x-sallyport"], "An annotation has a key"), ...pathsIn(spec)];
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
      case "operation":
        return [...annotated, ...percentSign(spec, node, "operationId", node.operationId, "value")];
      case "components":
        return Object.keys(node).flatMap((kind) => [
          ...keyOf(spec, node[kind], "A component is"),
          ...percentIn(spec, node[kind]),
        ]);
      default:
        return annotated;
    }
  });
}

/** OpenAPI 4.8.7.1 wants letters, digits and `.-_` of such a key. Others are read all the same; one that no reader of `$ref` agrees on is not. */
function percentIn(spec: Spec, map: SpecValue | undefined): readonly Diagnostic[] {
  if (!isObject(map)) return [];
  const fix = "Give it another name, of letters, digits, dots, hyphens and underscores.";
  return Object.keys(map)
    .filter((key) => key.includes("%"))
    .map((key) =>
      error("SP502", `A component is named ${JSON.stringify(key)}, with a percent sign`, fix, spec.at(map, key, "key")),
    );
}

/** RFC 3986, 2.1: a percent sign begins an encoded octet, and the octets are UTF-8. */
function pathsIn(spec: Spec): readonly Diagnostic[] {
  const { paths } = spec.root;
  if (!isObject(paths)) return [];
  return Object.keys(paths).flatMap((path) => percentSign(spec, paths, path, path, "key"));
}

function percentSign(spec: Spec, holder: object, key: string, text: SpecValue | undefined, part: "key" | "value") {
  if (typeof text !== "string" || isDecodable(text)) return [];
  const message = `${JSON.stringify(text)} has a percent sign that encodes nothing`;
  return [error("SP503", message, "Write %25 for a percent sign, or another name.", spec.at(holder, key, part))];
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
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
