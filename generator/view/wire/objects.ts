import type { ObjectSchema, Schema } from "../../model/schema.js";
import type { Find } from "./holds.js";

/** The objects that a schema is made of, those of every part of a combination included. */
export function objectsOf(schema: Schema, find: Find, depth: number): readonly ObjectSchema[] {
  if (depth > 8 || schema.kind === "any" || schema.kind === "never") return [];
  if (schema.kind === "ref") {
    const target = find(schema.name);
    return target === undefined ? [] : objectsOf(target.schema, find, depth + 1);
  }
  const { object, allOf = [], anyOf = [], oneOf = [] } = schema.assertions;
  const parts = [...allOf, ...anyOf, ...oneOf].flatMap((one) => objectsOf(one, find, depth + 1));
  return object === undefined ? parts : [object, ...parts];
}
