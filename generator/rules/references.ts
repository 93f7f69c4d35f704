import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { error, unknownName } from "./complaint.js";
import { limitNodes } from "./limit-nodes.js";
import { operationsOf } from "./operations.js";
import { isObject, placesOf } from "./places.js";

/** The names that annotations may refer to. */
interface Names {
  readonly roles: readonly string[];
  readonly limits: readonly string[];
  readonly cors: readonly string[];
  readonly operations: readonly string[];
}

/** Names in annotations that nothing goes by: roles, limits, operations. And roles that inherit themselves. */
export function referenceFaults(spec: Spec): readonly Diagnostic[] {
  const places = placesOf(spec);
  const said = annotationOf(spec.root);
  const names: Names = {
    roles: keysOf(said?.roles),
    limits: keysOf(said?.rateLimits),
    cors: keysOf(said?.cors),
    operations: operationsOf(spec).flatMap(({ node }) =>
      typeof node.operationId === "string" ? [node.operationId] : [],
    ),
  };
  return [
    ...inheritanceFaults(spec, said?.roles, names),
    ...places
      .filter(({ role }) => role === "operation" || role === "pathItem")
      .flatMap(({ node }) => annotationNames(spec, annotationOf(node), names)),
    ...annotationNames(spec, isObject(said?.defaults) ? said.defaults : undefined, names),
    ...limitNodes(spec).flatMap((limit) => unknownIn(spec, limit.exempt, names.roles, "SP304", "role")),
    ...places
      .filter(({ role }) => role === "schema" || role === "parameter")
      .flatMap(({ node }) => propertyNames(spec, annotationOf(node), names)),
    ...places.filter(({ role }) => role === "scheme").flatMap(({ node }) => schemeFaults(spec, node, names)),
  ];
}

function inheritanceFaults(spec: Spec, roles: SpecValue | undefined, names: Names): readonly Diagnostic[] {
  if (!isObject(roles)) return [];
  const parents = (role: string): readonly string[] => {
    const node = roles[role];
    return isObject(node) && Array.isArray(node.inherits) ? node.inherits.filter((one) => typeof one === "string") : [];
  };
  return names.roles.flatMap((role) => {
    const node = roles[role];
    const unknown = isObject(node) ? unknownIn(spec, node.inherits, names.roles, "SP304", "role") : [];
    const inherited = new Set<string>();
    const open = [...parents(role)];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (!inherited.has(next)) open.push(...parents(next));
      inherited.add(next);
    }
    if (!inherited.has(role)) return unknown;
    const fix = "Break the circle: a role that inherits itself is the same as each of them.";
    return [
      ...unknown,
      error("SP307", `The role ${JSON.stringify(role)} inherits itself`, fix, spec.at(roles, role, "key")),
    ];
  });
}

function annotationNames(spec: Spec, said: SpecObject | undefined, names: Names): readonly Diagnostic[] {
  if (said === undefined) return [];
  const object = isObject(said.object) ? said.object : undefined;
  const lifecycle = isObject(said.lifecycle) ? said.lifecycle : undefined;
  return [
    ...authzFaults(spec, said, "authz", names.roles, words),
    ...unknownIn(spec, said.rateLimits, names.limits, "SP305", "limit"),
    ...(typeof said.cors === "string" && said.cors !== "none" && !names.cors.includes(said.cors)
      ? [unknown(spec, said, "cors", said.cors, names.cors, "SP330", "CORS policy")]
      : []),
    ...unknownIn(spec, object?.unless, names.roles, "SP304", "role"),
    ...(typeof lifecycle?.successor === "string" && !names.operations.includes(lifecycle.successor)
      ? [unknown(spec, lifecycle, "successor", lifecycle.successor, names.operations, "SP306", "operation")]
      : []),
  ];
}

/** Who sees a property, and who may send it: roles, and the owner of the object that the call is about. */
function propertyNames(spec: Spec, said: SpecObject | undefined, names: Names): readonly Diagnostic[] {
  if (said === undefined) return [];
  const roles = [...names.roles, "owner"];
  return ["read", "write"].flatMap((key) => authzFaults(spec, said, key, roles, closed));
}

/** Words of `authz` that are no roles. */
const words: ReadonlySet<string> = new Set(["authenticated", "deny", "none"]);
const closed: ReadonlySet<string> = new Set(["deny"]);

function authzFaults(
  spec: Spec,
  holder: SpecObject,
  key: string,
  roles: readonly string[],
  words: ReadonlySet<string>,
): readonly Diagnostic[] {
  const said = holder[key];
  if (typeof said === "string") {
    if (words.has(said) || roles.includes(said)) return [];
    return [unknown(spec, holder, key, said, roles, "SP304", "role")];
  }
  if (!isObject(said)) return [];
  return ["anyOf", "allOf"].flatMap((kind) => {
    const parts = said[kind];
    if (!Array.isArray(parts)) return [];
    return parts.flatMap((part: SpecValue, index) => {
      if (isObject(part)) return authzFaults(spec, parts as unknown as SpecObject, String(index), roles, words);
      if (typeof part !== "string" || roles.includes(part)) return [];
      return [unknown(spec, parts, index, part, roles, "SP304", "role")];
    });
  });
}

function schemeFaults(spec: Spec, node: SpecObject, names: Names): readonly Diagnostic[] {
  const principal = annotationOf(node)?.principal;
  const roles = isObject(principal) && isObject(principal.roles) ? principal.roles.map : undefined;
  if (!isObject(roles)) return [];
  return Object.keys(roles).flatMap((key) => {
    const role = roles[key];
    return typeof role !== "string" || names.roles.includes(role)
      ? []
      : [unknown(spec, roles, key, role, names.roles, "SP304", "role")];
  });
}

function unknownIn(
  spec: Spec,
  list: SpecValue | undefined,
  known: readonly string[],
  code: Diagnostic["code"],
  what: string,
): readonly Diagnostic[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: SpecValue, index) =>
    typeof one !== "string" || known.includes(one) ? [] : [unknown(spec, list, index, one, known, code, what)],
  );
}

function unknown(
  spec: Spec,
  holder: object,
  key: string | number,
  name: string,
  known: readonly string[],
  code: Diagnostic["code"],
  what: string,
): Diagnostic {
  return unknownName(code, what, name, known, spec.at(holder, key));
}

function keysOf(node: SpecValue | undefined): readonly string[] {
  return isObject(node) ? Object.keys(node).sort() : [];
}
