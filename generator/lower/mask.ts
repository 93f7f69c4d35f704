import { unescaped } from "../model/json-pointer.js";
import type { Assertions, Schema, SchemaNote } from "../model/schema.js";
import type { Mask } from "../model/security.js";
import { maskOfNote } from "../model/sensitivity.js";
import { namesProperty } from "../patterns/regular-expression.js";

/** Component schemas by key, to follow references. */
export type Components = (key: string) => Schema | undefined;

/** Ordered by how much they hide. */
const masks: readonly Mask[] = ["plain", "last4", "hash", "drop"];

/** How a value of this schema is shown in a log or an audit line. */
export function maskOfSchema(schema: Schema, components: Components): Mask {
  const own = strictest(notesOf(schema, components).map(maskOfNote));
  // A part of an object cannot be masked inside a line: if a part must not be seen, the whole is not.
  return holdsSensitivePart(schema, components) ? "drop" : own;
}

/**
 * How the value at an RFC 6901 pointer into a value of this schema is shown. What encloses it counts, too. `undefined` where the
 * schema knows no such value.
 */
export function maskAt(schema: Schema, pointer: string, components: Components): Mask | undefined {
  const passed: Mask[] = [];
  const here = schemasAt(schema, pointer, components, (one) =>
    passed.push(...notesOf(one, components).map(maskOfNote)),
  );
  if (here.length === 0) return undefined;
  return strictest([...passed, ...here.map((one) => maskOfSchema(one, components))]);
}

/** The schemas of the value at an RFC 6901 pointer; none where the schema knows no such value. */
export function schemasAt(
  schema: Schema,
  pointer: string,
  components: Components,
  pass: (schema: Schema) => void = () => {},
): readonly Schema[] {
  let here: readonly Schema[] = [schema];
  for (const token of pointer.split("/").slice(1).map(unescaped)) {
    here.forEach(pass);
    here = here.flatMap((one) => partsOf(one, token, components));
  }
  return here;
}

export function strictest(all: readonly Mask[]): Mask {
  return all.reduce<Mask>((one, other) => (masks.indexOf(other) > masks.indexOf(one) ? other : one), "plain");
}

/** Everything that is asserted of the very same value: through references and combinators. */
export function sameValue(
  schema: Schema,
  components: Components,
  seen: Set<string> = new Set(),
): readonly Assertions[] {
  if (schema.kind === "any" || schema.kind === "never") return [];
  if (schema.kind === "assertions") return [schema.assertions, ...combined(schema.assertions, components, seen)];
  const siblings =
    schema.siblings === undefined ? [] : [schema.siblings, ...combined(schema.siblings, components, seen)];
  if (seen.has(schema.name)) return siblings;
  seen.add(schema.name);
  const target = components(schema.name);
  return target === undefined ? siblings : [...siblings, ...sameValue(target, components, seen)];
}

function combined(assertions: Assertions, components: Components, seen: Set<string>): readonly Assertions[] {
  const { allOf = [], anyOf = [], oneOf = [], conditional, object } = assertions;
  const branches = [conditional?.then, conditional?.else].filter((one) => one !== undefined);
  const dependent = (object?.dependentSchemas ?? []).map((one) => one.schema);
  return [...allOf, ...anyOf, ...oneOf, ...branches, ...dependent].flatMap((one) => sameValue(one, components, seen));
}

/** What is noted of the value of a schema. */
export function notesOf(schema: Schema, components: Components): readonly SchemaNote[] {
  return sameValue(schema, components).map((assertions) => assertions.note);
}

/** The schemas of the part that a pointer's token names. A value that nothing restricts has every part. */
function partsOf(schema: Schema, token: string, components: Components): readonly Schema[] {
  if (schema.kind === "any") return [schema];
  const all = sameValue(schema, components);
  const found = all.flatMap((assertions) => [...propertiesAt(assertions, token), ...itemsAt(assertions, token)]);
  const isOpen = all.every(({ object, array }) => object === undefined && array === undefined);
  return found.length === 0 && isOpen ? [{ kind: "any" }] : found;
}

function propertiesAt({ object }: Assertions, token: string): readonly Schema[] {
  if (object === undefined) return [];
  const named = object.properties.filter((one) => one.name === token).map((one) => one.schema);
  const matching = object.patterns.filter((one) => namesProperty(one.pattern, token)).map((one) => one.schema);
  const found = [...named, ...matching];
  if (found.length > 0 || object.additional === undefined || object.additional.kind === "never") return found;
  return [object.additional];
}

function itemsAt({ array }: Assertions, token: string): readonly Schema[] {
  if (array === undefined || !/^(0|[1-9]\d*)$/.test(token)) return [];
  const item = array.prefixItems?.[Number(token)] ?? array.items ?? ({ kind: "any" } as const);
  return item.kind === "never" ? [] : [item];
}

/** Every schema of a part, at any depth: sensitive anywhere is sensitive. */
function holdsSensitivePart(schema: Schema, components: Components, seen: Set<string> = new Set()): boolean {
  return sameValue(schema, components, seen).some((assertions) =>
    directParts(assertions).some(
      (part) =>
        notesOf(part, components).some((note) => maskOfNote(note) !== "plain") ||
        holdsSensitivePart(part, components, seen),
    ),
  );
}

function directParts({ object, array }: Assertions): readonly Schema[] {
  const maybe = [
    object?.additional,
    object?.unevaluated,
    array?.items,
    array?.unevaluatedItems,
    array?.contains?.schema,
  ];
  return [
    ...(object?.properties ?? []).map((one) => one.schema),
    ...(object?.patterns ?? []).map((one) => one.schema),
    ...(array?.prefixItems ?? []),
    ...maybe.filter((one) => one !== undefined),
  ];
}
