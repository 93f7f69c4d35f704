import type { Code } from "../code/layout.js";
import { type Member, typeLiteral } from "../code/shapes.js";
import { code, join } from "../code/template.js";
import type { HeldAs } from "../model/held.js";
import type { Assertions, JsonType, ObjectSchema, Schema } from "../model/schema.js";
import type { Components } from "./typescript/components.js";
import { type Form, isEmptied, isThere, travels } from "./typescript/forms.js";
import { listedType } from "./typescript/listed.js";
import {
  anyObject,
  every,
  listOf,
  never,
  noKeys,
  nullType,
  record,
  single,
  some,
  type Type,
  unknown,
  word,
} from "./typescript/type.js";
import { flatten, plainNote } from "./zod/flatten.js";
import { noObject } from "./zod/spread.js";

/** Deeper than any type that a person reads: what is deeper is `unknown`, and the schema checks it all the same. */
const deepest = 20;

/** The TypeScript type of the values of several schemas, each of which may come. */
export function someOf(types: readonly Code[]): Code {
  return some(types.map(word)).code;
}

/** The TypeScript type of a schema's values, in one of their forms. */
export function typeOf(schema: Schema, form: Form, components: Components): Code {
  return ofSchema(schema, { form, components, depth: 0, isBranch: false }).code;
}

interface Context {
  readonly form: Form;
  readonly components: Components;
  readonly depth: number;
  /** Another schema speaks of the same value. */
  readonly isBranch: boolean;
}

function ofSchema(schema: Schema, context: Context): Type {
  const below = { ...context, depth: context.depth + 1 };
  if (below.depth > deepest) return unknown;
  switch (schema.kind) {
    case "any":
      return unknown;
    case "never":
      return never;
    case "ref": {
      if (schema.siblings === undefined) return ofComponent(schema.name, below);
      const allOf: readonly Schema[] = [{ kind: "ref", name: schema.name }, ...(schema.siblings.allOf ?? [])];
      return ofAssertions({ ...schema.siblings, allOf }, below);
    }
    case "assertions":
      return ofAssertions(schema.assertions, below);
  }
}

function ofComponent(name: string, context: Context): Type {
  const component = context.components.find(name);
  if (component === undefined) return unknown;
  // A lifted schema has no name in types.ts; it contains itself, and the depth ends it.
  if (!component.inComponents) return ofSchema(component.schema, context);
  const type = word(context.components.typeOf(component, context.form));
  const { schema } = component;
  return schema.kind === "assertions" && isEmptied(schema.assertions, context.form) ? { ...type, isBare: true } : type;
}

function ofAssertions(assertions: Assertions, context: Context): Type {
  const listed = assertions.const === undefined ? assertions.enum : [assertions.const.value];
  if (listed !== undefined) return listedType(listed, assertions.types, context.components.immutable);
  const said = tightens(assertions, context.components) ? flatten(assertions, schemaIn(context)) : assertions;
  const { allOf = [], anyOf = [], oneOf = [] } = said;
  const branch = { ...context, isBranch: true };
  const alternatives = [anyOf, oneOf].filter((all) => all.length > 0);
  return every([
    ofOwn(said, allOf.length + alternatives.length > 0 ? branch : { ...context, isBranch: false }),
    ...allOf.map((one) => ofSchema(one, branch)),
    ...alternatives.map((all) => some(all.map((one) => ofSchema(one, branch)))),
  ]);
}

function schemaIn({ components }: Context): (name: string) => Schema | undefined {
  return (name) => components.find(name)?.schema;
}

/** Whether one of several schemas that hold together asks for a property that another declares: it is then no longer optional there. */
function tightens({ object, allOf = [] }: Assertions, { find }: Components): boolean {
  const asks = (schema: Schema | undefined): boolean => {
    if (schema?.kind === "assertions") return asksForMore(schema.assertions.object);
    return schema?.kind === "ref" && asksForMore(schema.siblings?.object);
  };
  const targets = allOf.map((one) => (one.kind === "ref" ? find(one.name)?.schema : undefined));
  return allOf.length > 0 && (asksForMore(object) || [...allOf, ...targets].some(asks));
}

function asksForMore({ required, properties }: Pick<ObjectSchema, "required" | "properties"> = noObject): boolean {
  return required.some((name) => !properties.some((one) => one.name === name));
}

/** The type that an assertion's own keywords describe: `type`, and what there is to say of objects and arrays. */
function ofOwn(assertions: Assertions, context: Context): Type {
  const { types, array, object } = assertions;
  if (types !== undefined) return some(types.map((one) => ofJsonType(one, assertions, context)));
  if (
    object !== undefined &&
    (object.properties.length + object.required.length > 0 || object.additional !== undefined)
  )
    return ofObject(object, context);
  return array?.items === undefined && array?.prefixItems === undefined ? unknown : ofArray(assertions, context);
}

function ofJsonType(type: JsonType, assertions: Assertions, context: Context): Type {
  switch (type) {
    case "null":
      return nullType;
    case "boolean":
      return word(code`boolean`);
    case "integer":
    case "number":
      return assertions.number?.held === undefined ? word(code`number`) : heldTypes[assertions.number.held];
    case "string":
      return assertions.string?.held === undefined ? word(code`string`) : heldTypes[assertions.string.held];
    case "octets":
      return word(code`Uint8Array`);
    case "array":
      return ofArray(assertions, context);
    case "object":
      return ofObject(assertions.object, context);
  }
}

const heldTypes: Readonly<Record<HeldAs, Type>> = {
  bigint: word(code`bigint`),
  digits: word(code`string`),
  Date: word(code`Date`),
  // Said where it is used: a name of the spec may be the same.
  Instant: word(code`import("@sallyport/runtime/policy").Instant`),
  PlainDate: word(code`import("@sallyport/runtime/policy").PlainDate`),
};

function ofArray({ array }: Assertions, outer: Context): Type {
  const context = { ...outer, isBranch: false };
  const item = array?.items === undefined ? unknown : ofSchema(array.items, context);
  if (array?.prefixItems === undefined) return listOf(code`${single(item)}[]`, context.components.immutable);
  // JSON Schema core, 10.3.1.1: an array may end before its prefix does.
  const fixed = array.prefixItems.map((one) => code`${single(ofSchema(one, context))}?`);
  const rest = array.items?.kind === "never" ? [] : [code`...${single(item)}[]`];
  return listOf(code`[${join([...fixed, ...rest], code`, `)}]`, context.components.immutable);
}

function ofObject(object: ObjectSchema | undefined, outer: Context): Type {
  const context = { ...outer, isBranch: false };
  const others = ofOtherKeys(object, context);
  const members = [...declaredMembers(object, context), ...(outer.isBranch ? [] : requiredMembers(object, context))];
  if (members.length === 0) {
    if (object !== undefined && isEmptied({ object, note: plainNote }, context.form)) return noKeys;
    return others === unknown ? anyObject : word(record(others ?? never));
  }
  const known = word(typeLiteral(members));
  return others === undefined || others === unknown ? known : every([known, word(record(others))]);
}

function declaredMembers(object: ObjectSchema | undefined, context: Context): readonly Member[] {
  const { form, components } = context;
  return (object?.properties ?? []).flatMap(({ name, required, schema }): readonly Member[] => {
    if (!travels(schema, form)) return [];
    const optional = !isThere({ required, schema }, form, components.find);
    return [{ key: name, optional, type: ofSchema(schema, context).code }];
  });
}

/** Names that must be there, and that nobody declares. */
function requiredMembers(object: ObjectSchema = noObject, context: Context): readonly Member[] {
  const { required, properties, patterns, additional } = object;
  if (patterns.length > 0) return [];
  const names = required.filter((name) => !properties.some((one) => one.name === name));
  const type = additional === undefined ? unknown : ofSchema(additional, context);
  return names.map((key) => ({ key, optional: false, type: type.code }));
}

/** The type of keys that have no name in the schema; `undefined` where there are none. */
function ofOtherKeys(object: ObjectSchema | undefined, context: Context): Type | undefined {
  if (object === undefined) return unknown;
  const { additional, patterns } = object;
  const matched = patterns.map((one) => ofSchema(one.schema, context));
  if (additional === undefined || additional.kind === "never")
    return matched.length > 0 ? some(matched) : additional === undefined ? unknown : undefined;
  return some([...matched, ofSchema(additional, context)]);
}
