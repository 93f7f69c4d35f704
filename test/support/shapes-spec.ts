const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object) => ({ content: { "application/json": { schema } } });

/** Every shape of schema that types and zod could come to see differently. */
const schemas = {
  Plain: {
    type: "object",
    required: ["id"],
    properties: {
      id: { type: "string" },
      n: { type: "integer", format: "int64" },
      at: { type: "string", format: "date-time" },
    },
  },
  Empty: { type: "object" },
  Anything: {},
  Nothing: { not: {} },
  Numbers: { type: ["integer", "null"] },
  Mixed: { type: ["string", "number", "boolean", "null"] },
  Choice: { enum: ["a", "b", 3, null, true] },
  Fixed: { const: "only" },
  One: { enum: ["one"] },
  Bag: { type: "object", additionalProperties: { type: "integer" } },
  OpenBag: { type: "object", properties: { name: { type: "string" } }, additionalProperties: true },
  ClosedBag: { type: "object", properties: { name: { type: "string" } }, additionalProperties: false },
  Listed: { type: "array", items: ref("Plain"), minItems: 1, uniqueItems: true },
  Untold: { type: "array" },
  Pair: { type: "array", prefixItems: [{ type: "string" }, ref("Plain")], items: false },
  Trail: { type: "array", prefixItems: [{ type: "string" }], items: { type: "integer" } },
  Both: { allOf: [ref("Plain"), { type: "object", required: ["more"], properties: { more: { type: "boolean" } } }] },
  Narrow: { allOf: [ref("Plain")], required: ["n"] },
  Either: { oneOf: [ref("Plain"), { type: "string" }, { type: "null" }] },
  Any: { anyOf: [ref("Plain"), ref("Bag")] },
  Beside: { type: "object", properties: { own: { type: "string" } }, oneOf: [ref("Plain"), ref("ClosedBag")] },
  Loop: {
    type: "object",
    required: ["kids"],
    properties: { kids: { type: "array", items: ref("Loop") }, up: ref("Loop") },
  },
  Ping: { type: "object", properties: { pong: ref("Pong") } },
  Pong: { type: "object", properties: { ping: { anyOf: [ref("Ping"), { type: "null" }] } } },
  Marked: {
    type: "object",
    required: ["id", "secret", "name"],
    properties: {
      id: { type: "string", readOnly: true },
      secret: { type: "string", writeOnly: true },
      name: { type: "string" },
      size: { type: "integer", default: 3 },
    },
  },
  MarkedList: { type: "array", items: ref("Marked") },
  MarkedBoth: { allOf: [ref("Marked"), { type: "object", properties: { other: { type: "string", readOnly: true } } }] },
  MarkedLoop: {
    type: "object",
    required: ["id"],
    properties: {
      id: { type: "integer", readOnly: true },
      next: ref("MarkedLoop"),
      depth: { type: "integer", default: 0 },
    },
  },
  Settings: { type: "object", properties: { theme: ref("Theme"), volume: { type: "number", default: 0.5 } } },
  Untyped: { required: ["a"], properties: { a: { type: "string" } } },
  UntypedList: { items: { type: "integer" } },
  UntypedPair: { prefixItems: [{ type: "string" }] },
  Undeclared: { type: "object", required: ["a", "zz"], properties: { a: { type: "string" } } },
  UndeclaredBag: { type: "object", required: ["a"], additionalProperties: { type: "integer" } },
  OneOfTwo: {
    type: "object",
    properties: { a: { type: "string" }, b: { type: "string" } },
    anyOf: [{ required: ["a"] }, { required: ["b"] }],
  },
  Seen: { type: "object", properties: { id: { type: "string", readOnly: true } } },
  SeenAndMore: { allOf: [ref("Seen"), { type: "object", properties: { more: { type: "string" } } }] },
  SeenMust: { allOf: [ref("Marked"), { required: ["id", "size"] }] },
  Alternatives: { type: "object", oneOf: [ref("Plain"), ref("ClosedBag")] },
  NoKeys: { type: "object", additionalProperties: false },
  Patterns: { type: "object", patternProperties: { "^x-": { type: "string" }, "^n-": { type: "integer" } } },
  ClosedPatterns: {
    type: "object",
    properties: { name: { type: "string" } },
    patternProperties: { "^x-": { type: "string" } },
    additionalProperties: false,
  },
  OpenPatterns: {
    type: "object",
    patternProperties: { "^x-": { type: "string" } },
    additionalProperties: { type: "boolean" },
  },
  Written: { const: { a: [1, "two", null], b: {} } },
  Listing: { enum: ["a", ["b", 1], { c: true }, []] },
  TypedListing: { type: "object", enum: [{ c: true }, { c: false }] },
  NarrowListing: { type: "string", enum: ["a", "b", null, 3] },
  Tightened: { type: "object", properties: { inner: { allOf: [ref("Plain"), { required: ["n"] }] } } },
  Page: { type: "object", required: ["items", "total"], properties: { total: { type: "integer" } } },
  PlainPage: {
    allOf: [ref("Page"), { type: "object", properties: { items: { type: "array", items: ref("Plain") } } }],
  },
  Beyond: { $ref: "#/components/schemas/Plain", required: ["n"] },
  Theme: { type: "string", enum: ["dark", "light"], default: "dark" },
} as const;

const names = Object.keys(schemas);

/** One operation that takes and answers all of them, and a patch of those that do not travel both ways. */
export const shapes = {
  openapi: "3.1.1",
  info: { title: "Shapes", version: "1" },
  paths: {
    "/all": {
      put: {
        operationId: "putAll",
        security: [],
        parameters: [
          { name: "limit", in: "query", schema: { type: "integer", default: 20 } },
          { name: "theme", in: "query", schema: ref("Theme") },
          { name: "must", in: "query", required: true, schema: { type: "string", default: "x" } },
          { name: "search", in: "query", content: { "application/json": { schema: ref("MarkedLoop") } } },
          { name: "ids", in: "query", schema: { type: "array", items: { type: "integer" } } },
        ],
        requestBody: {
          required: true,
          ...json({ type: "object", properties: Object.fromEntries(names.map((name) => [name, ref(name)])) }),
        },
        responses: {
          "200": {
            description: "All.",
            ...json({ type: "object", properties: Object.fromEntries(names.map((name) => [name, ref(name)])) }),
          },
        },
      },
    },
    "/marked": {
      patch: {
        operationId: "patchMarked",
        security: [],
        requestBody: json({ ...schemas.Marked, required: [] }),
        responses: { "200": { description: "It.", ...json(ref("Marked")) }, "204": { description: "None." } },
      },
    },
  },
  components: { schemas },
};
