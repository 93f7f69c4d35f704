import { heldBy, type ValueOptions } from "../../model/held.js";
import type { Spec, SpecObject, SpecValue } from "../../model/spec.js";
import { heldKey } from "./held-key.js";
import { commentText, isObject, sorted } from "./nodes.js";

/** A node of the prepared document. */
export type Prepared = { [key: string]: unknown };

/** What every part of the preparation knows. */
export interface Scope {
  readonly spec: Spec;
  readonly values: ValueOptions;
}

const typeNames = ["null", "boolean", "integer", "number", "string", "array", "object"];
const schemaRef = /^#\/components\/schemas\/[^/]+$/;

/** A schema with the keywords that TypeScript's types can express. */
export function prepareSchema(
  node: SpecValue | undefined,
  scope: Scope,
  trail: readonly SpecObject[] = [],
): Prepared | boolean {
  if (typeof node === "boolean") return node;
  if (!isObject(node)) return true;
  // Where a `$dynamicRef` leads depends on the way to its schema: the types have the place that it leads to by itself.
  const reference = node.$ref ?? node.$dynamicRef;
  if (typeof reference === "string") return prepareRef(node, reference, scope, trail);
  const below = (part: SpecValue | undefined) => prepareSchema(part, scope, trail);
  return {
    ...notes(node),
    ...values(node),
    ...held(node, scope),
    ...members(node, below),
    ...composition(node, below),
  };
}

/**
 * A reference to a component schema stays one. Any other place of the document has no name among the types: its content is
 * printed where it is used.
 */
function prepareRef(node: SpecObject, ref: string, scope: Scope, trail: readonly SpecObject[]): Prepared | boolean {
  if (schemaRef.test(ref)) return { $ref: ref, ...notes(node) };
  const target = scope.spec.resolve({ $ref: ref });
  if (target.pointer !== undefined && schemaRef.test(target.pointer)) return { $ref: target.pointer, ...notes(node) };
  if (!isObject(target.node) || trail.includes(target.node)) return true;
  return prepareSchema(target.node, scope, [...trail, target.node]);
}

function notes(node: SpecObject): Prepared {
  return {
    ...(typeof node.title === "string" ? { title: commentText(node.title) } : {}),
    ...(typeof node.description === "string" ? { description: commentText(node.description) } : {}),
    ...(typeof node.format === "string" ? { format: commentText(node.format) } : {}),
    ...(node.deprecated === true ? { deprecated: true } : {}),
  };
}

function values(node: SpecObject): Prepared {
  const types = (Array.isArray(node.type) ? node.type : [node.type]).filter((one) => typeNames.includes(String(one)));
  return {
    ...(types.length > 0 ? { type: Array.isArray(node.type) ? types : types[0] } : {}),
    ...(node.nullable === true ? { nullable: true } : {}),
    ...(Array.isArray(node.enum) ? { enum: node.enum } : {}),
    // openapi-typescript takes `const: null` for none.
    ...(node.const === null ? { type: "null" } : node.const === undefined ? {} : { const: node.const }),
  };
}

/** What code holds the values as: `heldType` prints it. */
function held(node: SpecObject, scope: Scope): Prepared {
  const as = heldBy(node, scope.values);
  if (as === undefined) return {};
  return { [heldKey]: as, ...(node.nullable === true ? { type: [node.type, "null"], nullable: false } : {}) };
}

type Below = (part: SpecValue | undefined) => Prepared | boolean;

function members(node: SpecObject, below: Below): Prepared {
  const names = (key: string) => (isObject(node[key]) ? { [key]: mapped(node[key], below) } : {});
  return {
    ...names("properties"),
    ...names("patternProperties"),
    ...(Array.isArray(node.required)
      ? { required: node.required.filter((one) => typeof one === "string").sort() }
      : {}),
    ...(node.additionalProperties === undefined
      ? {}
      : { additionalProperties: additional(below(node.additionalProperties)) }),
    ...(node.items === undefined ? {} : { items: below(node.items) }),
    ...(Array.isArray(node.prefixItems) ? { prefixItems: node.prefixItems.map(below) } : {}),
  };
}

/** `{}` and a schema that says nothing are both anything; openapi-typescript knows only the former. */
function additional(schema: Prepared | boolean): Prepared | boolean {
  return typeof schema === "object" && Object.keys(schema).every((key) => key === "description" || key === "title")
    ? true
    : schema;
}

/**
 * openapi-typescript joins `anyOf` to its siblings with "or"; JSON Schema 2020-12 (10.2.1) means "and", as it does for `oneOf`, and
 * the types of both are the same union.
 */
function composition(node: SpecObject, below: Below): Prepared {
  // Only null is left, whatever the branches say; TypeScript cannot join null to a union that contains itself.
  if (node.type === "null") return {};
  const [allOf, anyOf, oneOf] = ["allOf", "anyOf", "oneOf"].map((key) => {
    const branches = node[key];
    return Array.isArray(branches) && branches.length > 0 ? branches.map((one) => spelt(below(one))) : undefined;
  });
  const choices = anyOf && oneOf ? { allOf: [...(allOf ?? []), { oneOf: anyOf }], oneOf } : undefined;
  if (choices) return choices;
  const choice = oneOf ?? anyOf;
  return { ...(allOf ? { allOf } : {}), ...(choice ? { oneOf: choice } : {}) };
}

/** openapi-typescript looks for keywords in every branch, so none may be a boolean. Nothing fits an enumeration of nothing. */
function spelt(schema: Prepared | boolean): Prepared {
  if (typeof schema === "object") return schema;
  return schema ? {} : { not: {}, enum: [] };
}

function mapped(node: SpecValue | undefined, below: Below): Prepared {
  const result: Prepared = Object.create(null);
  for (const [key, entry] of sorted(node)) result[key] = below(entry);
  return result;
}
