import { useType } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { code } from "../code/template.js";
import type { Media, Operation, ResponseCase } from "../model/api.js";
import type { Assertions, Schema } from "../model/schema.js";
import { type Components, type Direction, oneWay } from "./typescript/components.js";
import { someOf, typeOf } from "./typescript.js";

/** A type with more names than this is not printed a second time: types.ts has it. */
const mostNames = 8;

/** The type of a request body: one of its media types. */
export function bodyType(operation: Operation, components: Components): Code | undefined {
  const { body } = operation.request;
  if (body === undefined) return undefined;
  const place = code`NonNullable<${operationType(operation)}["requestBody"]>["content"]`;
  return someOf(body.media.map((one) => mediaType(one, place, "request", components)));
}

/** The type of a response body; `undefined` where the response has none. */
export function replyBodyType(operation: Operation, response: ResponseCase, components: Components): Code | undefined {
  if (response.media.length === 0) return undefined;
  const place = code`${operationType(operation)}["responses"][${literal(response.status)}]["content"]`;
  return someOf(response.media.map((one) => mediaType(one, place, "response", components)));
}

function operationType({ key }: Operation): Code {
  return code`${useType("operations", "./types.js")}[${literal(key)}]`;
}

/** JSON and forms are what their schema says; text is a string; whatever else is octets. */
function mediaType(media: Media, place: Code, direction: Direction, components: Components): Code {
  const { type, key, schema } = media;
  if (!isData(type)) return type.startsWith("text/") ? textType(schema, direction, components) : code`Uint8Array`;
  if (key === undefined || names(schema) <= mostNames) return typeOf(schema, direction, components);
  const named = code`${place}[${literal(key)}]`;
  return components.isMarked(schema) ? oneWay(named, direction) : named;
}

function isData(type: string): boolean {
  return (
    /^application\/json$|^[^/]+\/[^/]+\+json$/.test(type) ||
    /^(?:application\/x-www-form-urlencoded|multipart\/form-data)$/.test(type)
  );
}

function textType(schema: Schema, direction: Direction, components: Components): Code {
  const isText = schema.kind === "assertions" && schema.assertions.types?.join() === "string";
  return isText ? typeOf(schema, direction, components) : code`string`;
}

/** How many properties and alternatives a schema itself names. */
function names(schema: Schema): number {
  return schema.kind === "assertions" ? namesIn(schema.assertions) : 0;
}

function namesIn({ object, array, enum: values = [], allOf = [], anyOf = [], oneOf = [] }: Assertions): number {
  const branches = [
    ...allOf,
    ...anyOf,
    ...oneOf,
    ...(array?.prefixItems ?? []),
    ...(array?.items ? [array.items] : []),
  ];
  const members = (object?.properties ?? []).map((one) => one.schema);
  const rest = object?.additional === undefined ? [] : [object.additional];
  const own = members.length + values.length + Math.max(0, branches.length - 1);
  return [...branches, ...members, ...rest].reduce((sum, one) => sum + names(one), own);
}
