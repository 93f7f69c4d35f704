import { heldBy, type ValueOptions } from "../../model/held.js";
import type { Json, JsonType } from "../../model/schema.js";
import type { Spec, SpecObject, SpecValue } from "../../model/spec.js";
import { isOf } from "../zod/values.js";
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
  isBranch = false,
): Prepared | boolean {
  if (typeof node === "boolean") return node;
  if (!isObject(node)) return true;
  // Where a `$dynamicRef` leads depends on the way to its schema: the types have the place that it leads to by itself.
  const reference = node.$ref ?? node.$dynamicRef;
  if (typeof reference === "string") return prepareRef(node, reference, scope, trail);
  const below = (part: SpecValue | undefined) => prepareSchema(part, scope, trail);
  const composed = composition(node, (part) => prepareSchema(part, scope, trail, true));
  // Of one schema among several the others may declare what it asks for.
  const more = isBranch || Object.keys(composed).length > 0 ? {} : requiredOnly(node, below);
  return {
    ...notes(node),
    ...values(node),
    ...held(node, scope),
    ...members(node, more, scope, below),
    ...composed,
  };
}

/**
 * A reference to a component schema stays one. Any other place of the document has no name among the types: its content is
 * printed where it is used.
 */
function prepareRef(node: SpecObject, ref: string, scope: Scope, trail: readonly SpecObject[]): Prepared | boolean {
  const beside = siblingsOf(node, scope);
  if (beside !== undefined) return prepareSchema({ allOf: [{ $ref: ref }, beside] }, scope, trail);
  if (schemaRef.test(ref)) return { $ref: ref, ...notes(node) };
  const target = scope.spec.resolve({ $ref: ref });
  if (target.pointer !== undefined && schemaRef.test(target.pointer)) return { $ref: target.pointer, ...notes(node) };
  if (!isObject(target.node) || trail.includes(target.node)) return true;
  return prepareSchema(target.node, scope, [...trail, target.node]);
}

/** From 3.1 on, what stands beside a `$ref` holds too: a type has a word for some of it. */
function siblingsOf(node: SpecObject, { spec }: Scope): SpecObject | undefined {
  if (spec.dialect === "3.0" || typeof node.$ref !== "string") return undefined;
  const { $ref: _, ...others } = node;
  const isSaid = ["type", "enum", "const", "properties", "required", "additionalProperties", "allOf", "anyOf", "oneOf"];
  return isSaid.some((key) => others[key] !== undefined) ? others : undefined;
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
  const listed = Array.isArray(node.enum) ? node.enum : undefined;
  return {
    ...(types.length > 0 ? { type: Array.isArray(node.type) ? types : types[0] } : {}),
    ...(isListOfItems(node) ? { type: "array" } : {}),
    ...(node.nullable === true ? { nullable: true } : {}),
    ...(listed === undefined
      ? {}
      : { enum: types.length === 0 ? listed : listed.filter((one) => isOneOf(one, node, types)) }),
    // openapi-typescript takes `const: null` for none.
    ...(node.const === null ? { type: "null" } : node.const === undefined ? {} : { const: node.const }),
    // Beside `type: object` it would take the listed values for schemas.
    ...(listed?.some((one) => typeof one === "object" && one !== null) ? { type: undefined } : {}),
  };
}

/** Whether a listed value is of one of the types; where null is allowed by `nullable`, openapi-typescript adds it. */
function isOneOf(value: SpecValue, node: SpecObject, types: readonly unknown[]): boolean {
  return isOf(value as Json, types as readonly JsonType[]) && !(value === null && node.nullable === true);
}

/** Without a type, keywords speak of the values that they are about. */
function isListOfItems(node: SpecObject): boolean {
  const isSaid = (key: string) => node[key] !== undefined;
  return (
    (isSaid("items") || isSaid("prefixItems")) &&
    !["type", "enum", "const", "properties", "additionalProperties", "required"].some(isSaid)
  );
}

/** What code holds the values as: `heldType` prints it. */
function held(node: SpecObject, scope: Scope): Prepared {
  const as = heldBy(node, scope.values);
  if (as === undefined) return {};
  return { [heldKey]: as, ...(node.nullable === true ? { type: [node.type, "null"], nullable: false } : {}) };
}

type Below = (part: SpecValue | undefined) => Prepared | boolean;

function members(node: SpecObject, more: Prepared, scope: Scope, below: Below): Prepared {
  const properties = { ...mapped(node.properties, below), ...more };
  const required = requiredIn(node, scope);
  return {
    ...(Object.keys(properties).length === 0 ? {} : { properties: inOrder(properties) }),
    ...(isObject(node.patternProperties) ? { patternProperties: mapped(node.patternProperties, below) } : {}),
    ...(required.length === 0 ? {} : { required }),
    ...(node.additionalProperties === undefined
      ? {}
      : { additionalProperties: additional(below(node.additionalProperties)) }),
    ...(node.items === undefined ? {} : { items: below(node.items) }),
    ...(Array.isArray(node.prefixItems) ? { prefixItems: node.prefixItems.map(below) } : {}),
  };
}

/** What must be there, also where only a branch of `allOf` says so: openapi-typescript looks at the schema itself. */
function requiredIn(node: SpecObject, { spec }: Scope): readonly string[] {
  const branches = Array.isArray(node.allOf) ? node.allOf.map((one: SpecValue) => spec.resolve(one).node) : [];
  const asked = branches.filter(isObject).flatMap(undeclaredIn);
  return [...new Set([...namesIn(node.required), ...asked])].sort();
}

function namesIn(required: SpecValue | undefined): readonly string[] {
  return Array.isArray(required) ? required.filter((one) => typeof one === "string") : [];
}

function undeclaredIn({ required, properties }: SpecObject): readonly string[] {
  const declared = isObject(properties) ? properties : {};
  return namesIn(required).filter((name) => !Object.hasOwn(declared, name));
}

/** Names that must be there, and that nothing more is said of here: openapi-typescript leaves them out. */
function requiredOnly(node: SpecObject, below: Below): Prepared {
  const isOfObjects = node.type === undefined || [node.type].flat().includes("object");
  const isListed = node.enum !== undefined || node.const !== undefined;
  if (!isOfObjects || isListed || node.patternProperties !== undefined) return {};
  const schema = spelt(below(node.additionalProperties));
  return Object.fromEntries(undeclaredIn(node).map((name) => [name, schema]));
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
  const choice = oneOf ?? anyOf;
  const all = [...(allOf ?? []).filter(saysMore), ...(anyOf && oneOf ? [{ oneOf: anyOf }] : [])];
  return { ...(all.length > 0 ? { allOf: all } : allOf ? { allOf } : {}), ...(choice ? { oneOf: choice } : {}) };
}

/** Whether a branch says more than notes, and than what must be there: that is said of the whole. */
function saysMore(branch: Prepared): boolean {
  return Object.keys(branch).some((key) => !["required", "title", "description", "format", "deprecated"].includes(key));
}

/** openapi-typescript looks for keywords in every branch, so none may be a boolean. Nothing fits an enumeration of nothing. */
function spelt(schema: Prepared | boolean): Prepared {
  if (typeof schema === "object") return schema;
  return schema ? {} : { not: {}, enum: [] };
}

function inOrder(properties: Prepared): Prepared {
  const names = Object.keys(properties).sort();
  return Object.assign(Object.create(null), ...names.map((name) => ({ [name]: properties[name] })));
}

function mapped(node: SpecValue | undefined, below: Below): Prepared {
  const result: Prepared = Object.create(null);
  for (const [key, entry] of sorted(node)) result[key] = below(entry);
  return result;
}
