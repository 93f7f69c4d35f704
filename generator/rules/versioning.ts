import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { error, unknownName, warning } from "./complaint.js";
import { type OperationPlace, operationsOf, parametersOf } from "./operations.js";
import { isObject, placesOf } from "./places.js";

/** Versions that do not fit together: a current one that is not served, ends before their beginning, operations of no version. */
export function versioningFaults(spec: Spec): readonly Diagnostic[] {
  const said = annotationOf(spec.root)?.versioning;
  if (!isObject(said) || typeof said.current !== "string") return [];
  const known = isObject(said.supported) ? Object.keys(said.supported).sort() : [said.current];
  return [
    ...currentFaults(spec, said, known),
    ...lifeFaults(spec, said),
    ...sinceFaults(spec, known),
    ...placeFaults(spec, said),
    ...operationsOf(spec).flatMap((operation) => parameterFaults(spec, said, operation)),
  ];
}

function currentFaults(spec: Spec, said: SpecObject, known: readonly string[]): readonly Diagnostic[] {
  const current = String(said.current);
  const at = spec.at(said, "current");
  if (!known.includes(current)) return [unknownName("SP370", "version", current, known, at)];
  const life = isObject(said.supported) ? said.supported[current] : undefined;
  if (!isObject(life) || life.deprecatedAt === undefined) return [];
  const fix = "Describe the version that follows, or take the date away.";
  return [warning("SP373", `The version ${JSON.stringify(current)} is the current one, and deprecated`, fix, at)];
}

function lifeFaults(spec: Spec, { supported }: SpecObject): readonly Diagnostic[] {
  if (!isObject(supported)) return [];
  return Object.values(supported)
    .filter(isObject)
    .flatMap((life) => {
      const { deprecatedAt, sunset } = life;
      const [idle] = ["sunset", "docs"].filter((key) => life[key] !== undefined);
      if (deprecatedAt === undefined && idle !== undefined) {
        const fix = "Add deprecatedAt, the day from which the version is deprecated.";
        return [error("SP372", `${idle} says nothing without deprecatedAt`, fix, spec.at(life, idle, "key"))];
      }
      // RFC 9745, 4: the sunset is not before the deprecation.
      if (typeof deprecatedAt !== "string" || typeof sunset !== "string") return [];
      if (!(Date.parse(sunset) < Date.parse(deprecatedAt))) return [];
      const message = "The sunset of the version is before its deprecation";
      return [error("SP371", message, "Correct one of the two dates.", spec.at(life, "sunset"))];
    });
}

/** What no version has would never be served. */
function sinceFaults(spec: Spec, known: readonly string[]): readonly Diagnostic[] {
  const defaults = annotationOf(spec.root)?.defaults;
  const annotations = placesOf(spec)
    .filter(({ role }) => role === "operation" || role === "pathItem")
    .map(({ node }) => annotationOf(node));
  return [...annotations, isObject(defaults) ? defaults : undefined].flatMap((annotation) => {
    const lifecycle = annotation?.lifecycle;
    if (!isObject(lifecycle) || typeof lifecycle.since !== "string" || known.includes(lifecycle.since)) return [];
    return [unknownName("SP374", "version", lifecycle.since, known, spec.at(lifecycle, "since"))];
  });
}

/** Clients call at the server's URL: with `strategy: path` the version that they were made for stands there. */
function placeFaults(spec: Spec, { strategy, current }: SpecObject): readonly Diagnostic[] {
  const { servers } = spec.root;
  const first = Array.isArray(servers) ? servers[0] : undefined;
  if (strategy !== "path") return [];
  const url = isObject(first) && typeof first.url === "string" ? first.url : "";
  const path = url.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/, "");
  if (path.split("/").filter((segment) => segment === current).length === 1) return [];
  const message = `The path of the first server does not say ${JSON.stringify(current)} once`;
  const fix = `Write the version into its URL, like https://api.example.com/${String(current)}.`;
  const at = isObject(first) ? spec.at(first, "url") : spec.at(spec.root);
  return [error("SP375", message, fix, at)];
}

/** What versioning reads is no operation's own: two who read it could disagree. */
function parameterFaults(spec: Spec, said: SpecObject, operation: OperationPlace): readonly Diagnostic[] {
  const { strategy, header = "API-Version", query = "version" } = said;
  const name = strategy === "header" ? String(header).toLowerCase() : strategy === "query" ? query : undefined;
  return parametersOf(spec, operation).flatMap(({ node, list, index }) => {
    const own = node.in === "header" ? String(node.name).toLowerCase() : node.name;
    if (node.in !== strategy || own !== name) return [];
    const message = `The ${String(strategy)} parameter ${String(node.name)} is the one that names the version`;
    return [error("SP376", message, "Drop the parameter: versioning reads it.", spec.at(list, index))];
  });
}
