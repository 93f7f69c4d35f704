import { docComment } from "../code/comment.js";
import { type Diagnostic, DiagnosticError, type SourceSpan } from "../code/diagnostic.js";
import { identifier, use } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { array, deferred, type Entry, generic, object } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Api, Field, Media, Operation } from "../model/api.js";
import type { NamedSchema } from "../model/schema.js";
import { codecOf } from "./media.js";
import { multipartOf, partsOf } from "./multipart.js";
import { type Components, componentsOf } from "./typescript/components.js";
import type { View } from "./view.js";
import type { Find } from "./wire/holds.js";
import { type Catalogue, type Const, catalogue, contextOf, type Listener, printConsts } from "./zod/components.js";
import { type Context, type Direction, defaultOptions, type SchemaOptions } from "./zod/context.js";
import { z, zod } from "./zod/expression.js";
import { printOptional } from "./zod/object.js";
import { print } from "./zod/print.js";

/**
 * schemas.ts: what is checked, one zod schema a component that operations reach, and one entry an operation.
 * @throws DiagnosticError with everything that cannot be checked.
 */
export function schemasView(api: Pick<Api, "operations" | "schemas">, options: SchemaOptions = defaultOptions): View {
  const components = catalogue(api.schemas, options);
  const taken = new Set([
    ...api.schemas.flatMap((one) => [one.name, `${one.name}Input`]),
    ...api.operations.map((one) => one.id),
  ]);
  const problems: Diagnostic[] = [];
  const listen = (at: SourceSpan): Omit<Listener, "onRef"> => ({
    use: (name) => use(name, "@sallyport/runtime/schema", taken.has(name) ? `${name}_` : name),
    complain: (code, message, fix) => problems.push({ code, severity: "error", message, fix, at }),
  });
  const types = componentsOf(api);
  const consts = printConsts(components, (component) => listen(component.at)).map((one) =>
    one.component.recursive ? recursiveConst(one, types, listen(one.component.at)) : componentConst(one),
  );
  const operations = api.operations.map((operation) => operationConst(operation, components, listen(operation.at)));
  if (problems.length > 0) throw new DiagnosticError(distinct(problems));
  return { template: "schemas", data: { hasSchemas: types.areUsed(), consts: [...consts, ...operations] } };
}

/** A const with the comment above it, as the template has it. */
type TemplateConst = {
  readonly doc: Code | false;
  readonly name: Code;
  readonly type: Code | false;
  readonly value: Code;
};

function componentConst(one: Const): TemplateConst {
  const doc =
    one.twofold &&
    one.direction === "request" &&
    docComment("What a request may hold: unknown properties are refused.");
  return { doc, name: identifier(one.name), type: false, value: one.value };
}

/** The type of what refers to itself cannot be inferred: it is written down. */
function recursiveConst(one: Const, types: Components, { use: runtime }: Omit<Listener, "onRef">): TemplateConst {
  const { component, direction, value } = one;
  return {
    ...componentConst(one),
    type: generic(code`${z}.ZodType`, recursiveTypes(component, direction, types)),
    value: deferred(runtime("recursive"), value),
  };
}

/** What comes out; and of requests what goes in, without the defaults. */
function recursiveTypes(component: NamedSchema, direction: Direction, types: Components): readonly Code[] {
  // A lifted schema has no name in types.ts.
  if (!component.inComponents) return [code`unknown`];
  const forms = direction === "request" ? (["received", "sent"] as const) : (["response"] as const);
  return forms.map((form) => types.typeOf(component, form));
}

function operationConst(operation: Operation, components: Catalogue, listener: Omit<Listener, "onRef">): TemplateConst {
  const contextFor = (direction: Direction) => contextOf(direction, components, { ...listener, onRef: () => {} });
  const { path, query, header, cookie, body } = operation.request;
  const request = contextFor("request");
  const fields = [
    ["path", "strictObject", path],
    ["query", "strictObject", query],
    // A caller may send headers and cookies that are nobody's business here.
    ["header", "object", header],
    ["cookie", "object", cookie],
  ] as const;
  const parts: Entry[] = fields
    .filter(([, , list]) => list.length > 0)
    .map(([key, kind, list]) => ({ key, value: zod(kind, object(list.map((field) => fieldEntry(field, request)))) }));
  if (body !== undefined) parts.push({ key: "body", value: mediaCode(body.media, request, components) });
  const response = contextFor("response");
  const responses = operation.responses.map((one) => ({
    key: one.status,
    value: mediaCode(one.media, response, components),
  }));
  parts.push({ key: "responses", value: object(responses) });
  const headers = operation.responses.filter((one) => one.headers.length > 0);
  if (headers.length > 0) {
    const entries = headers.map((one) => ({
      key: one.status,
      value: zod("object", object(one.headers.map((field) => fieldEntry({ ...field, key: field.name }, response)))),
    }));
    parts.push({ key: "responseHeaders", value: object(entries) });
  }
  return {
    doc: docComment(`\`${operation.method} ${operation.path}\``),
    name: identifier(operation.id),
    type: false,
    value: object(parts, { open: true }),
  };
}

function fieldEntry(field: Field, context: Context): Entry {
  const value = print(field.schema, context);
  return { key: field.name, value: field.required ? value : printOptional(value, field.schema, context) };
}

function mediaCode(media: readonly Media[], context: Context, components: Catalogue): Code {
  const find: Find = (name) => {
    const schema = components.schema(name);
    return schema === undefined ? undefined : { schema };
  };
  return object(media.map((one) => ({ key: one.type, value: contentCode(one, context, find) })));
}

/** JSON and forms are data that their schema describes, item by item where there are items; text is a string, the rest is octets. */
function contentCode(media: Media, context: Context, find: Find): Code {
  switch (codecOf(media.type)) {
    case "json":
    case "form":
    case "items":
      return print(media.schema, context);
    case "multipart":
      return print(partsOf(media, find)?.schema ?? multipartOf(media, find).fields, context);
    case "text": {
      const described = media.schema.kind === "assertions" && media.schema.assertions.types?.join() === "string";
      return described ? print(media.schema, context) : zod("string");
    }
    case "octets":
      return octetsCode(context);
  }
}

/** What comes in is a stream; what goes out may be there already. */
function octetsCode({ direction }: Context): Code {
  const stream = zod("instanceof", code`ReadableStream`);
  return direction === "request" ? stream : zod("union", array([zod("instanceof", code`Uint8Array`), stream]));
}

function distinct(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(problems.map((one) => [JSON.stringify([one.code, one.message, one.at]), one])).values()];
}
