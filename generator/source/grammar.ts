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
  | "header"
  | "requestBody"
  | "response"
  | "media"
  | "encoding"
  | "schema"
  | "discriminator"
  | "scheme"
  | "server"
  /** A server of a single path or operation. */
  | "ownServer"
  | "example"
  | "link"
  | "other";

/** Where children stand: under the key itself, in a list, or in a map. */
export type Step = readonly ["one" | "list" | "map", Role];

const one = (role: Role): Step => ["one", role];
const list = (role: Role): Step => ["list", role];
const map = (role: Role): Step => ["map", role];

/** The methods that have a field of their own. */
export const fixedMethods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"] as const;

const pathSteps = (operation: Role): Readonly<Record<string, Step>> => ({
  ...Object.fromEntries(fixedMethods.map((method) => [method, one(operation)])),
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

const oneSchema =
  "items additionalProperties not if then else contains propertyNames unevaluatedItems unevaluatedProperties contentSchema";
const schemaSteps: Readonly<Record<string, Step>> = {
  ...Object.fromEntries(oneSchema.split(" ").map((key) => [key, one("schema")])),
  ...Object.fromEntries(["allOf", "anyOf", "oneOf", "prefixItems"].map((key) => [key, list("schema")])),
  ...Object.fromEntries(
    ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"].map((key) => [key, map("schema")]),
  ),
  discriminator: one("discriminator"),
};

const valued: Readonly<Record<string, Step>> = {
  schema: one("schema"),
  content: map("media"),
  examples: map("example"),
};

/** Where every object of a description may stand, by the keys that lead to it. Payload (examples, defaults, enums) has no step. */
export const grammar: Readonly<Record<Role, Readonly<Record<string, Step>>>> = {
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
    headers: map("header"),
    responses: map("response"),
    requestBodies: map("requestBody"),
    securitySchemes: map("scheme"),
    pathItems: map("pathItem"),
    callbacks: map("callback"),
    mediaTypes: map("media"),
    examples: map("example"),
    links: map("link"),
  },
  pathItem: pathSteps("operation"),
  operation: operationSteps,
  outgoingPath: pathSteps("outgoingOperation"),
  outgoingOperation: operationSteps,
  callback: {},
  parameter: valued,
  header: valued,
  requestBody: { content: map("media") },
  response: { headers: map("header"), content: map("media"), links: map("link") },
  media: {
    schema: one("schema"),
    itemSchema: one("schema"),
    encoding: map("encoding"),
    prefixEncoding: list("encoding"),
    itemEncoding: one("encoding"),
    examples: map("example"),
  },
  encoding: {
    headers: map("header"),
    encoding: map("encoding"),
    prefixEncoding: list("encoding"),
    itemEncoding: one("encoding"),
  },
  schema: schemaSteps,
  discriminator: {},
  scheme: { flows: one("other") },
  server: { variables: map("other") },
  ownServer: { variables: map("other") },
  example: {},
  link: { server: one("other") },
  other: {},
};

/** The kind of component that a reference at an object of a role may be lifted into. Other roles have none. */
export const componentKinds: Partial<Readonly<Record<Role, string>>> = {
  schema: "schemas",
  parameter: "parameters",
  header: "headers",
  response: "responses",
  requestBody: "requestBodies",
  scheme: "securitySchemes",
  callback: "callbacks",
  example: "examples",
  link: "links",
};

/** A child, and the keys that lead to it. */
export interface Child {
  readonly value: unknown;
  readonly role: Role;
  readonly keys: readonly string[];
}

/** The parts of an object of a role, in its own order. A callback's keys are expressions, its values path items. */
export function childrenOf(node: Readonly<Record<string, unknown>>, role: Role): readonly Child[] {
  if (role === "callback") return partsOf(node, "outgoingPath", []).filter((one) => !one.keys[0]?.startsWith("x-"));
  const steps = grammar[role];
  return Object.keys(node).flatMap((key) => {
    const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
    if (step === undefined) return [];
    const [shape, child] = step;
    const value = node[key];
    if (shape === "one") return [{ value, role: child, keys: [key] }];
    return Array.isArray(value) === (shape === "list") ? partsOf(value, child, [key]) : [];
  });
}

function partsOf(value: unknown, role: Role, keys: readonly string[]): readonly Child[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([key, part]) => ({ value: part, role, keys: [...keys, key] }));
}
