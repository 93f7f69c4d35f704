import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { print } from "../code/print.js";
import { generic, intersection, type Member, parenthesized, typeLiteral, union } from "../code/shapes.js";
import { code, join } from "../code/template.js";
import type { HeldAs } from "../model/held.js";
import type { Assertions, Json, JsonType, ObjectSchema, Schema } from "../model/schema.js";
import type { Components } from "./typescript/components.js";
import { type Form, isThere, travels } from "./typescript/forms.js";

/** A type expression, and how tightly it binds: what stands before `[]` must be one word, what stands beside `&` no union. */
interface Type {
  readonly code: Code;
  readonly shape: "word" | "union" | "intersection" | "prefixed";
}

const word = (one: Code): Type => ({ code: one, shape: "word" });
const unknown = word(code`unknown`);
const never = word(code`never`);
const nullType = word(code`null`);

/** Deeper than any type that a person reads: what is deeper is `unknown`, and the schema checks it all the same. */
const deepest = 20;

/** The TypeScript type of the values of several schemas, each of which may come. */
export function someOf(types: readonly Code[]): Code {
  return some(types.map(word)).code;
}

/** The TypeScript type of a schema's values, in one of their forms. */
export function typeOf(schema: Schema, form: Form, components: Components): Code {
  return ofSchema(schema, { form, components, depth: 0 }).code;
}

interface Context {
  readonly form: Form;
  readonly components: Components;
  readonly depth: number;
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
      const named = ofComponent(schema.name, below);
      return schema.siblings === undefined ? named : every([named, ofAssertions(schema.siblings, below)]);
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
  return word(context.components.typeOf(component, context.form));
}

function ofAssertions(assertions: Assertions, context: Context): Type {
  if (assertions.const !== undefined) return ofValue(assertions.const.value);
  if (assertions.enum !== undefined) return some(assertions.enum.map(ofValue));
  const { allOf = [], anyOf = [], oneOf = [] } = assertions;
  const own = ofOwn(assertions, context);
  const alternatives = [anyOf, oneOf].filter((all) => all.length > 0);
  return every([
    own,
    ...allOf.map((one) => ofSchema(one, context)),
    ...alternatives.map((all) => some(all.map((one) => ofSchema(one, context)))),
  ]);
}

/** The type that an assertion's own keywords describe: `type`, and what there is to say of objects and arrays. */
function ofOwn(assertions: Assertions, context: Context): Type {
  const { types, array, object } = assertions;
  if (types !== undefined) return some(types.map((one) => ofJsonType(one, assertions, context)));
  if (object !== undefined && (object.properties.length > 0 || object.additional !== undefined))
    return ofObject(object, context);
  return array?.items === undefined ? unknown : ofArray(assertions, context);
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

function ofArray({ array }: Assertions, context: Context): Type {
  const item = array?.items === undefined ? unknown : ofSchema(array.items, context);
  if (array?.prefixItems === undefined) return listType(code`${single(item)}[]`, context);
  // JSON Schema core, 10.3.1.1: an array may end before its prefix does.
  const fixed = array.prefixItems.map((one) => code`${single(ofSchema(one, context))}?`);
  const rest = array.items?.kind === "never" ? [] : [code`...${single(item)}[]`];
  return listType(code`[${join([...fixed, ...rest], code`, `)}]`, context);
}

function listType(type: Code, { components }: Context): Type {
  return components.immutable ? { code: code`readonly ${type}`, shape: "prefixed" } : word(type);
}

function ofObject(object: ObjectSchema | undefined, context: Context): Type {
  const { form, components } = context;
  const others = ofOtherKeys(object, context);
  const members = (object?.properties ?? []).flatMap(({ name, required, schema }): readonly Member[] =>
    travels(schema, form)
      ? [
          {
            key: name,
            optional: !isThere({ required, schema }, form, components.find),
            type: ofSchema(schema, context).code,
          },
        ]
      : [],
  );
  if (members.length === 0) return others === unknown ? anyObject : word(record(others ?? never));
  const known = word(typeLiteral(members));
  return others === undefined || others === unknown ? known : every([known, word(record(others))]);
}

function record(values: Type): Code {
  return generic(code`Readonly`, [generic(code`Record`, [code`string`, values.code])]);
}

const anyObject = word(record(unknown));

/** The type of keys that have no name in the schema; `undefined` where there are none. */
function ofOtherKeys(object: ObjectSchema | undefined, context: Context): Type | undefined {
  if (object === undefined) return unknown;
  const { additional, patterns } = object;
  const matched = patterns.map((one) => ofSchema(one.schema, context));
  if (additional?.kind === "never") return matched.length === 0 ? undefined : some(matched);
  return additional === undefined || matched.length > 0 ? unknown : ofSchema(additional, context);
}

function ofValue(value: Json): Type {
  return typeof value === "object" && value !== null ? unknown : word(literal(value));
}

/** One of the types. */
function some(types: readonly Type[]): Type {
  if (types.includes(unknown)) return unknown;
  const distinct = new Map(types.filter((one) => one !== never).map((one) => [print(one.code), one]));
  const [first = never, ...more] = distinct.values();
  return more.length === 0
    ? first
    : {
        code: union([first, ...more].map((one) => (one.shape === "intersection" ? single(one) : one.code))),
        shape: "union",
      };
}

/** All of the types at once. */
function every(types: readonly Type[]): Type {
  const said = types.filter((one) => one !== unknown);
  // That it is an object, the others say too.
  const [first = said[0] ?? unknown, ...more] = said.filter((one) => one !== anyObject);
  if (more.length === 0) return first;
  return {
    code: intersection([first, ...more].map((one) => (one.shape === "union" ? single(one) : one.code))),
    shape: "intersection",
  };
}

/** In parentheses where it is more than one word. */
function single({ code: type, shape }: Type): Code {
  return shape === "word" ? type : parenthesized(type);
}
