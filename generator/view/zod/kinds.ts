import type { Assertions, ObjectSchema, Schema } from "../../model/schema.js";
import type { Components } from "./flatten.js";
import { everyKind, isOf, type Kind, kindsOf, values } from "./values.js";

/** Which kinds of value a schema may accept: never fewer than it does. */
export function kinds(schema: Schema, components: Components, trail: readonly string[] = []): readonly Kind[] {
  if (schema.kind === "any") return everyKind;
  if (schema.kind === "never") return [];
  if (schema.kind === "assertions") return kindsAsserted(schema.assertions, components, trail);
  const target = trail.includes(schema.name) ? undefined : components(schema.name);
  const below = target === undefined ? everyKind : kinds(target, components, [...trail, schema.name]);
  return schema.siblings ? common(below, kindsAsserted(schema.siblings, components, trail)) : below;
}

function kindsAsserted(own: Assertions, components: Components, trail: readonly string[]): readonly Kind[] {
  const listed = values(own);
  const typed = own.types ? kindsOf(own.types) : everyKind;
  const valued = listed ? everyKind.filter((kind) => listed.some((value) => isOf(value, [kind]))) : everyKind;
  const all = (own.allOf ?? []).map((branch) => kinds(branch, components, trail));
  const choices = [own.anyOf, own.oneOf].flatMap((branches) =>
    branches ? [branches.flatMap((branch) => kinds(branch, components, trail))] : [],
  );
  return [valued, ...all, ...choices].reduce(common, typed);
}

/** Whether an object may have no other keys than it declares: `additionalProperties` is `false`, or nothing that a value could be. */
export function isClosed(object: ObjectSchema, components: Components): boolean {
  return object.additional !== undefined && kinds(object.additional, components).length === 0;
}

function common(a: readonly Kind[], b: readonly Kind[]): readonly Kind[] {
  return a.filter((kind) => b.includes(kind));
}

/** Whether a schema, or a branch that holds with it, says which keys an object has. Without that it only asserts. */
export function declaresKeys(schema: Schema, components: Components, trail: readonly string[] = []): boolean {
  if (schema.kind === "any" || schema.kind === "never") return false;
  if (schema.kind === "assertions") return asserts(schema.assertions, components, trail);
  const target = trail.includes(schema.name) ? undefined : components(schema.name);
  return (
    (target !== undefined && declaresKeys(target, components, [...trail, schema.name])) ||
    (schema.siblings !== undefined && asserts(schema.siblings, components, trail))
  );
}

function asserts(own: Assertions, components: Components, trail: readonly string[]): boolean {
  const { object } = own;
  const said =
    object !== undefined &&
    (object.properties.length > 0 ||
      object.patterns.length > 0 ||
      object.additional !== undefined ||
      object.unevaluated !== undefined);
  const branches = [...(own.allOf ?? []), ...(own.anyOf ?? []), ...(own.oneOf ?? [])];
  return said || branches.some((branch) => declaresKeys(branch, components, trail));
}

/** The branches that speak of the same value, and whose keys and items may join those of the schema itself. */
export function branchesOf(flat: Assertions, allOf: readonly Schema[]): readonly Schema[] {
  const { if: condition, then: holding, else: otherwise } = flat.conditional ?? {};
  const dependent = flat.object?.dependentSchemas.map((one) => one.schema) ?? [];
  const branches = [
    ...allOf,
    ...(flat.anyOf ?? []),
    ...(flat.oneOf ?? []),
    condition,
    holding,
    otherwise,
    ...dependent,
  ];
  return branches.filter((branch): branch is Schema => branch !== undefined);
}
