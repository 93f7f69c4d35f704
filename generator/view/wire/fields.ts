import type { Json } from "../../code/json.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { array, type Entry, object } from "../../code/shapes.js";
import type { Body, Encoding, Field, FieldPlace, Media, Operation } from "../../model/api.js";
import { isWide } from "../../model/held.js";
import type { Schema } from "../../model/schema.js";
import { codecOf } from "../media.js";
import { type ListPart, multipartOf, partsOf } from "../multipart.js";
import { type Find, holds } from "./holds.js";
import { jsonKind, type Kind, kindOf } from "./kind.js";
import { objectsOf } from "./objects.js";
import { byStatus } from "./statuses.js";

const places: readonly FieldPlace[] = ["path", "query", "header", "cookie"];
/** OpenAPI 3.2, 4.12.2.2. */
const defaultStyle = { path: "simple", query: "form", header: "simple", cookie: "form" } as const;
const formType = "application/x-www-form-urlencoded";
/** How many levels of brackets are written out; what is deeper is JSON. */
const bracketLevels = 4;

/** How the input of an operation is written into a request. What is as OpenAPI has it by default is not said. */
export function wireCode(operation: Operation, find: Find, held: Code | undefined): Code {
  const { request, responses } = operation;
  const parts: Entry[] = places
    .filter((place) => request[place].length > 0)
    .map((place) => ({ key: place, value: array(request[place].map((field) => fieldCode(field, find))) }));
  if (request.body !== undefined) parts.push({ key: "body", value: bodyCode(request.body, find) });
  const output = successMedia(responses);
  if (output.some((one) => one.type !== "application/json"))
    parts.push({ key: "output", value: outputCode(output, find) });
  const mixed = responsePartsEntries(responses, find);
  if (mixed.length > 0) parts.push({ key: "parts", value: object(mixed) });
  const headers = headersEntries(responses, find);
  if (headers.length > 0) parts.push({ key: "headers", value: object(headers) });
  if (held !== undefined) parts.push({ key: "held", value: held });
  return object(parts, { open: parts.length > 0 });
}

/** The media types of all successes; where there is none, those of `default`. */
function successMedia(responses: Operation["responses"]): readonly Media[] {
  const successes = responses.filter((one) => one.status.startsWith("2"));
  const all = successes.length > 0 ? successes : responses.filter((one) => one.status === "default");
  return [...new Map(all.flatMap((one) => one.media).map((one) => [one.type, one])).values()];
}

function outputCode(media: readonly Media[], find: Find): Code {
  return object([
    ...fact(
      "media",
      media.map((one) => one.type),
    ),
    ...dataFact(media),
    ...exactFact(media, find),
  ]);
}

/** Of what is read as JSON or as items: whether no digit of an integer may be lost. */
function exactFact(media: readonly Media[], find: Find): readonly Entry[] {
  return media.some((one) => isData(one.type) && holds(one.schema, find, isWide)) ? fact("exact", true) : [];
}

function isData(type: string): boolean {
  const codec = codecOf(type);
  return codec === "json" || codec === "items";
}

function dataFact(media: readonly Media[]): readonly Entry[] {
  const data = media.find((one) => one.data !== undefined)?.data;
  return data === undefined ? [] : fact("data", data);
}

function multipartIn(media: readonly Media[]): readonly Media[] {
  return media.filter((one) => codecOf(one.type) === "multipart");
}

function partsByType(media: readonly Media[], find: Find): Code {
  return object(media.map((one) => ({ key: one.type, value: partsCode(one, find) })));
}

function responsePartsEntries(responses: Operation["responses"], find: Find): readonly Entry[] {
  const parts = responses.map(({ status, media }) => {
    const mixed = multipartIn(media);
    return [status, mixed.length === 0 ? undefined : partsByType(mixed, find)] as const;
  });
  return byStatus(parts, object([]));
}

function headersEntries(responses: Operation["responses"], find: Find): readonly Entry[] {
  const fields = responses.map(({ status, headers }) => {
    const all = headers.map((field) => fieldCode({ ...field, key: field.name }, find));
    return [status, all.length === 0 ? undefined : array(all)] as const;
  });
  return byStatus(fields, array([]));
}

function fieldCode(field: Field, find: Find): Code {
  return object([
    ...fact("name", field.name),
    ...(field.key === field.name ? [] : fact("key", field.key)),
    ...textFacts(field, find),
    ...(field.allowReserved && field.content === "styled" ? fact("allowReserved", true) : []),
    ...(field.allowEmptyValue ? fact("allowEmptyValue", true) : []),
    ...(field.whole ? fact("whole", true) : []),
  ]);
}

function textFacts(field: Field, find: Find): readonly Entry[] {
  switch (field.content) {
    case "json":
      return fact("kind", jsonKind(field.schema, find));
    case "form":
      return [{ key: "form", value: formCode(field.schema, field.encoding, find) }];
    case "text":
      // Text as it stands: nothing is encoded in a cookie, and a list would be no text.
      return [
        ...kindFact(scalar(kindOf(field.schema, find))),
        ...(field.in === "cookie" ? fact("style", "cookie") : []),
      ];
    case "styled":
      return styleFacts(field, find);
  }
}

function styleFacts(field: Field, find: Find): readonly Entry[] {
  const { style, explode } = field;
  const isDefault = explode === (style === "form" || style === "cookie") || style === "deepObject";
  return [
    ...kindFact(kindOf(field.schema, find, style === "deepObject" ? bracketLevels : 1)),
    ...(style === defaultStyle[field.in] ? [] : fact("style", style)),
    ...(isDefault ? [] : fact("explode", explode)),
  ];
}

function kindFact(kind: Kind): readonly Entry[] {
  return kind === "string" ? [] : fact("kind", kind);
}

function scalar(kind: Kind): Kind {
  return typeof kind === "object" ? "string" : kind;
}

function bodyCode({ media, required, key }: Body, find: Find): Code {
  const form = media.find((one) => one.type === formType);
  const parts = multipartIn(media);
  return object([
    ...fact(
      "media",
      media.map((one) => one.type),
    ),
    ...fact("required", required),
    ...(form === undefined ? [] : [{ key: "form", value: formCode(form.schema, form.encoding, find) }]),
    ...(parts.length === 0 ? [] : [{ key: "parts", value: partsByType(parts, find) }]),
    ...dataFact(media),
    ...exactFact(media, find),
    ...(key === "body" ? [] : fact("key", key)),
  ]);
}

/** The parts of a multipart body, by name or in their order. */
function partsCode(media: Media, find: Find): Code {
  const list = partsOf(media, find);
  if (list === undefined) return namedPartsCode(media, find);
  return object([
    ...(list.prefix.length === 0
      ? []
      : [{ key: "prefix", value: array(list.prefix.map((one) => listPartCode(one, find))) }]),
    ...(list.rest === undefined ? [] : [{ key: "rest", value: listPartCode(list.rest, find) }]),
    ...(list.stream ? fact("stream", true) : []),
  ]);
}

function listPartCode({ schema, octets, types }: ListPart, find: Find): Code {
  if (octets !== undefined) return object(fact("octets", octets));
  const kind = kindOf(schema, find);
  return object(kindFact(types.some(isJsonType) || typeof kind === "object" ? jsonKind(schema, find) : kind));
}

/** The parts of a multipart body: a scalar is a text, whatever else is no file is JSON (OpenAPI 3.2, 4.15.1.1). */
function namedPartsCode(media: Media, find: Find): Code {
  const { properties, files } = multipartOf(media, find);
  const fields = properties.map(({ name, schema }) => {
    const said = media.encoding.find((one) => one.property === name);
    const kind = kindOf(schema, find);
    if (said !== undefined && isStyled(said) && typeof kind === "object")
      return object([...fact("name", name), ...stylePartFacts(schema, said, find)]);
    const isJson = media.encoding.some((one) => one.property === name && one.contentType?.some(isJsonType) === true);
    const asJson = jsonKind(schema, find);
    const item = Array.isArray(kind) ? (isJson ? [asJson] : kind) : isJson || typeof kind === "object" ? asJson : kind;
    return object([...fact("name", name), ...kindFact(item)]);
  });
  const streams = files.map((one) =>
    object([
      ...fact("name", one.name),
      ...fact("file", one.types),
      ...(one.many ? fact("many", true) : []),
      ...(one.required ? fact("required", true) : []),
    ]),
  );
  return array([...fields, ...streams]);
}

function isJsonType(type: string): boolean {
  return codecOf(type) === "json";
}

/** A list in parts of its own is what is done without a style, too. */
function stylePartFacts(
  schema: Schema,
  { style = "form", explode = style === "form" }: Encoding,
  find: Find,
): readonly Entry[] {
  const kind = kindOf(schema, find, style === "deepObject" ? bracketLevels : 1);
  if (style === "form" && explode && Array.isArray(kind)) return kindFact(kind);
  const isDefault = explode === (style === "form") || style === "deepObject";
  return [...kindFact(kind), ...fact("style", style), ...(isDefault ? [] : fact("explode", explode))];
}

/** The fields of a form: the properties of its schema, those of every part of an `allOf` included. */
function formCode(schema: Schema, encoding: readonly Encoding[], find: Find): Code {
  const properties = new Map<string, Schema>();
  for (const object of objectsOf(schema, find, 0)) {
    for (const one of object.properties) if (!properties.has(one.name)) properties.set(one.name, one.schema);
  }
  return array(
    [...properties].map(([name, one]) =>
      object([
        ...fact("name", name),
        ...encodingFacts(
          one,
          encoding.find((said) => said.property === name),
          find,
        ),
      ]),
    ),
  );
}

/** OpenAPI 3.2, 4.15.1.2: a style as in a query; without one, the media type says, which is JSON for what is no scalar. */
function encodingFacts(schema: Schema, said: Encoding | undefined, find: Find): readonly Entry[] {
  const { contentType, style = "form", explode = style === "form", allowReserved = false } = said ?? {};
  if (said === undefined || !isStyled(said)) {
    const kind = kindOf(schema, find);
    const isJson = contentType?.some(isJsonType) === true;
    const asJson = jsonKind(schema, find);
    if (Array.isArray(kind)) return kindFact(isJson ? [asJson] : kind);
    return kindFact(isJson || typeof kind === "object" ? asJson : kind);
  }
  return [
    ...kindFact(kindOf(schema, find, style === "deepObject" ? bracketLevels : 1)),
    ...(style === "form" ? [] : fact("style", style)),
    ...(explode === (style === "form") || style === "deepObject" ? [] : fact("explode", explode)),
    ...(allowReserved ? fact("allowReserved", true) : []),
  ];
}

function isStyled({ style, explode, allowReserved }: Encoding): boolean {
  return style !== undefined || explode !== undefined || allowReserved !== undefined;
}

function fact(key: string, value: Json): readonly Entry[] {
  return [{ key, value: literal(value) }];
}
