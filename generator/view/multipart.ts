import type { Encoding, Media } from "../model/api.js";
import type { ArrayRule, Assertions, Property, Schema, SchemaNote } from "../model/schema.js";
import { codecOf } from "./media.js";
import type { Find } from "./wire/holds.js";
import { objectsOf } from "./wire/objects.js";

/** A multipart body, its files apart from its fields. */
export interface Multipart {
  /** What the fields are together: the schema of the body without its files. */
  readonly fields: Schema;
  readonly properties: readonly Property[];
  readonly files: readonly FilePart[];
}

export interface FilePart {
  readonly name: string;
  readonly required: boolean;
  /** Whether it may come more than once: a list of files. */
  readonly many: boolean;
  /** The media types that it may have; empty where the spec does not say. */
  readonly types: readonly string[];
}

const note: SchemaNote = { deprecated: false, readOnly: false, writeOnly: false, sensitivity: "public" };

/** Takes a multipart body apart. */
export function multipartOf({ schema, encoding }: Media, find: Find): Multipart {
  const objects = objectsOf(schema, find, 0);
  const all = new Map<string, Property>();
  for (const one of objects.flatMap((object) => object.properties)) {
    const before = all.get(one.name);
    all.set(one.name, { ...(before ?? one), required: one.required || before?.required === true });
  }
  const required = new Set(objects.flatMap((object) => object.required));
  const files: FilePart[] = [];
  const properties: Property[] = [];
  for (const one of all.values()) {
    const said = encoding.find(({ property }) => property === one.name);
    const many = itemsOf(one.schema, find);
    if (!isFile(many ?? one.schema, said, find))
      properties.push({ ...one, required: one.required || required.has(one.name) });
    else {
      const types = (said?.contentType ?? []).filter((type) => type !== "*/*");
      files.push({ name: one.name, required: one.required || required.has(one.name), many: many !== undefined, types });
    }
  }
  // Where there is nothing to take out, the schema stays what it is, with all that it says besides.
  if (files.length === 0) return { fields: schema, properties, files };
  return { fields: objectOf(properties, objects[0]?.additional), properties, files };
}

/** A multipart body whose parts have no names. */
export interface Parts {
  /** What the parts are together; or one of them, where they are taken as they come. */
  readonly schema: Schema;
  readonly prefix: readonly ListPart[];
  /** What comes behind the prefix; `undefined`: nothing. */
  readonly rest: ListPart | undefined;
  readonly stream: boolean;
}

export interface ListPart {
  readonly schema: Schema;
  /** The part is octets; the media types that it may have. */
  readonly octets?: readonly string[];
  /** The media types that the spec names. */
  readonly types: readonly string[];
}

/** The parts of a multipart body in their order; `undefined` where they have names. */
export function partsOf({ schema, list }: Media, find: Find): Parts | undefined {
  if (list === undefined) return undefined;
  const { prefix, rest, stream } = list;
  if (stream) {
    const one = listPart(schema, rest ?? prefix[0], find);
    return { schema: one.schema, prefix: [], rest: one, stream };
  }
  const said = assertionsOf(schema, find) ?? { note };
  const array = said.array ?? { uniqueItems: false };
  const { prefixItems = [], items = { kind: "any" } } = array;
  const count = Math.max(prefixItems.length, prefix.length);
  const first = Array.from({ length: count }, (_, at) => listPart(prefixItems[at] ?? items, prefix[at] ?? rest, find));
  const others = items.kind === "never" ? undefined : listPart(items, rest, find);
  const rule: ArrayRule = {
    ...array,
    ...(first.length > 0 ? { prefixItems: first.map((one) => one.schema) } : {}),
    items: others?.schema ?? items,
  };
  return { schema: assertions({ ...said, types: ["array"], array: rule }), prefix: first, rest: others, stream };
}

function listPart(schema: Schema, encoding: Encoding | undefined, find: Find): ListPart {
  const types = (encoding?.contentType ?? []).filter((type) => type !== "*/*");
  if (!isFile(schema, encoding, find)) return { schema, types };
  return { schema: assertions({ types: ["octets"], note }), octets: types, types };
}

function assertions(said: Assertions): Schema {
  return { kind: "assertions", assertions: said };
}

function objectOf(properties: readonly Property[], additional: Schema | undefined): Schema {
  return {
    kind: "assertions",
    assertions: {
      types: ["object"],
      object: {
        properties,
        required: properties.filter((one) => one.required).map((one) => one.name),
        ...(additional === undefined ? {} : { additional }),
        patterns: [],
        dependentRequired: [],
        dependentSchemas: [],
      },
      note,
    },
  };
}

/** The schema of the items of a list; `undefined` for everything else. */
function itemsOf(schema: Schema, find: Find): Schema | undefined {
  const said = assertionsOf(schema, find);
  return said?.types?.includes("array") === true ? said.array?.items : undefined;
}

/**
 * What is no text and no JSON is a file: `format: binary` of OpenAPI 3.0; and from 3.1 on what has no type, or a string in no encoding of
 * which the Encoding Object or the schema says another media type (OpenAPI 3.1, 4.8.15.1.1).
 */
function isFile(schema: Schema, encoding: Encoding | undefined, find: Find): boolean {
  const said = assertionsOf(schema, find);
  const types = encoding?.contentType ?? [];
  const isOther = types.some((type) => codecOf(type) === "octets");
  if (said === undefined) return schema.kind === "any";
  if (said.types === undefined) return isOther && said.object === undefined && said.array === undefined;
  return (
    said.types.includes("string") && (said.string?.format === "binary" || (isOther && said.string?.format !== "byte"))
  );
}

function assertionsOf(schema: Schema, find: Find, depth = 0): Assertions | undefined {
  if (schema.kind === "assertions") return schema.assertions;
  if (schema.kind !== "ref" || depth > 8) return undefined;
  const target = find(schema.name);
  return target === undefined ? undefined : assertionsOf(target.schema, find, depth + 1);
}
