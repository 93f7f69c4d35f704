import type { SpecObject, SpecValue } from "../model/spec.js";
import { childrenOf, type Role } from "../source/grammar.js";
import { follow, fragmentOf, tokensOf } from "../source/pointer.js";
import { byText, objectOf, textOf } from "./node.js";

/** The `$dynamicAnchor`s that a `$dynamicRef` may lead to here, outermost first come: the place of each by its name (JSON Schema core, 7.1). */
export type DynamicScope = ReadonlyMap<string, string>;

/** The `$dynamicAnchor`s of each schema resource of a document. */
export interface DynamicAnchors {
  readonly root: SpecObject;
  readonly of: ReadonlyMap<SpecObject, DynamicScope>;
  /** Whether what a schema says depends on how it was reached: remembered answers, by pointer. */
  readonly dependent: Map<string, boolean>;
}

export function dynamicAnchorsOf(root: SpecObject): DynamicAnchors {
  const found = new Map<SpecObject, Map<string, string>>();
  const seen = new Set<SpecValue>();
  const walk = (value: unknown, role: Role, tokens: readonly string[], outer: SpecObject): void => {
    const node = objectOf(value as SpecValue);
    if (node === undefined || seen.has(node)) return;
    seen.add(node);
    const resource = role === "schema" && isResource(node) ? node : outer;
    const name = role === "schema" ? textOf(node.$dynamicAnchor) : undefined;
    if (name !== undefined) {
      const anchors = found.get(resource) ?? new Map<string, string>();
      found.set(resource, anchors.set(name, `#${fragmentOf(tokens)}`));
    }
    for (const part of childrenOf(node, role)) walk(part.value, part.role, [...tokens, ...part.keys], resource);
  };
  if (holdsKey(root, "$dynamicAnchor")) walk(root, "root", [], root);
  return { root, of: found, dependent: new Map() };
}

/** Whether a key stands anywhere: most documents have none, which saves a walk by the grammar. */
function holdsKey(node: SpecValue | undefined, key: string): boolean {
  if (typeof node !== "object" || node === null) return false;
  if (!Array.isArray(node) && (node as SpecObject)[key] !== undefined) return true;
  for (const name in node) if (holdsKey((node as SpecObject)[name], key)) return true;
  return false;
}

/** The scope inside a schema resource: what is in scope already stays. */
export function enter(scope: DynamicScope, resource: SpecObject, anchors: DynamicAnchors): DynamicScope {
  const own = anchors.of.get(resource);
  return own === undefined ? scope : new Map([...own, ...scope]);
}

/** The scope of a document, before any of its schemas is entered. */
export function startingScope(anchors: DynamicAnchors): DynamicScope {
  return enter(new Map(), anchors.root, anchors);
}

/** Whether a schema begins a resource of its own. */
export function isResource(node: SpecObject): boolean {
  return typeof node.$id === "string";
}

/** The scope behind a reference. */
export function enterAt(scope: DynamicScope, pointer: string, anchors: DynamicAnchors): DynamicScope {
  if (anchors.of.size === 0) return scope;
  const tokens = tokensOf(pointer.slice(1)) ?? [];
  const trail = tokens.map((_, at) => objectOf(follow(anchors.root, tokens.slice(0, at + 1))));
  const resource = trail.findLast((node) => node !== undefined && isResource(node)) ?? anchors.root;
  return enter(scope, resource, anchors);
}

/** Whether a `$dynamicRef` can be reached from a place. */
export function dependsOnScope(pointer: string, anchors: DynamicAnchors): boolean {
  if (anchors.of.size === 0) return false;
  const known = anchors.dependent.get(pointer);
  if (known !== undefined) return known;
  const seen = new Set<string>();
  const open = [pointer];
  let depends = false;
  for (let next = open.pop(); next !== undefined && !depends; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const node = follow(anchors.root, tokensOf(next.slice(1)) ?? []);
    depends = eachNode(node, (one) => {
      if (typeof one.$ref === "string") open.push(one.$ref);
      return one.$dynamicRef !== undefined;
    });
  }
  anchors.dependent.set(pointer, depends);
  return depends;
}

function eachNode(schema: SpecValue | undefined, test: (node: SpecObject) => boolean): boolean {
  const node = objectOf(schema);
  return (
    node !== undefined &&
    (test(node) || childrenOf(node, "schema").some((part) => eachNode(part.value as SpecValue, test)))
  );
}

/** A scope in words, for the name of a schema that depends on it. */
export function scopeText(scope: DynamicScope): string {
  return [...scope]
    .sort(([a], [b]) => byText(a, b))
    .map(([name, pointer]) => `${name}=${pointer}`)
    .join("&");
}
