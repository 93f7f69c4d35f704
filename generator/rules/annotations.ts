import type { Diagnostic, SourceSpan } from "../code/diagnostic.js";
import { didYouMean } from "../code/suggest.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { unenforced } from "../vocabulary/enforced.js";
import { type AnnotationFault, type Placement, readAnnotation } from "../vocabulary/read.js";
import { error } from "./complaint.js";
import { isObject, type Place, placesOf, type Role } from "./places.js";

const placementOf: Partial<Record<Role, Placement>> = {
  root: "root",
  pathItem: "operation",
  operation: "operation",
  parameter: "schema",
  header: "schema",
  schema: "schema",
  scheme: "scheme",
  server: "server",
  ownServer: "server",
};

/** Where an annotation would be read, if what it stands at were served. */
const unserved: Partial<Record<Role, string>> = {
  outgoingPath: "a webhook or callback",
  outgoingOperation: "a webhook or callback",
};

const key = "x-sallyport";

/** Annotations that are said in the wrong place, or in the wrong words, or that promise what is not enforced yet. */
export function annotationFaults(spec: Spec): readonly Diagnostic[] {
  return placesOf(spec)
    .filter(({ node }) => Object.hasOwn(node, key))
    .flatMap((place) => faultsAt(spec, place));
}

function faultsAt(spec: Spec, { node, role }: Place): readonly Diagnostic[] {
  const placement = placementOf[role];
  const said = node[key];
  const idle = unserved[role];
  if (idle !== undefined) {
    const fix = "Generate webhooks with --also webhooks; otherwise say it where the API itself is called.";
    return [error("SP902", `What is said at ${idle} is not enforced yet`, fix, spec.at(node, key, "key"))];
  }
  if (placement === undefined) {
    const fix = "Move it to the root, a security scheme, a path item, an operation, a parameter, a schema or a server.";
    return [error("SP302", `${key} has no meaning here`, fix, spec.at(node, key, "key"))];
  }
  // OpenAPI 4.8.23: what stands beside the $ref of a Reference Object is ignored; beside a schema's it counts from 3.1 on.
  const ignored = typeof node.$ref === "string" && (role !== "schema" || spec.dialect === "3.0");
  if (ignored) {
    const fix = "Move it to what the reference leads to.";
    return [error("SP303", `Beside a $ref ${key} would be ignored`, fix, spec.at(node, key, "key"))];
  }
  if (role === "ownServer" && isObject(said)) {
    const idleKey = ["trustedProxies", "forwarded"].find((one) => Object.hasOwn(said, one));
    const fix = "Say it at a server of the root: which proxies are trusted holds for the whole API.";
    if (idleKey !== undefined)
      return [
        error("SP302", `${idleKey} has no meaning at the server of one path`, fix, spec.at(said, idleKey, "key")),
      ];
  }
  const faults = readAnnotation(placement, said).map((fault) => wrongWords(spec, node, fault));
  const early = unenforced(placement, said).map((path) => notYet(spec, node, path));
  return [...faults, ...early];
}

function wrongWords(spec: Spec, node: SpecObject, { path, message, allowed }: AnnotationFault): Diagnostic {
  if (allowed === undefined)
    return error(
      "SP301",
      message,
      "See docs/vocabulary.md for what may be said here.",
      place(spec, node, path, "value"),
    );
  const near = didYouMean(path.at(-1) ?? "", allowed);
  const fix = near === undefined ? `Known here: ${allowed.join(", ")}.` : `Did you mean "${near}"?`;
  return error("SP300", message, fix, place(spec, node, path, "key"));
}

function notYet(spec: Spec, node: SpecObject, path: readonly string[]): Diagnostic {
  const value = [key, ...path].reduce<SpecValue | undefined>(entry, node);
  const what = typeof value === "string" ? `: ${JSON.stringify(value)}` : "";
  const said = `${path.filter((one) => !/^\d+$/.test(one)).join(".")}${what}`;
  const fix = "Remove it for now: what a description promises must hold.";
  return error("SP900", `${said} is not enforced yet`, fix, place(spec, node, path, "key"));
}

/** An entry of an object or a list. */
function entry(holder: SpecValue | undefined, one: string): SpecValue | undefined {
  if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, one)) return undefined;
  return (holder as Readonly<Record<string, SpecValue | undefined>>)[one];
}

/** Where a path inside an annotation stands; the nearest thing that is written, where it is not. */
function place(spec: Spec, node: SpecObject, path: readonly string[], part: "key" | "value"): SourceSpan {
  let holder: SpecValue | undefined = node;
  let span = spec.at(node, key, "key");
  for (const one of [key, ...path]) {
    if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, one)) break;
    span = spec.at(holder, one, part);
    holder = entry(holder, one);
  }
  return span;
}

/** The closed object of annotations at a node. */
export function annotationOf(node: SpecValue | undefined): SpecObject | undefined {
  const said = isObject(node) ? node[key] : undefined;
  return isObject(said) ? said : undefined;
}
