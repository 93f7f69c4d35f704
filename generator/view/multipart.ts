import type { Encoding, Media } from "../model/api.js";
import type { Assertions, Property, Schema, SchemaNote } from "../model/schema.js";
import { codecOf } from "./media.js";
import type { Find } from "./wire/kind.js";
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
