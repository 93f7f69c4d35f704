import { identifier } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { intersection, typeLiteral } from "../../code/shapes.js";
import { code } from "../../code/template.js";
import type { Api } from "../../model/api.js";
import type { NamedSchema } from "../../model/schema.js";
import { pascal } from "../names.js";
import type { Components } from "../typescript/components.js";
import { kindOf } from "../wire/kind.js";

/** The types that object rules ask a loader for. */
export interface Objects {
  /** By key. */
  readonly all: readonly ObjectType[];
  readonly nameOf: (key: string) => Code;
}

interface ObjectType {
  /** The loader's name in `objects`. */
  readonly key: string;
  readonly name: Code;
  readonly type: Code;
}

/** Of each object its component, where the spec has one of that name, and the fields that name its owner. */
export function objectsOf({ operations, schemas }: Api, components: Components): Objects {
  const fields = new Map<string, Set<string>>();
  for (const { object } of operations) {
    if (object !== undefined) fields.set(object.type, (fields.get(object.type) ?? new Set()).add(object.field));
  }
  const keys = [...fields.keys()].sort();
  const names = namesOf(keys);
  const all = keys.map((key): ObjectType => {
    const component = schemas.find((one) => one.inComponents && one.key === key);
    const members = [...(fields.get(key) ?? [])].sort().map((field) => ({
      key: field,
      // Numbers name things too, and are compared as text.
      type: component !== undefined && isNumber(component, field, components) ? code`number` : code`string`,
    }));
    const owned = typeLiteral(members);
    const type = component === undefined ? owned : intersection([components.typeOf(component, "response"), owned]);
    return { key, name: names.get(key) ?? code`never`, type };
  });
  return { all, nameOf: (key) => names.get(key) ?? code`never` };
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
