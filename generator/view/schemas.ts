import { type Diagnostic, DiagnosticError, type SourceSpan } from "../code/diagnostic.js";
import type { Api, Field, Media, Operation } from "../model/api.js";
import { type Catalogue, type Const, catalogue, contextOf, type Listener, printConsts } from "./zod/components.js";
import type { Context, Direction } from "./zod/context.js";
import { braces, breakFirst, call, type Expr, lay } from "./zod/layout.js";
import { printOptional } from "./zod/object.js";
import { print } from "./zod/print.js";
import { property, text } from "./zod/text.js";

/** What schemas.ts declares, in order. */
export interface SchemasView {
  /** Functions of `@sallyport/runtime/schema`, with the name that each has here. */
  readonly functions: readonly { readonly name: string; readonly as: string }[];
  readonly declarations: readonly Declaration[];
}

/** A const with the comment above it. */
export interface Declaration {
  readonly doc: string | undefined;
  readonly name: string;
  readonly type: string | undefined;
  readonly value: string;
}

/**
 * The zod schemas of every component that operations reach, and of every operation.
 * @throws DiagnosticError with everything that cannot be printed.
 */
export function schemasView(api: Pick<Api, "operations" | "schemas">): SchemasView {
  const components = catalogue(api.schemas);
  const taken = new Set([
    ...api.schemas.flatMap((one) => [one.name, `${one.name}Input`]),
    ...api.operations.map((one) => one.id),
  ]);
  const used = new Map<string, string>();
  const problems: Diagnostic[] = [];
  const listen = (at: SourceSpan): Omit<Listener, "onRef"> => ({
    use: (name) => {
      const as = taken.has(name) ? `${name}_` : name;
      used.set(name, as);
      return as;
    },
    complain: (code, message, fix) => problems.push({ code, severity: "error", message, fix, at }),
  });
  const consts = printConsts(components, (component) => listen(component.at));
  const operations = api.operations.map((operation) =>
    operationDeclaration(operation, components, listen(operation.at)),
  );
  if (problems.length > 0) throw new DiagnosticError(distinct(problems));
  return {
    functions: [...used].map(([name, as]) => ({ name, as })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    declarations: [...consts.map(componentDeclaration), ...operations],
  };
}

function componentDeclaration(one: Const): Declaration {
  const doc = one.name.endsWith("Input") && one.direction === "request" ? requestDoc : undefined;
  const type = one.recursive ? "z.ZodType" : undefined;
  return {
    doc,
    name: one.name,
    type,
    value: lay(breakFirst(one.expr), `export const ${one.name}${type ? `: ${type}` : ""} = `.length),
  };
}

const requestDoc = "What a request may hold: unknown properties are refused.";

function operationDeclaration(
  operation: Operation,
  components: Catalogue,
  listener: Omit<Listener, "onRef">,
): Declaration {
  const contextFor = (direction: Direction) => contextOf(direction, components, { ...listener, onRef: () => {} });
  const { path, query, header, cookie, body } = operation.request;
  const request = contextFor("request");
  const fields = [
    ["path", "z.strictObject", path],
    ["query", "z.strictObject", query],
    // A caller may send headers and cookies that are nobody's business here.
    ["header", "z.object", header],
    ["cookie", "z.object", cookie],
  ] as const;
  const parts: Expr[] = fields
    .filter(([, , list]) => list.length > 0)
    .map(([name, kind, list]) => [name, ": ", call(kind, braces(list.map((field) => printField(field, request))))]);
  if (body !== undefined) parts.push(["body: ", printMedia(body.media, request)]);
  const response = contextFor("response");
  const responses = operation.responses.map((one): Expr => [status(one.status), ": ", printMedia(one.media, response)]);
  parts.push(["responses: ", braces(responses)]);
  return {
    doc: `\`${operation.method} ${operation.path}\``,
    name: operation.id,
    type: undefined,
    value: lay(braces(parts, true)),
  };
}

function printField(field: Field, context: Context): Expr {
  const expr = print(field.schema, context);
  return [property(field.name), ": ", field.required ? expr : printOptional(expr, field.schema, context)];
}

function status(status: string): string {
  return /^[1-9][0-9]{2}$/.test(status) || status === "default" ? status : text(status);
}

function printMedia(media: readonly Media[], context: Context): Expr {
  return braces(media.map((one): Expr => [property(one.type), ": ", printContent(one, context)]));
}

const json = /^application\/(?:json|[^/]+\+json)$|^[^/]+\/[^/]+\+json$/;
const forms = ["application/x-www-form-urlencoded", "multipart/form-data"];

/** JSON and forms are data that their schema describes; text is a string; whatever else is bytes. */
function printContent(media: Media, context: Context): Expr {
  if (json.test(media.type) || forms.includes(media.type)) return print(media.schema, context);
  if (!media.type.startsWith("text/")) return call("z.instanceof", "Uint8Array");
  const own = media.schema.kind === "assertions" && media.schema.assertions.types?.join() === "string";
  return own ? print(media.schema, context) : "z.string()";
}

function distinct(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const key = (one: Diagnostic) => JSON.stringify([one.code, one.message, one.at]);
  return [...new Map(problems.map((one) => [key(one), one])).values()];
}

/** The module's text, below its header. */
export function schemasText(view: SchemasView): string {
  const names = view.functions.map(({ name, as }) => (name === as ? name : `${name} as ${as}`));
  const imports = [
    ...(names.length > 0 ? [`import ${lay(braces(names), 7)} from "@sallyport/runtime/schema";`] : []),
    'import * as z from "zod";',
  ];
  const consts = view.declarations.map(({ doc, name, type, value }) => {
    const above = doc === undefined ? "" : `/** ${doc.replaceAll("*/", "*\\/")} */\n`;
    return `${above}export const ${name}${type === undefined ? "" : `: ${type}`} = ${value};`;
  });
  return `${[imports.join("\n"), ...consts].join("\n\n")}\n`;
}
