import type { Assertions } from "../model/schema.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { listOf, objectOf } from "./node.js";
import { copyJson } from "./values.js";

/**
 * What stands for a value that was not sent. A default that the schema itself refuses would reach handlers as what no type speaks
 * of: it is not applied, and said.
 */
export function lowerDefault(run: Lowering, node: SpecObject): Pick<Assertions, "default"> {
  if (node.default === undefined) return {};
  if (fits(run.spec, node, node.default, [])) return { default: { value: copyJson(node.default) } };
  complain(run, node, "default", {
    code: "SP411",
    severity: "warning",
    message: "The default is none of the values that its schema allows. It is not applied.",
    fix: "Correct the default, or the type or enum beside it.",
  });
  return {};
}

/** Whether a value has the shape that a schema asks for: kinds, members and listed values. Bounds and patterns are left to zod. */
function fits(spec: Spec, schema: SpecValue | undefined, value: SpecValue, trail: readonly object[]): boolean {
  const node = objectOf(schema);
  if (node === undefined || trail.includes(node)) return schema !== false;
  if (value === null && node.nullable === true) return true;
  const inside = (part: SpecValue | undefined, member: SpecValue) => fits(spec, part, member, []);
  const same = (part: SpecValue) => fits(spec, part, value, [...trail, node]);
  return (
    (typeof node.$ref !== "string" || same(spec.resolve(node).node ?? true)) &&
    isOfType(node.type, value) &&
    isListed(node, value) &&
    (listOf(node.allOf) ?? []).every(same) &&
    (listOf(node.anyOf)?.some(same) ?? true) &&
    (listOf(node.oneOf)?.some(same) ?? true) &&
    (listOf(value)?.every((item) => inside(node.items, item)) ?? true) &&
    hasMembers(node, objectOf(value), inside)
  );
}

function isOfType(said: SpecValue | undefined, value: SpecValue): boolean {
  if (said === undefined) return true;
  const types = listOf(said) ?? [said];
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return types.some((type) => type === kind || (type === "integer" && Number.isInteger(value)));
}

function isListed(node: SpecObject, value: SpecValue): boolean {
  const listed = listOf(node.enum) ?? (node.const === undefined ? undefined : [node.const]);
  const text = JSON.stringify(value);
  return listed?.some((one) => JSON.stringify(one) === text) ?? true;
}

function hasMembers(
  node: SpecObject,
  value: SpecObject | undefined,
  inside: (part: SpecValue | undefined, member: SpecValue) => boolean,
): boolean {
  if (value === undefined) return true;
  const properties = objectOf(node.properties);
  const isMissing = (name: SpecValue) => typeof name === "string" && !Object.hasOwn(value, name);
  if ((listOf(node.required) ?? []).some(isMissing)) return false;
  return Object.entries(value).every(([name, member]) => member === undefined || inside(properties?.[name], member));
}
