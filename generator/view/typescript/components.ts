import { useType } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { code } from "../../code/template.js";
import type { Api } from "../../model/api.js";
import type { Assertions, NamedSchema, Schema } from "../../model/schema.js";

/** Whether a value travels to the server or from it: which of `readOnly` and `writeOnly` properties it has (OpenAPI, 4.8.24). */
export type Direction = "request" | "response";

/** Component schemas, as types see them. */
export interface Components {
  readonly find: (name: string) => NamedSchema | undefined;
  /** The type of a component, without the properties that do not travel this way. */
  readonly typeOf: (component: NamedSchema, direction: Direction) => Code;
  /** Whether anything within a schema travels one way only: `Readable` and `Writable` of types.ts are then needed. */
  readonly isMarked: (schema: Schema) => boolean;
  /** Whether the type of any component was asked for: the file then declares `Schemas`. */
  readonly areUsed: () => boolean;
}

const types = "./types.js";

export function componentsOf({ schemas }: Pick<Api, "schemas">): Components {
  const byName = new Map(schemas.map((one) => [one.name, one]));
  const marked = markedComponents(schemas);
  const isMarked = (schema: Schema) => partsOf(schema).some((part) => isMarkedHere(part, marked));
  let used = false;
  return {
    areUsed: () => used,
    find: (name) => byName.get(name),
    isMarked,
    typeOf: (component, direction) => {
      used = true;
      const type = code`Schemas[${literal(component.key)}]`;
      return marked.has(component.name) ? oneWay(type, direction) : type;
    },
  };
}

/** Without the properties that do not travel this way, as types.ts marks them. */
export function oneWay(type: Code, direction: Direction): Code {
  return code`${useType(direction === "request" ? "Writable" : "Readable", types)}<${type}>`;
}

/** The names of components that hold a marked property, in themselves or in what they refer to. */
function markedComponents(schemas: readonly NamedSchema[]): ReadonlySet<string> {
  const found = new Set<string>();
  const users = new Map<string, string[]>();
  const open: string[] = [];
  for (const { name, schema } of schemas) {
    for (const part of partsOf(schema)) {
      if (part.kind === "ref") users.set(part.name, [...(users.get(part.name) ?? []), name]);
      if (isMarkedHere(part, found)) open.push(name);
    }
  }
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...(users.get(name) ?? []));
  }
  return found;
}

function isMarkedHere(part: Schema, marked: ReadonlySet<string>): boolean {
  if (part.kind === "ref" && marked.has(part.name)) return true;
  const note =
    part.kind === "assertions" ? part.assertions.note : part.kind === "ref" ? part.siblings?.note : undefined;
  return note !== undefined && (note.readOnly || note.writeOnly);
}

/** A schema and every schema inside it, but not what references lead to. */
function partsOf(schema: Schema): readonly Schema[] {
  const found: Schema[] = [];
  const open: Schema[] = [schema];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    found.push(part);
    const assertions = part.kind === "assertions" ? part.assertions : part.kind === "ref" ? part.siblings : undefined;
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
