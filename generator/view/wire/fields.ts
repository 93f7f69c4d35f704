import type { Json } from "../../code/json.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { array, type Entry, object } from "../../code/shapes.js";
import type { Body, Field, FieldPlace, Operation } from "../../model/api.js";
import type { ObjectSchema, Schema } from "../../model/schema.js";
import { type Find, type Kind, kindOf } from "./kind.js";

const places: readonly FieldPlace[] = ["path", "query", "header", "cookie"];
/** OpenAPI 3.1, 4.8.12.2. */
const defaultStyle = { path: "simple", query: "form", header: "simple", cookie: "form" } as const;
const formType = "application/x-www-form-urlencoded";

/** How the input of an operation is written into a request. What is as OpenAPI has it by default is not said. */
export function wireCode({ request }: Operation, find: Find): Code {
  const parts: Entry[] = places
    .filter((place) => request[place].length > 0)
    .map((place) => ({ key: place, value: array(request[place].map((field) => fieldCode(field, find))) }));
  if (request.body !== undefined) parts.push({ key: "body", value: bodyCode(request.body, find) });
  return object(parts, { open: parts.length > 0 });
}

function fieldCode(field: Field, find: Find): Code {
  const kind = field.json ? "json" : kindOf(field.schema, find);
  const isStyled = !field.json;
  return object([
    ...fact("name", field.name),
    ...(field.key === field.name ? [] : fact("key", field.key)),
    ...(kind === "string" ? [] : fact("kind", kind)),
    ...(isStyled && field.style !== defaultStyle[field.in] ? fact("style", field.style) : []),
    ...(isStyled && field.explode !== (field.style === "form") ? fact("explode", field.explode) : []),
    ...(field.allowReserved ? fact("allowReserved", true) : []),
  ]);
}

function bodyCode({ media, required, key }: Body, find: Find): Code {
  const form = media.find((one) => one.type === formType);
  const fields = form === undefined ? [] : formFields(form.schema, find);
  return object([
    ...fact(
      "media",
      media.map((one) => one.type),
    ),
    ...fact("required", required),
    ...(fields.some((one) => one.kind !== "string") ? [{ key: "form", value: array(fields.map(formField)) }] : []),
    ...(key === "body" ? [] : fact("key", key)),
  ]);
}

interface FormField {
  readonly name: string;
  readonly kind: Kind;
}

function formField({ name, kind }: FormField): Code {
  return object([...fact("name", name), ...(kind === "string" ? [] : fact("kind", kind))]);
}

/** The properties of a form, those of every part of an `allOf` included. */
function formFields(schema: Schema, find: Find): readonly FormField[] {
  const names = new Map<string, Kind>();
  for (const object of objectsOf(schema, find, 0)) {
    for (const one of object.properties) names.set(one.name, kindOf(one.schema, find));
  }
  return [...names].map(([name, kind]) => ({ name, kind }));
}

function objectsOf(schema: Schema, find: Find, depth: number): readonly ObjectSchema[] {
  if (depth > 8 || schema.kind === "any" || schema.kind === "never") return [];
  if (schema.kind === "ref") {
    const target = find(schema.name);
    return target === undefined ? [] : objectsOf(target.schema, find, depth + 1);
  }
  const { object, allOf = [], anyOf = [], oneOf = [] } = schema.assertions;
  const parts = [...allOf, ...anyOf, ...oneOf].flatMap((one) => objectsOf(one, find, depth + 1));
  return object === undefined ? parts : [object, ...parts];
}

function fact(key: string, value: Json): readonly Entry[] {
  return [{ key, value: literal(value) }];
}
