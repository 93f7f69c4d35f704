import { createRequire } from "node:module";
import { type Group, type Remote, readJson } from "./cases.js";

/** A case by its component's name. */
export type Subjects = ReadonlyMap<string, Group>;

/** The names of the cases' components, in the order of the suite. */
export function subjectsOf(groups: readonly Group[]): Subjects {
  return new Map(groups.map((group, index) => [`T${index}`, group]));
}

/** A description, and the component on each of its lines. */
export interface Document {
  readonly text: string;
  readonly nameAt: (line: number) => string | undefined;
}

/**
 * A description whose components are the cases' schemas and everything that they may refer to, each a schema resource of its own
 * (JSON Schema core, 9.3: bundling). One component a line, so that a complaint's line says whose it is.
 * @param refused the components to leave out.
 * @param request whether the schemas are bodies of requests, too.
 */
export function documentOf(
  subjects: Subjects,
  remotes: readonly Remote[],
  refused: ReadonlyMap<string, string>,
  request: boolean,
): Document {
  const schemas = [
    ...[...subjects].map(([name, group]) => [name, resource(group.schema, `https://suite.invalid/${name}`)] as const),
    ...[...remotes, ...metaschemas()].flatMap(({ uri, schema }, index) => remoteSchemas(`Remote${index}`, uri, schema)),
  ].filter(([name]) => !refused.has(name));
  const asked = [...subjects.keys()].filter((name) => !refused.has(name));
  const paths = asked.map((name) => [`/${name.toLowerCase()}`, { post: operation(name, request) }]);
  const lines = schemas.map(([name, schema]) => `${JSON.stringify(name)}: ${JSON.stringify(schema)}`);
  const text = [
    '{ "openapi": "3.1.1", "info": { "title": "JSON Schema Test Suite", "version": "1" }, "security": [],',
    `"paths": ${JSON.stringify(Object.fromEntries(paths))},`,
    '"components": { "schemas": {',
    lines.join(",\n"),
    "} } }\n",
  ].join("\n");
  return { text, nameAt: (line) => schemas[line - firstLine]?.[0] };
}

/** The line of the first component, from 1. */
const firstLine = 4;

function operation(name: string, request: boolean): object {
  const content = { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } };
  const body = request ? { requestBody: { required: true, content } } : {};
  return { operationId: `op${name}`, ...body, responses: { 200: { description: "The subject.", content } } };
}

/** A schema that is a resource of its own, so that its pointers start at itself. */
function resource(schema: unknown, uri: string): unknown {
  if (typeof schema !== "object" || schema === null || "$id" in schema) return schema;
  return { $id: uri, ...schema };
}

function remoteSchemas(name: string, uri: string, schema: unknown): readonly (readonly [string, unknown])[] {
  const own = resource(schema, uri);
  const id = (own as { readonly $id?: string }).$id;
  if (id === undefined || new URL(id, uri).href === uri) return [[name, own]];
  return [
    [name, own],
    [`${name}Address`, { $id: uri, $ref: id }],
  ];
}

/** The metaschema and its vocabularies, as a well-kept validator ships them. */
function metaschemas(): readonly Remote[] {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve("@redocly/openapi-core"));
  const names = ["core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content"];
  return ["schema", ...names.map((name) => `meta/${name}`)].map((name) => ({
    uri: `https://json-schema.org/draft/2020-12/${name}`,
    schema: readJson(resolve(`@redocly/ajv/dist/refs/json-schema-2020-12/${name}.json`)),
  }));
}
