const json = (schema: object) => ({ content: { "application/json": { schema } } });
const order = { $ref: "#/components/schemas/Order" };
const idle = { description: "Done." };
const id = { name: "id", in: "path", required: true, schema: { type: "string" } };

/** A spec with one of each thing that emitted files have to tell apart. */
export const crowded = {
  openapi: "3.1.1",
  info: { title: "Crowded", version: "1" },
  servers: [{ url: "https://crowded.example" }],
  "x-sallyport": {
    vocabulary: 1,
    roles: { admin: { inherits: ["clerk"] }, clerk: {}, "night shift": {} },
    rateLimits: {
      export: { limit: 1, window: "1s", key: ["ip"] },
      limit: { limit: 2, window: "1m", key: ["ip", "operation"] },
    },
  },
  paths: {
    "/health": { get: { operationId: "health", security: [], responses: { "204": idle } } },
    "/old": { get: { operationId: "old", deprecated: true, security: [], responses: { "204": idle } } },
    "/open/{id}": {
      get: {
        operationId: "open",
        tags: ["things"],
        security: [],
        parameters: [
          id,
          { name: "page-size", in: "query", schema: { type: "integer", default: 20 } },
          { name: "filter", in: "query", content: { "application/json": { schema: { type: "object" } } } },
          {
            name: "ids",
            in: "query",
            description: "How many ids. */ at most.",
            style: "pipeDelimited",
            explode: false,
            schema: { type: "array", items: { type: "integer" } },
          },
        ],
        "x-sallyport": { rateLimits: ["export", "limit"] },
        responses: { "200": { description: "It.", ...json(order) } },
      },
    },
    "/maybe": {
      put: {
        operationId: "maybeKnown",
        tags: ["things"],
        security: [{}, { oidc: ["read"] }],
        requestBody: json(order),
        responses: { "204": idle },
      },
    },
    "/both": {
      post: {
        operationId: "both",
        tags: ["things"],
        security: [{ oidc: ["read", "write"], key: [] }],
        "x-sallyport": { limits: { body: "1KiB", depth: 4 } },
        responses: {
          "200": {
            description: "Many forms.",
            content: {
              "application/json": { schema: order },
              "text/csv": {},
              "application/pdf": {},
            },
          },
          "204": idle,
          "4XX": {
            description: "No.",
            ...json({ type: "object", required: ["code"], properties: { code: { type: "integer" } } }),
          },
          default: { description: "Else.", ...json({ enum: ["gone", "never was", null] }) },
        },
      },
    },
    "/either": {
      post: {
        operationId: "either",
        security: [{ key: [] }, { login: [] }],
        requestBody: {
          required: true,
          content: {
            "application/x-www-form-urlencoded": {
              schema: {
                type: "object",
                properties: {
                  amount: { type: "number" },
                  note: { type: "string" },
                  tags: { type: "array", items: { type: "string" } },
                },
              },
            },
          },
        },
        responses: { "204": idle },
      },
    },
    "/ruled": {
      get: {
        operationId: "ruled",
        security: [{ oidc: [] }],
        "x-sallyport": { authz: { anyOf: ["admin", { allOf: ["clerk", "night shift"] }] } },
        responses: { "200": { description: "A deep one.", ...json({ $ref: "#/components/schemas/Node" }) } },
      },
    },
    "/shut": {
      get: {
        operationId: "shut",
        security: [{ oidc: [] }],
        "x-sallyport": { authz: "deny" },
        responses: { "204": idle },
      },
    },
    "/orders/{id}": {
      get: {
        operationId: "owned",
        security: [{ oidc: [] }],
        parameters: [id],
        "x-sallyport": {
          object: {
            type: "Order",
            id: "path:id",
            rule: "owner",
            owner: { field: "owner", equals: "principal.tenant" },
            unless: ["admin"],
            deny: 403,
          },
        },
        responses: { "200": { description: "It.", ...json(order) } },
      },
    },
  },
  components: {
    securitySchemes: {
      idle: { type: "apiKey", in: "header", name: "X-Idle" },
      key: { type: "apiKey", in: "header", name: "X-Key" },
      login: { type: "http", scheme: "basic" },
      oidc: {
        type: "openIdConnect",
        openIdConnectUrl: "https://id.example/.well-known/openid-configuration",
        "x-sallyport": {
          jwt: { issuer: "env:ISSUER", audience: ["https://crowded.example"], algorithms: ["ES256"] },
          principal: { id: ["sub"], tenant: "tid", roles: { claim: "/roles" } },
        },
      },
    },
    schemas: {
      Order: {
        type: "object",
        required: ["id", "owner"],
        properties: {
          id: { type: "string", readOnly: true },
          owner: { type: "integer" },
          secret: { type: "string", writeOnly: true },
          __proto: { type: "string" },
          "a b": { anyOf: [{ type: "string" }, { type: "null" }] },
        },
      },
      Node: {
        type: "object",
        properties: {
          next: { $ref: "#/components/schemas/Node" },
          pair: { type: "array", prefixItems: [{ type: "string" }, order] },
        },
      },
    },
  },
};
