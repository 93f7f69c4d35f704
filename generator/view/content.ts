import { useType } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { generic, type Member, typeLiteral, union } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Media, Operation, ResponseCase } from "../model/api.js";
import type { Assertions, Schema } from "../model/schema.js";
import { codecOf } from "./media.js";
import { multipartOf, type Parts, partsOf } from "./multipart.js";
import type { Components } from "./typescript/components.js";
import type { Form } from "./typescript/forms.js";
import { someOf, typeOf } from "./typescript.js";

/** A type with more names than this is not printed a second time: types.ts has it. */
const mostNames = 8;

/** Who reads the type: a handler gets what the server read, and answers what it writes; a caller the other way round. */
export type Side = "handler" | "caller";

/** The types of a request body, by media type. */
export function bodyTypes(
  operation: Operation,
  side: Side,
  components: Components,
): readonly (readonly [Media, Code])[] {
  const { body } = operation.request;
  if (body === undefined) return [];
  const place = code`NonNullable<${operationType(operation)}["requestBody"]>["content"]`;
  const form = side === "handler" ? "received" : "sent";
  return body.media.map((one) => [one, mediaType(one, { place, form, side, components })]);
}

/** The type of a request body: one of its media types. */
export function bodyType(operation: Operation, side: Side, components: Components): Code | undefined {
  const types = bodyTypes(operation, side, components);
  return types.length === 0 ? undefined : someOf(types.map(([, type]) => type));
}

/** The types of a response body, by media type. */
export function replyBodyTypes(
  operation: Operation,
  response: ResponseCase,
  side: Side,
  components: Components,
): readonly (readonly [Media, Code])[] {
  const place = code`${operationType(operation)}["responses"][${literal(response.status)}]["content"]`;
  return response.media.map((one) => [one, mediaType(one, { place, form: "response", side, components })]);
}

/** The responses of a call that went well: 2xx; or `default`, where there is none. */
export function successesOf({ responses }: Operation): readonly ResponseCase[] {
  const successes = responses.filter((one) => one.status.startsWith("2"));
  return successes.length > 0 ? successes : responses.filter((one) => one.status === "default");
}

/** Whether the answer of a success has header fields that the spec declares. */
export function hasResponseFields(operation: Operation): boolean {
  return successesOf(operation).some((one) => one.headers.length > 0);
}

/** The header fields that a response declares; `undefined` where it declares none. */
export function headersType({ headers }: ResponseCase, components: Components): Member | undefined {
  if (headers.length === 0) return undefined;
  const members = headers.map((one) => ({
    key: one.name,
    optional: !one.required,
    type: typeOf(one.schema, "response", components),
  }));
  return { key: "headers", optional: headers.every((one) => !one.required), type: typeLiteral(members) };
}

function operationType({ key }: Operation): Code {
  return code`${useType("operations", "./types.js")}[${literal(key)}]`;
}

interface Context {
  /** Where types.ts has the content. */
  readonly place: Code;
  readonly form: Form;
  readonly side: Side;
  readonly components: Components;
}

const stream = code`ReadableStream<Uint8Array>`;

/** JSON and forms are what their schema says, items come one by one; text is a string; whatever else is a stream of octets. */
function mediaType(media: Media, context: Context): Code {
  const { form, components } = context;
  switch (codecOf(media.type)) {
    case "json":
    case "form":
      return dataType(media, context);
    case "items":
      return generic(code`AsyncIterable`, [dataType(media, context)]);
    case "multipart":
      return multipartType(media, context);
    case "text":
      return textType(media.schema, form, components);
    case "octets":
      return form === "sent" ? code`Blob | Uint8Array | ${stream}` : octetsType(context);
  }
}

function writes({ form, side }: Context): boolean {
  return (form === "response") === (side === "handler");
}

/** Who writes may have it all; who reads gets it as it comes. */
function octetsType(context: Context): Code {
  return writes(context) ? code`Uint8Array | ${stream}` : stream;
}

function dataType({ type, key, schema }: Media, { place, form, components }: Context): Code {
  const isBrief = codecOf(type) === "items" || names(schema) <= mostNames || components.differs(schema, form);
  return key === undefined || isBrief ? typeOf(schema, form, components) : code`${place}[${literal(key)}]`;
}

/** Who writes names fields and files alike; who reads gets the fields, and the files one after the other. */
function multipartType(media: Media, context: Context): Code {
  const { form, side, components } = context;
  const list = partsOf(media, components.find);
  if (list !== undefined) return partListType(list, context);
  const { fields, properties, files } = multipartOf(media, components.find);
  if (files.length === 0) return dataType(media, context);
  const upload = useType("Upload", "@sallyport/runtime/policy");
  if (!writes(context)) {
    const name = union(files.map((one) => literal(one.name)));
    const from = `@sallyport/runtime/${side === "handler" ? "server" : "client"}`;
    return generic(useType("Multipart", from), [typeOf(fields, form, components), name]);
  }
  return typeLiteral([
    ...properties.map(({ name, required, schema }) => ({
      key: name,
      optional: !required,
      type: typeOf(schema, form, components),
    })),
    ...files.map(({ name, required, many }) => ({
      key: name,
      optional: !required,
      type: many ? code`readonly ${upload}[]` : upload,
    })),
  ]);
}

function partListType({ schema, stream }: Parts, context: Context): Code {
  const type = typeOf(schema, context.form, context.components);
  if (!stream) return type;
  const ready = writes(context) && context.side === "caller" ? [code`readonly (${type})[]`] : [];
  return union([generic(code`AsyncIterable`, [type]), ...ready]);
}

function textType(schema: Schema, form: Form, components: Components): Code {
  const isText = schema.kind === "assertions" && schema.assertions.types?.join() === "string";
  return isText ? typeOf(schema, form, components) : code`string`;
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
