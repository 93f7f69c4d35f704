import type { Api } from "../../model/api.js";
import type { ValueOptions } from "../../model/held.js";
import type { Spec, SpecObject, SpecValue } from "../../model/spec.js";
import { commentText, isObject, sorted } from "./nodes.js";
import { type Prepared, prepareSchema, type Scope } from "./schema.js";

/** A part of the spec as openapi-typescript may see it: known keywords only (R4), sorted, and with texts that no comment can end. */
export interface PreparedSpec {
  readonly openapi: "3.1.0";
  readonly paths: Prepared;
  readonly components: Prepared;
  /** Operations under methods that openapi-typescript does not know (3.2: QUERY and `additionalOperations`), by key. */
  readonly more: readonly { readonly key: string; readonly operation: Prepared }[];
}

const fixedMethods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** A fresh document with what the types depend on, and nothing else of the spec. */
export function prepare(spec: Spec, api: Pick<Api, "operations">, valuesAs: ValueOptions): PreparedSpec {
  const scope: Scope = { spec, values: valuesAs };
  const keys = new Map(api.operations.map((one) => [`${one.method} ${one.path}`, one.key]));
  const paths: Prepared = Object.create(null);
  const more: { key: string; operation: Prepared }[] = [];
  for (const [path, node] of sorted(spec.root.paths)) {
    const item = spec.resolve(node).node;
    if (!isObject(item)) continue;
    const prepared: Prepared = Object.create(null);
    for (const [method, operation] of operationsOf(item)) {
      const key = keys.get(`${method} ${path}`);
      const content = spec.resolve(operation).node;
      if (key === undefined || !isObject(content)) continue;
      const ready = prepareOperation(content, item, key, scope);
      if (fixedMethods.includes(method.toLowerCase())) prepared[method.toLowerCase()] = ready;
      else more.push({ key, operation: ready });
    }
    paths[path] = prepared;
  }
  const components = prepareComponents(spec.root.components, scope);
  return { openapi: "3.1.0", paths, components, more };
}

function operationsOf(item: SpecObject): readonly (readonly [string, SpecValue | undefined])[] {
  const fixed = [...fixedMethods, "query"].filter((method) => item[method] !== undefined);
  return [
    ...fixed.map((method) => [method.toUpperCase(), item[method]] as const),
    ...sorted(item.additionalOperations),
  ];
}

function prepareOperation(operation: SpecObject, item: SpecObject, key: string, scope: Scope): Prepared {
  return {
    operationId: key,
    ...texts(operation),
    parameters: prepareParameters([...array(item.parameters), ...array(operation.parameters)], scope),
    ...(operation.requestBody === undefined ? {} : { requestBody: prepareBody(operation.requestBody, scope) }),
    responses: map(statuses(operation.responses), (one) => prepareResponse(one, scope)),
  };
}

/** Under an operation `x-…` is an extension and no name (R4). */
function statuses(node: SpecValue | undefined): SpecObject {
  return Object.fromEntries(sorted(node).filter(([key]) => !key.startsWith("x-")));
}

function prepareComponents(node: SpecValue | undefined, scope: Scope): Prepared {
  const components = isObject(node) ? node : {};
  return {
    schemas: map(components.schemas, (one) => prepareSchema(one, scope)),
    responses: map(components.responses, (one) => prepareResponse(one, scope)),
    parameters: map(components.parameters, (one) => prepareParameter(one, scope)),
    requestBodies: map(components.requestBodies, (one) => prepareBody(one, scope)),
    headers: map(components.headers, (one) => prepareParameter(one, scope)),
  };
}

/** An operation's own parameter replaces the path item's of the same name and place. */
function prepareParameters(nodes: readonly SpecValue[], scope: Scope): readonly Prepared[] {
  const byName = new Map<string, Prepared>();
  for (const node of nodes) {
    const { node: parameter } = scope.spec.resolve(node);
    if (isObject(parameter))
      byName.set(`${String(parameter.in)} ${String(parameter.name)}`, prepareParameter(node, scope));
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, parameter]) => parameter);
}

function prepareParameter(node: SpecValue | undefined, scope: Scope): Prepared {
  const reference = componentRef(node);
  if (reference !== undefined) return { $ref: reference };
  const parameter = scope.spec.resolve(node).node;
  if (!isObject(parameter)) return {};
  const content = isObject(parameter.content) ? Object.values(parameter.content)[0] : undefined;
  const schema = isObject(content) ? content.schema : parameter.schema;
  return {
    ...(typeof parameter.name === "string" ? { name: parameter.name } : {}),
    ...(typeof parameter.in === "string" ? { in: parameter.in } : {}),
    ...(parameter.required === true ? { required: true } : {}),
    ...texts(parameter),
    schema: schema === undefined ? true : prepareSchema(schema, scope),
  };
}

function prepareBody(node: SpecValue | undefined, scope: Scope): Prepared {
  const reference = componentRef(node);
  if (reference !== undefined) return { $ref: reference };
  const body = scope.spec.resolve(node).node;
  if (!isObject(body)) return {};
  return {
    ...(body.required === true ? { required: true } : {}),
    ...texts(body),
    content: prepareContent(body.content, scope),
  };
}

function prepareResponse(node: SpecValue | undefined, scope: Scope): Prepared {
  const reference = componentRef(node);
  if (reference !== undefined) return { $ref: reference };
  const response = scope.spec.resolve(node).node;
  if (!isObject(response)) return {};
  return {
    ...texts(response),
    headers: map(response.headers, (one) => prepareParameter(one, scope)),
    ...(response.content === undefined ? {} : { content: prepareContent(response.content, scope) }),
  };
}

function prepareContent(node: SpecValue | undefined, scope: Scope): Prepared {
  return map(node, (entry) => {
    const media = scope.spec.resolve(entry).node;
    return isObject(media) && media.schema !== undefined ? { schema: prepareSchema(media.schema, scope) } : {};
  });
}

/** Every entry of an object whose keys are names: also one that begins with `x-`, as headers do. */
function map(node: SpecValue | undefined, prepareOne: (entry: SpecValue | undefined) => Prepared | boolean): Prepared {
  const result: Prepared = Object.create(null);
  for (const [key, entry] of sorted(node)) result[key] = prepareOne(entry);
  return result;
}

const componentRefs = /^#\/components\/(?:parameters|headers|requestBodies|responses)\/[^/]+$/;

/** A reference that the types have a name for. */
function componentRef(node: SpecValue | undefined): string | undefined {
  return isObject(node) && typeof node.$ref === "string" && componentRefs.test(node.$ref) ? node.$ref : undefined;
}

function texts(node: SpecObject): Prepared {
  return {
    ...(typeof node.description === "string" ? { description: commentText(node.description) } : {}),
    ...(typeof node.summary === "string" ? { summary: commentText(node.summary) } : {}),
    ...(node.deprecated === true ? { deprecated: true } : {}),
  };
}

function array(node: SpecValue | undefined): readonly SpecValue[] {
  return Array.isArray(node) ? node : [];
}
