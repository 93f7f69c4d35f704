import type { Spec, SpecObject, SpecValue } from "../model/spec.js";

/** What an object of a description is. */
export type Role =
  | "root"
  | "components"
  | "pathItem"
  | "operation"
  | "callback"
  /** What the API calls, not what is called: under webhooks and callbacks. */
  | "outgoingPath"
  | "outgoingOperation"
  | "parameter"
  | "requestBody"
  | "response"
  | "media"
  | "encoding"
  | "schema"
  | "scheme"
  | "server"
  /** A server of a single path or operation. */
  | "ownServer"
  | "other";

/** Where children stand: under the key itself, in a list, or in a map. */
type Step = readonly ["one" | "list" | "map", Role];

const one = (role: Role): Step => ["one", role];
const list = (role: Role): Step => ["list", role];
const map = (role: Role): Step => ["map", role];

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

const pathSteps = (operation: Role): Readonly<Record<string, Step>> => ({
  ...Object.fromEntries(methods.map((method) => [method, one(operation)])),
  additionalOperations: map(operation),
  parameters: list("parameter"),
  servers: list("ownServer"),
});

const operationSteps: Readonly<Record<string, Step>> = {
  parameters: list("parameter"),
  requestBody: one("requestBody"),
  responses: map("response"),
  callbacks: map("callback"),
  servers: list("ownServer"),
  externalDocs: one("other"),
};

const schemaSteps: Readonly<Record<string, Step>> = {
  ...Object.fromEntries(
    [
      "items",
      "additionalProperties",
      "not",
      "if",
      "then",
      "else",
      "contains",
      "propertyNames",
      "unevaluatedItems",
      "unevaluatedProperties",
    ].map((key) => [key, one("schema")]),
  ),
  ...Object.fromEntries(["allOf", "anyOf", "oneOf", "prefixItems"].map((key) => [key, list("schema")])),
  ...Object.fromEntries(
    ["properties", "patternProperties", "dependentSchemas", "$defs"].map((key) => [key, map("schema")]),
  ),
};

const media: Readonly<Record<string, Step>> = { schema: one("schema"), content: map("media"), examples: map("other") };

const grammar: Readonly<Record<Role, Readonly<Record<string, Step>>>> = {
  root: {
    info: one("other"),
    externalDocs: one("other"),
    tags: list("other"),
    servers: list("server"),
    paths: map("pathItem"),
    webhooks: map("outgoingPath"),
    components: one("components"),
  },
  components: {
    schemas: map("schema"),
    parameters: map("parameter"),
    headers: map("parameter"),
    responses: map("response"),
    requestBodies: map("requestBody"),
    securitySchemes: map("scheme"),
    pathItems: map("pathItem"),
    callbacks: map("callback"),
    examples: map("other"),
    links: map("other"),
  },
  pathItem: pathSteps("operation"),
  operation: operationSteps,
  outgoingPath: pathSteps("outgoingOperation"),
  outgoingOperation: operationSteps,
  callback: {},
  parameter: media,
  requestBody: { content: map("media") },
  response: { headers: map("parameter"), content: map("media"), links: map("other") },
  media: { schema: one("schema"), itemSchema: one("schema"), encoding: map("encoding"), examples: map("other") },
  encoding: { headers: map("parameter") },
  schema: schemaSteps,
  scheme: { flows: one("other") },
  server: { variables: map("other") },
  ownServer: { variables: map("other") },
  other: {},
};

/** An object of a description, what it is, and what holds it. */
export interface Place {
  readonly node: SpecObject;
  readonly role: Role;
}

/** Every object of a description in which something may be said, each once. Payload (examples, defaults, enums) is none. */
export function placesOf(spec: Spec): readonly Place[] {
  const places: Place[] = [];
  const seen = new Set<object>();
  const open: Place[] = [{ node: spec.root, role: "root" }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (seen.has(place.node)) continue;
    seen.add(place.node);
    places.push(place);
    open.push(...childrenOf(place));
  }
  return places;
}

function childrenOf({ node, role }: Place): readonly Place[] {
  if (role === "callback") return valuesOf(node).map((child) => ({ node: child, role: "outgoingPath" }));
  const steps = grammar[role];
  return Object.keys(node).flatMap((key) => {
    const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
    if (step === undefined) return [];
    const [shape, child] = step;
    const value = node[key];
    const nodes =
      shape === "one"
        ? [value].filter(isObject)
        : shape === "list"
          ? Array.isArray(value)
            ? value.filter(isObject)
            : []
          : isObject(value)
            ? valuesOf(value)
            : [];
    return nodes.map((one) => ({ node: one, role: child }));
  });
}

function valuesOf(node: SpecObject): readonly SpecObject[] {
  return Object.keys(node)
    .map((key) => node[key])
    .filter(isObject);
}

/** Whether a value is an object, and no list. */
export function isObject(value: SpecValue | undefined): value is SpecObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
