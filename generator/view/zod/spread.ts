import type { Code } from "../../code/layout.js";
import type { Assertions, ObjectSchema, Schema } from "../../model/schema.js";
import type { Context, Place } from "./context.js";
import { type Components, flatten } from "./flatten.js";

/** A branch of `allOf` that is printed as `...Name.shape`. */
export interface Spread {
  readonly branch: Schema;
  readonly name: Code;
}

/** An object schema that says nothing. */
export const noObject: ObjectSchema = {
  properties: [],
  required: [],
  patterns: [],
  dependentRequired: [],
  dependentSchemas: [],
};

/** The branches of `allOf` whose properties can be spread: plain objects that share no property with anything beside them. */
export function spreadable(own: Assertions, context: Context, place: Place): readonly Spread[] {
  const { allOf = [], ...base } = own;
  if (place.branch || allOf.length === 0) return [];
  const shapes = [{ kind: "assertions", assertions: base } as const, ...allOf].map((branch) =>
    plainObject(branch, context.components),
  );
  const names = shapes.flatMap((shape) => shape?.properties.map((one) => one.name) ?? []);
  const required = shapes.flatMap((shape) => shape?.required ?? []);
  const sound = new Set(names).size === names.length && required.every((name) => names.includes(name));
  if (shapes.includes(undefined) || !sound) return [];
  return allOf.flatMap((branch, index) => {
    const name = branch.kind === "ref" ? context.spread(branch.name) : undefined;
    // A property that a sibling requires is no longer as the component's const has it.
    const asIs = shapes[index + 1]?.properties.every((one) => one.required || !required.includes(one.name));
    return name !== undefined && asIs ? [{ branch, name }] : [];
  });
}

/** The object of a schema that says nothing but its properties; `undefined` where it says more or less. */
export function plainObject(
  schema: Schema,
  components: Components,
  trail: readonly string[] = [],
): ObjectSchema | undefined {
  if (schema.kind === "any") return noObject;
  if (schema.kind === "never") return undefined;
  if (schema.kind === "ref") {
    const target = trail.includes(schema.name) ? undefined : components(schema.name);
    const plain = target !== undefined && (schema.siblings === undefined || !says(schema.siblings));
    return plain ? plainObject(target, components, [...trail, schema.name]) : undefined;
  }
  const { note: _, default: __, types, object = noObject, ...others } = flatten(schema.assertions, components);
  const typed = types === undefined || types.join() === "object";
  return typed && Object.keys(others).length === 0 && onlyProperties(object) ? object : undefined;
}

function onlyProperties(object: ObjectSchema): boolean {
  const { properties, required, patterns, dependentRequired, dependentSchemas, ...others } = object;
  return (
    Object.values(others).every((one) => one === undefined) &&
    patterns.length + dependentRequired.length + dependentSchemas.length === 0 &&
    !required.includes("__proto__") &&
    properties.every((one) => one.name !== "__proto__")
  );
}

/** Whether there is an assertion beside the notes. */
export function says(assertions: Assertions): boolean {
  return Object.keys(assertions).some((key) => key !== "note" && key !== "default");
}
