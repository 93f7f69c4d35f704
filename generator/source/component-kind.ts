/** The kinds of components that a reference may be lifted into. */
export type ComponentKind =
  | "schemas"
  | "parameters"
  | "responses"
  | "requestBodies"
  | "headers"
  | "examples"
  | "links"
  | "callbacks"
  | "securitySchemes"
  | "pathItems";

const byContainer: Readonly<Record<string, ComponentKind>> = {
  parameters: "parameters",
  responses: "responses",
  headers: "headers",
  examples: "examples",
  links: "links",
  callbacks: "callbacks",
  securitySchemes: "securitySchemes",
  requestBodies: "requestBodies",
  pathItems: "pathItems",
  paths: "pathItems",
  webhooks: "pathItems",
};

const inSchemas = new Set([
  "schema",
  "schemas",
  "itemSchema",
  "items",
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "properties",
  "additionalProperties",
  "patternProperties",
  "prefixItems",
]);

/**
 * What an object at a place of a description is, from the keys that lead to it. A property that happens to be named `parameters` is a
 * schema all the same: whatever stands below a schema is one.
 */
export function kindAt(path: readonly string[]): ComponentKind {
  if (path.some((key, index) => inSchemas.has(key) && !(key === "items" && index === 0))) return "schemas";
  if (path.at(-1) === "requestBody") return "requestBodies";
  return byContainer[path.at(-2) ?? ""] ?? "schemas";
}

/** Keys whose values are payload: a `$ref` in there is data, not a reference. */
export function isPayload(path: readonly string[], key: string): boolean {
  const parent = path.at(-1);
  if (parent === "properties" || parent === "patternProperties" || parent === "schemas") return false;
  return (
    ["example", "default", "const", "enum", "value", "externalValue"].includes(key) ||
    (key === "examples" && isSchemaPlace(path))
  );
}

function isSchemaPlace(path: readonly string[]): boolean {
  return path.some((key) => inSchemas.has(key));
}
