import { identifier } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { intersection, typeLiteral } from "../../code/shapes.js";
import { code } from "../../code/template.js";
import type { Api } from "../../model/api.js";
import type { NamedSchema } from "../../model/schema.js";
import type { ObjectRule } from "../../model/security.js";
import { pascal } from "../names.js";
import type { Components } from "../typescript/components.js";
import { kindOf } from "../wire/kind.js";

/** The types that object rules speak of. */
export interface Objects {
  /** By key. */
  readonly all: readonly ObjectType[];
  /** Those that a loader finds. */
  readonly loaded: readonly ObjectType[];
  /** The rules of the user's own, by name, each with the type that it judges. */
  readonly rules: readonly { readonly name: string; readonly type: Code }[];
  readonly nameOf: (key: string) => Code;
  /** What an item of a list must say of whose it is, so that it can be asserted. */
  readonly itemOf: (rule: ObjectRule) => Code;
}

interface ObjectType {
  /** The loader's name in `objects`. */
  readonly key: string;
  readonly name: Code;
  readonly type: Code;
}

/** Of each object its component, where the spec has one of that name, and the fields that name its owner. */
export function objectsOf({ operations, schemas }: Api, components: Components): Objects {
  const rules = operations.flatMap(({ object }) => object ?? []);
  const keys = [...new Set(rules.map((one) => one.type))].sort();
  const names = namesOf(keys);
  const nameOf = (key: string) => names.get(key) ?? code`never`;
  const component = (key: string) => schemas.find((one) => one.inComponents && one.key === key);
  const owned = (key: string, fields: Iterable<string>) =>
    typeLiteral(
      [...fields].sort().map((field) => ({ key: field, type: fieldType(component(key), field, components) })),
    );
  const all = keys.map((key): ObjectType => {
    const found = component(key);
    const fields = new Set(rules.flatMap(({ type, whose }) => (type === key && "field" in whose ? [whose.field] : [])));
    const parts = [
      ...(found === undefined ? [] : [components.typeOf(found, "response")]),
      ...(fields.size > 0 ? [owned(key, fields)] : []),
    ];
    return { key, name: nameOf(key), type: parts.length === 0 ? code`object` : intersection(parts) };
  });
  const isLoaded = (key: string) => rules.some(({ type, target }) => type === key && target.kind === "named");
  return {
    all,
    loaded: all.filter(({ key }) => isLoaded(key)),
    rules: customRules(rules).map(([name, type]) => ({ name, type: nameOf(type) })),
    nameOf,
    itemOf: ({ type, whose }) => (whose.kind === "custom" ? nameOf(type) : owned(type, [whose.field])),
  };
}

function customRules(rules: readonly ObjectRule[]): readonly (readonly [string, string])[] {
  const named = rules.flatMap(({ whose, type }) => (whose.kind === "custom" ? [[whose.rule, type] as const] : []));
  return [...new Map(named)].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Numbers name things too, and are compared as text. */
function fieldType(component: NamedSchema | undefined, field: string, components: Components): Code {
  return component !== undefined && isNumber(component, field, components) ? code`number` : code`string`;
}

function isNumber({ schema }: NamedSchema, field: string, components: Components): boolean {
  const object = schema.kind === "assertions" ? schema.assertions.object : undefined;
  const property = object?.properties.find((one) => one.name === field);
  const kind = property === undefined ? undefined : kindOf(property.schema, components.find);
  return kind === "integer" || kind === "number";
}

/** Letters and digits of the key, told apart by a number where that is not enough. */
function namesOf(keys: readonly string[]): ReadonlyMap<string, Code> {
  const taken = new Set<string>();
  return new Map(
    keys.map((key) => {
      const word = pascal(key.replace(/[^A-Za-z0-9]+/g, "").replace(/^(?=[0-9]|$)/, "_"));
      let free = `${word}Object`;
      for (let count = 2; taken.has(free); count++) free = `${word}Object${count}`;
      taken.add(free);
      return [key, identifier(free)];
    }),
  );
}
