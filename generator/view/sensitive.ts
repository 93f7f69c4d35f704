import type { Api, Media, Operation } from "../model/api.js";
import type { Assertions, Schema } from "../model/schema.js";
import { isSensitive } from "../model/sensitivity.js";

/** What must not be kept of an API's exchanges. */
export interface SensitiveParts {
  /** Names of properties and parameters, sorted. */
  readonly names: readonly string[];
  /** Ids of operations whose content has sensitive parts without a name, sorted. */
  readonly whole: readonly string[];
}

/**
 * Names whose values are `pii` or `secret`, or are masked. One list for the whole API: a name that is sensitive in one place is hidden in
 * all of them, which errs on the safe side, and needs no walk of a schema when a program runs.
 */
export function sensitiveOf(api: Api): SensitiveParts {
  const components = new Map(api.schemas.map((one) => [one.name, one.schema]));
  const names = new Set<string>();
  const whole = new Set<string>();
  for (const operation of api.operations) {
    const add = (name: string | undefined) => (name === undefined ? whole.add(operation.id) : names.add(name));
    for (const { name, schema } of partsOf(operation)) walk(schema, name, { components, add, seen: new Set() });
  }
  return { names: [...names].sort(), whole: [...whole].sort() };
}

interface Part {
  /** `undefined`: the content itself. */
  readonly name: string | undefined;
  readonly schema: Schema;
}

function partsOf({ request, responses }: Operation): readonly Part[] {
  const { path, query, header, cookie, body } = request;
  const content = ({ schema }: Media): Part => ({ name: undefined, schema });
  return [
    ...[...path, ...query, ...header, ...cookie],
    ...(body?.media ?? []).map(content),
    ...responses.flatMap((one) => [...one.headers, ...one.media.map(content)]),
  ].map(({ name, schema }) => ({ name, schema }));
}

interface Walk {
  readonly components: ReadonlyMap<string, Schema>;
  readonly add: (name: string | undefined) => void;
  readonly seen: Set<string>;
}

/** @param name the property or parameter that holds the value. */
function walk(schema: Schema, name: string | undefined, on: Walk): void {
  if (schema.kind === "any" || schema.kind === "never") return;
  if (schema.kind === "assertions") {
    walkAssertions(schema.assertions, name, on);
    return;
  }
  if (schema.siblings !== undefined) walkAssertions(schema.siblings, name, on);
  const key = JSON.stringify([schema.name, name]);
  const target = on.components.get(schema.name);
  if (target === undefined || on.seen.has(key)) return;
  on.seen.add(key);
  walk(target, name, on);
}

function walkAssertions(assertions: Assertions, name: string | undefined, on: Walk): void {
  if (isSensitive(assertions.note)) on.add(name);
  const { allOf = [], anyOf = [], oneOf = [], conditional, object, array } = assertions;
  for (const property of object?.properties ?? []) walk(property.schema, property.name, on);
  // Parts without a name of their own are hidden with what holds them.
  const nameless = [
    ...allOf,
    ...anyOf,
    ...oneOf,
    conditional?.then,
    conditional?.else,
    ...(object?.dependentSchemas ?? []).map((one) => one.schema),
    ...(object?.patterns ?? []).map((one) => one.schema),
    object?.additional,
    object?.unevaluated,
    ...(array?.prefixItems ?? []),
    array?.items,
    array?.unevaluatedItems,
  ];
  for (const part of nameless) if (part !== undefined) walk(part, name, on);
}
