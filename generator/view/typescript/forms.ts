import type { Assertions, Json, NamedSchema, Schema, SchemaNote } from "../../model/schema.js";

/**
 * In which form a value is meant: as a client sends it, as a handler receives it once it is checked, as a server answers it.
 * OpenAPI 3.1, 4.8.24: a `readOnly` property is not part of a request, a `writeOnly` one not of a response. A default is filled in
 * by the server alone, so a client need not send what a handler can count on.
 */
export type Form = "sent" | "received" | "response";

/** Finds a component schema. */
export type Find = (name: string) => NamedSchema | undefined;

/** Whether a property is part of a form at all. */
export function travels(schema: Schema, form: Form): boolean {
  const note = noteOf(schema);
  return form === "response" ? note?.writeOnly !== true : note?.readOnly !== true;
}

/** Whether an object has properties, and none of them in a form. */
export function isEmptied({ object, allOf, anyOf, oneOf }: Assertions, form: Form): boolean {
  if (object === undefined || object.properties.length === 0 || object.patterns.length > 0) return false;
  const isAlone = allOf === undefined && anyOf === undefined && oneOf === undefined;
  return isAlone && object.additional === undefined && !object.properties.some((one) => travels(one.schema, form));
}

/** Whether a value is always there: as it must be given, or as a default stands in for it. What is required must be given. */
export function isThere({ required, schema }: Optional, form: Form, find: Find): boolean {
  return required || (form === "received" && defaultOf(schema, find) !== undefined);
}

/** A property, or a parameter. */
interface Optional {
  readonly required: boolean;
  readonly schema: Schema;
}

/** The default of a schema, or of the component that it is. */
function defaultOf(schema: Schema, find: Find, trail: readonly string[] = []): { readonly value: Json } | undefined {
  if (schema.kind === "assertions") return schema.assertions.default;
  if (schema.kind !== "ref" || trail.includes(schema.name)) return undefined;
  const target = find(schema.name);
  return schema.siblings?.default ?? (target && defaultOf(target.schema, find, [...trail, schema.name]));
}

/** The forms that differ, in a schema itself or in what it refers to: `received` from what is sent, the others from the whole. */
export interface Forms {
  readonly ofComponent: (name: string) => ReadonlySet<Form>;
  readonly ofSchema: (schema: Schema) => ReadonlySet<Form>;
}

/** Which components have forms of their own. */
export function formsOf(schemas: readonly NamedSchema[], find: Find): Forms {
  const found = new Map<string, Set<Form>>();
  const users = new Map<string, string[]>();
  const open: { readonly name: string; readonly form: Form }[] = [];
  for (const { name, schema } of schemas) {
    for (const part of partsOf(schema)) {
      if (part.kind === "ref") users.set(part.name, [...(users.get(part.name) ?? []), name]);
      for (const form of ownForms(part, find)) open.push({ name, form });
    }
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { name, form } = next;
    const forms = found.get(name) ?? new Set();
    if (forms.has(form)) continue;
    found.set(name, forms.add(form));
    open.push(...(users.get(name) ?? []).map((user) => ({ name: user, form })));
  }
  const ofComponent = (name: string): ReadonlySet<Form> => found.get(name) ?? none;
  const ofPart = (part: Schema) => [...ownForms(part, find), ...(part.kind === "ref" ? ofComponent(part.name) : [])];
  return { ofComponent, ofSchema: (schema) => new Set(partsOf(schema).flatMap(ofPart)) };
}

const none: ReadonlySet<Form> = new Set();

/** The forms that the properties of one schema make different: `received` where it is not as it was sent. */
function ownForms(part: Schema, find: Find): readonly Form[] {
  const properties = assertionsOf(part)?.object?.properties ?? [];
  return properties.flatMap((one): readonly Form[] => [
    ...(travels(one.schema, "sent") ? [] : (["sent"] as const)),
    ...(travels(one.schema, "response") ? [] : (["response"] as const)),
    ...(isThere(one, "received", find) === one.required ? [] : (["received"] as const)),
  ]);
}

function noteOf(schema: Schema): SchemaNote | undefined {
  return assertionsOf(schema)?.note;
}

function assertionsOf(schema: Schema): Assertions | undefined {
  return schema.kind === "assertions" ? schema.assertions : schema.kind === "ref" ? schema.siblings : undefined;
}

/** A schema and every schema inside it, but not what references lead to. */
function partsOf(schema: Schema): readonly Schema[] {
  const found: Schema[] = [];
  const open: Schema[] = [schema];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    found.push(part);
    const assertions = assertionsOf(part);
    if (assertions !== undefined) open.push(...children(assertions));
  }
  return found;
}

function children({ array, object, allOf = [], anyOf = [], oneOf = [] }: Assertions): readonly Schema[] {
  const items = array === undefined ? [] : [...(array.prefixItems ?? []), ...(array.items ? [array.items] : [])];
  const members = object === undefined ? [] : object.properties.map((one) => one.schema);
  const others = object === undefined ? [] : object.patterns.map((one) => one.schema);
  const rest = object?.additional === undefined ? [] : [object.additional];
  return [...items, ...members, ...others, ...rest, ...allOf, ...anyOf, ...oneOf];
}
