import { identifier } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { array, type Entry, object } from "../../code/shapes.js";
import { code } from "../../code/template.js";
import type { Api, Field, Media, Operation } from "../../model/api.js";
import type { ArrayRule, Assertions, ObjectSchema, Schema } from "../../model/schema.js";
import { namesProperty } from "../../patterns/regular-expression.js";
import { codecOf } from "../media.js";
import { multipartOf, partsOf } from "../multipart.js";
import { branchesOf, type Find, heldAs, holds } from "./holds.js";
import { byStatus } from "./statuses.js";

/** Where code holds values as something else than they are on the wire (`Held` of @sallyport/runtime/policy). */
export interface HeldValues {
  /** Of an operation: `undefined` where everything is held as it is. */
  readonly ofOperation: (operation: Operation) => Code | undefined;
  /** The consts of components that hold something, by name. */
  readonly consts: readonly { readonly name: Code; readonly value: Code }[];
}

interface Context {
  readonly find: Find;
  readonly isHolding: (name: string) => boolean;
  readonly constOf: (name: string) => Code;
}

export function heldValues({ schemas, operations }: Pick<Api, "schemas" | "operations">): HeldValues {
  const byName = new Map(schemas.map((one) => [one.name, one]));
  const find: Find = (name) => byName.get(name);
  const holding = schemas.filter((one) => holds(one.schema, find));
  const names = new Set(holding.map((one) => one.name));
  const taken = new Set(operations.map((one) => one.id));
  const used = new Set<string>();
  const nameOf = (name: string) => identifier(freeName(`${name}Held`, taken));
  const constOf = (name: string) => {
    used.add(name);
    return nameOf(name);
  };
  const context: Context = { find, isHolding: (name) => names.has(name), constOf };
  const ofOperations = new Map(operations.map((one) => [one, heldInOperation(one, context)]));
  const values = new Map<string, Code | undefined>();
  // A set hands out what is added while it is walked: what one const refers to is needed as well.
  for (const name of used) values.set(name, heldIn(byName.get(name)?.schema ?? { kind: "any" }, context));
  return {
    ofOperation: (operation) => ofOperations.get(operation),
    consts: [...used].sort().map((name) => ({ name: nameOf(name), value: values.get(name) ?? object([]) })),
  };
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? freeName(`${name}_`, taken) : name;
}

function heldInOperation({ request, responses }: Operation, context: Context): Code | undefined {
  const places = (["path", "query", "header", "cookie"] as const).map((place): readonly Entry[] =>
    entry(place, heldInFields(request[place], context)),
  );
  const headers = responses.map((one) =>
    heldInFields(
      one.headers.map((field) => ({ ...field, key: field.name })),
      context,
    ),
  );
  const entries = [
    ...places.flat(),
    ...entry("body", record((request.body?.media ?? []).map((one) => [one.type, heldInMedia(one, context)]))),
    ...entry(
      "responses",
      ofStatuses(
        responses.map((one) => [one.status, record(one.media.map((of) => [of.type, heldInMedia(of, context)]))]),
      ),
    ),
    ...entry("fields", ofStatuses(responses.map((one, at) => [one.status, headers[at]]))),
  ];
  return entries.length === 0 ? undefined : object(entries);
}

/** Parameters of one place, by their names on the wire. */
function heldInFields(fields: readonly Pick<Field, "name" | "schema">[], context: Context): Code | undefined {
  const members = record(fields.map(({ name, schema }) => [name, heldIn(schema, context)]));
  return members === undefined ? undefined : object([{ key: "members", value: members }]);
}

/** Text and octets are held as they are; of items each one is looked at, of a multipart body the fields. */
function heldInMedia(media: Media, context: Context): Code | undefined {
  switch (codecOf(media.type)) {
    case "json":
    case "form":
    case "items":
      return heldIn(media.schema, context);
    case "multipart":
      return heldIn(
        (partsOf(media, context.find) ?? { schema: multipartOf(media, context.find).fields }).schema,
        context,
      );
    case "text":
    case "octets":
      return undefined;
  }
}

/** What is held in the values of a schema; `undefined`: nothing. */
function heldIn(schema: Schema, context: Context): Code | undefined {
  const [first, ...more] = allIn(schema, context);
  return first === undefined || more.length === 0 ? first : array([first, ...more]);
}

function allIn(schema: Schema, context: Context): readonly Code[] {
  if (schema.kind === "any" || schema.kind === "never") return [];
  if (schema.kind === "assertions") return inAssertions(schema.assertions, context);
  const siblings = schema.siblings === undefined ? [] : inAssertions(schema.siblings, context);
  // Looked up late: no const has to stand before another, and a schema may contain itself.
  return context.isHolding(schema.name) ? [code`() => ${context.constOf(schema.name)}`, ...siblings] : siblings;
}

function inAssertions(assertions: Assertions, context: Context): readonly Code[] {
  const held = heldAs(assertions);
  const parts = [...memberEntries(assertions.object, context), ...itemEntries(assertions.array, context)];
  return [
    ...(held === undefined ? [] : [literal(held)]),
    ...(parts.length === 0 ? [] : [object(parts)]),
    ...branchesOf(assertions).flatMap((one) => allIn(one, context)),
  ];
}

function memberEntries(said: ObjectSchema | undefined, context: Context): readonly Entry[] {
  if (said === undefined) return [];
  const { properties, patterns, additional, unevaluated } = said;
  const matched = (name: string) => patterns.filter((one) => namesProperty(one.pattern, name)).map((one) => one.schema);
  const members = properties.map((one) => [one.name, heldInAll([one.schema, ...matched(one.name)], context)] as const);
  const rest = [...patterns.map((one) => one.schema), additional, unevaluated].filter((one) => one !== undefined);
  return [...entry("members", record(members)), ...entry("rest", heldInAll(rest, context))];
}

function itemEntries(said: ArrayRule | undefined, context: Context): readonly Entry[] {
  if (said === undefined) return [];
  const { prefixItems = [], items, contains, unevaluatedItems } = said;
  const contained = contains === undefined ? [] : [contains.schema];
  const first = prefixItems.map((one) => heldInAll([one, ...contained], context));
  const rest = [items, unevaluatedItems, ...contained].filter((one) => one !== undefined);
  return [
    ...(first.some((one) => one !== undefined)
      ? [{ key: "prefix", value: array(first.map((one) => one ?? object([]))) }]
      : []),
    ...entry("items", heldInAll(rest, context)),
  ];
}

function heldInAll(schemas: readonly Schema[], context: Context): Code | undefined {
  const [first, ...more] = schemas.flatMap((one) => allIn(one, context));
  return first === undefined || more.length === 0 ? first : array([first, ...more]);
}

function entry(key: string, value: Code | undefined): readonly Entry[] {
  return value === undefined ? [] : [{ key, value }];
}

function record(entries: readonly (readonly [string, Code | undefined])[]): Code | undefined {
  const there = entries.flatMap(([key, value]) => entry(key, value));
  return there.length === 0 ? undefined : object(there);
}

function ofStatuses(responses: Parameters<typeof byStatus>[0]): Code | undefined {
  const entries = byStatus(responses, object([]));
  return entries.length === 0 ? undefined : object(entries);
}
