import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { fixedMethods } from "./grammar.js";

/** What an API calls, as a description of its own: its paths are the webhooks, or the callbacks. */
export interface Outgoing {
  readonly spec: Spec;
  /** The runtime expression of each path (OpenAPI 4.8.17). A webhook has none: where it goes is agreed elsewhere. */
  readonly expressions: ReadonlyMap<string, string>;
}

interface Item {
  readonly name: string;
  readonly node: SpecValue | undefined;
  /** Where it was written. */
  readonly holder: SpecObject;
  readonly key: string;
  readonly expression?: string;
}

/**
 * The webhooks of a description, each a path `/NAME`. `undefined` where it has none. What the root says of security, servers and tags is
 * about the API that is called, not about whom it calls: it does not come along.
 */
export function webhooksOf(spec: Spec): Outgoing | undefined {
  const { webhooks } = spec.root;
  if (!isObject(webhooks)) return undefined;
  const names = Object.keys(webhooks).filter((name) => !name.startsWith("x-"));
  return outgoing(
    spec,
    names.map((key) => ({ name: key, node: webhooks[key], holder: webhooks, key })),
  );
}

/** The callbacks of all operations, each a path `/OPERATION/NAME`. `undefined` where there are none. */
export function callbacksOf(spec: Spec): Outgoing | undefined {
  const paths = isObject(spec.root.paths) ? spec.root.paths : {};
  const items = Object.keys(paths).flatMap((path) => {
    const pathItem = path.startsWith("/") ? follow(spec, paths[path]) : undefined;
    return pathItem === undefined ? [] : operationsIn(pathItem).flatMap((one) => callbacksIn(spec, path, one));
  });
  return outgoing(spec, items);
}

function callbacksIn(spec: Spec, path: string, [method, operation]: readonly [string, SpecObject]): readonly Item[] {
  const own = typeof operation.operationId === "string" ? operation.operationId : `${method} ${path}`;
  const { callbacks } = operation;
  if (!isObject(callbacks)) return [];
  return Object.keys(callbacks).flatMap((name) => {
    const callback = follow(spec, callbacks[name]);
    if (callback === undefined || name.startsWith("x-")) return [];
    const expressions = Object.keys(callback).filter((key) => !key.startsWith("x-"));
    return expressions.sort().map((key, index) => {
      const more = index === 0 ? "" : `/${index + 1}`;
      return { name: `${own}/${name}${more}`, node: callback[key], holder: callback, key, expression: key };
    });
  });
}

function operationsIn(pathItem: SpecObject): readonly (readonly [string, SpecObject])[] {
  const more = isObject(pathItem.additionalOperations) ? Object.entries(pathItem.additionalOperations) : [];
  const own = fixedMethods.map((method) => [method, pathItem[method]] as const);
  return [...own, ...more].flatMap(([method, node]) => (isObject(node) ? [[method, node] as const] : []));
}

function outgoing(spec: Spec, items: readonly Item[]): Outgoing | undefined {
  if (items.length === 0) return undefined;
  const paths: Record<string, SpecValue> = Object.create(null);
  const expressions = new Map<string, string>();
  const written = new Map<string, Item>();
  for (const item of [...items].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = freePath(item.name, written);
    written.set(path, item);
    paths[path] = item.node ?? null;
    if (item.expression !== undefined) expressions.set(path, item.expression);
  }
  const { security: _, servers: __, tags: ___, webhooks: ____, ...root } = spec.root;
  const own: SpecObject = Object.assign(Object.create(null), withoutVersions(root), { paths });
  const at: Spec["at"] = (node, key, part) => {
    const item = node === paths ? written.get(String(key)) : undefined;
    if (item !== undefined) return spec.at(item.holder, item.key, part);
    return node === own || node === paths ? spec.at(spec.root) : spec.at(node, key, part);
  };
  return { spec: { ...spec, root: own, at }, expressions };
}

/** Versions are those of the API that is called. */
function withoutVersions(root: SpecObject): SpecObject {
  const said = root["x-sallyport"];
  if (!isObject(said) || said.versioning === undefined) return root;
  const { versioning: _, ...rest } = said;
  return Object.assign(Object.create(null), root, { "x-sallyport": rest });
}

/** Letters, digits and what else needs no encoding in a URL. */
function freePath(name: string, taken: ReadonlyMap<string, unknown>): string {
  const clean = name.split("/").map((part) => part.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+|-+$/g, ""));
  const path = `/${clean.filter((part) => part !== "").join("/") || "event"}`;
  for (let count = 1; ; count += 1) {
    const one = count === 1 ? path : `${path}-${count}`;
    if (!taken.has(one)) return one;
  }
}

function follow(spec: Spec, node: SpecValue | undefined): SpecObject | undefined {
  try {
    const { node: found } = spec.resolve(node);
    return isObject(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: SpecValue | undefined): value is SpecObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
