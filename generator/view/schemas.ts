import { docComment } from "../code/comment.js";
import { type Diagnostic, DiagnosticError, type SourceSpan } from "../code/diagnostic.js";
import { identifier, use } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { type Entry, object } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Api, Field, Media, Operation } from "../model/api.js";
import type { View } from "./view.js";
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
  const consts = printConsts(components, (component) => listen(component.at));
  const operations = api.operations.map((operation) => operationConst(operation, components, listen(operation.at)));
  if (problems.length > 0) throw new DiagnosticError(distinct(problems));
  return { template: "schemas", data: { consts: [...consts.map(componentConst), ...operations] } };
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
  // What refers to itself cannot be inferred.
  return { doc, name: identifier(one.name), type: one.recursive && code`${z}.ZodType`, value: one.value };
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
  if (body !== undefined) parts.push({ key: "body", value: mediaCode(body.media, request) });
  const response = contextFor("response");
  const responses = operation.responses.map((one) => ({ key: one.status, value: mediaCode(one.media, response) }));
  parts.push({ key: "responses", value: object(responses) });
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

function mediaCode(media: readonly Media[], context: Context): Code {
  return object(media.map((one) => ({ key: one.type, value: contentCode(one, context) })));
}

const json = /^[^/]+\/(?:json|[^/]+\+json)$/;
const forms = ["application/x-www-form-urlencoded", "multipart/form-data"];

/** JSON and forms are data that their schema describes; text is a string; whatever else is bytes. */
function contentCode(media: Media, context: Context): Code {
  if (json.test(media.type) || forms.includes(media.type)) return print(media.schema, context);
  if (!media.type.startsWith("text/")) return zod("instanceof", code`Uint8Array`);
  const described = media.schema.kind === "assertions" && media.schema.assertions.types?.join() === "string";
  return described ? print(media.schema, context) : zod("string");
}

function distinct(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(problems.map((one) => [JSON.stringify([one.code, one.message, one.at]), one])).values()];
}
