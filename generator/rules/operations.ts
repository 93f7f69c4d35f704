import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { fixedMethods } from "../source/grammar.js";
import { isObject } from "./places.js";

/** An operation of the spec, and what holds it. */
export interface OperationPlace {
  readonly path: string;
  readonly pathItem: SpecObject;
  /** Upper case for the fixed methods; as it is written for `additionalOperations`. */
  readonly method: string;
  readonly holder: SpecObject;
  readonly key: string;
  readonly node: SpecObject;
}

/** Every operation under `paths`, those of 3.2 included: a walker that forgot one would leave it unguarded. */
export function operationsOf(spec: Spec): readonly OperationPlace[] {
  const paths = isObject(spec.root.paths) ? spec.root.paths : {};
  return Object.keys(paths).flatMap((path) => {
    const pathItem = follow(spec, paths[path]);
    if (pathItem === undefined || path.startsWith("x-")) return [];
    const own = fixedMethods.flatMap((key) => {
      const node = pathItem[key];
      return isObject(node) ? [{ path, pathItem, method: key.toUpperCase(), holder: pathItem, key, node }] : [];
    });
    const more = isObject(pathItem.additionalOperations) ? pathItem.additionalOperations : {};
    const others = Object.keys(more).flatMap((key) => {
      const node = more[key];
      return isObject(node) ? [{ path, pathItem, method: key, holder: more, key, node }] : [];
    });
    return [...own, ...others];
  });
}

/** A parameter of an operation, and where it is named. */
export interface ParameterPlace {
  readonly node: SpecObject;
  readonly list: readonly SpecValue[];
  readonly index: number;
}

/** The parameters of an operation, and those of its path that it does not replace (OpenAPI 4.8.9.1). */
export function parametersOf(spec: Spec, { pathItem, node }: OperationPlace): readonly ParameterPlace[] {
  const own = listed(spec, node.parameters);
  const ids = new Set(own.map(({ node: one }) => idOf(one)));
  return [...own, ...listed(spec, pathItem.parameters).filter(({ node: one }) => !ids.has(idOf(one)))];
}

/** The parameters of one list. */
export function listed(spec: Spec, list: SpecValue | undefined): readonly ParameterPlace[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: SpecValue, index) => {
    const node = follow(spec, one);
    return node === undefined ? [] : [{ node, list, index }];
  });
}

/** What makes a parameter unique: its place and its name. Names of headers have no case. */
export function idOf(parameter: SpecObject): string {
  const name = String(parameter.name);
  return `${String(parameter.in)} ${parameter.in === "header" ? name.toLowerCase() : name}`;
}

/** The object that a node is, or leads to. */
export function follow(spec: Spec, node: SpecValue | undefined): SpecObject | undefined {
  try {
    const { node: found } = spec.resolve(node);
    return isObject(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** The nearest list of requirements. `undefined` where nobody declares any (OpenAPI 4.8.10.1). */
export function effectiveSecurity(spec: Spec, { node, pathItem }: OperationPlace): readonly SpecValue[] | undefined {
  const said = node.security ?? pathItem.security ?? spec.root.security;
  return Array.isArray(said) ? said : undefined;
}
