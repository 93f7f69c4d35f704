import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DiagnosticError } from "../../../../generator/code/diagnostic.js";
import { lower } from "../../../../generator/lower/lower.js";
import type { Draft, DraftOperation } from "../../../../generator/model/draft.js";
import { specOf } from "../../../support/spec.js";

const ok = "responses: {'204': {description: Done.}}";

function draftOf(text: string, options = {}): Draft {
  return lower(specOf(text), options);
}

/** One operation, of which only some lines matter. */
function operationOf(lines: string, root = "", method = "get", path = "/a/{id}", dialect = "3.1.0"): DraftOperation {
  const draft = draftOf(
    `openapi: ${dialect}\ninfo: {title: T, version: '1'}\n${root}\npaths:\n  ${path}:\n    ${method}: {${lines}, ${ok}}\n`,
  );
  const [operation] = draft.operations;
  if (operation === undefined) throw new Error("no operation");
  return operation;
}

function codesOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map((one) => one.code);
    throw error;
  }
  return [];
}

const schemes = `
components:
  securitySchemes:
    oidc: {type: openIdConnect, openIdConnectUrl: https://id.example/.well-known/openid-configuration}
    key: {type: apiKey, in: header, name: X-Key}
    basic: {type: http, scheme: BASIC}
`;

const keyRules = (prefix: string | undefined) => ({
  prefix,
  entropyBits: 160,
  hash: "sha256",
  pepper: [],
  expires: "optional",
  rotation: undefined,
});

describe("the ledger", () => {
  const draft = draftOf(readFileSync("test/golden/ledger/spec.yaml", "utf8"));
  const operation = (id: string) => draft.operations.find((one) => one.operationId === id);

  it("has its schemes with every default written down", () => {
    expect(draft.schemes).toMatchObject([
      {
        name: "oidc",
        kind: "token",
        type: "openIdConnect",
        discovery: { kind: "literal", value: "https://id.ledger.example/.well-known/openid-configuration" },
        jwt: {
          issuer: { kind: "env", name: "LEDGER_ISSUER" },
          jwksUri: undefined,
          audience: [{ kind: "literal", value: "https://api.ledger.example" }],
          algorithms: ["ES256"],
          typ: "at+jwt",
          clockSkew: "30s",
          maxAge: undefined,
        },
        principal: { id: ["sub"], tenant: undefined, plan: undefined, roles: { claim: "/roles", map: undefined } },
      },
      { name: "partnerKey", kind: "apiKey", in: "header", header: "X-Partner-Key", keys: keyRules("lk_live_") },
    ]);
    expect(draft.settings).toEqual([{ name: "LEDGER_ISSUER", description: "The issuer of `oidc`.", secret: false }]);
  });

  it("has its roles, limits, bounds and servers", () => {
    expect(draft.roles).toEqual([
      { name: "admin", inherits: ["teller"] },
      { name: "teller", inherits: [] },
    ]);
    expect(draft.limits).toEqual([
      { name: "perIp", limit: 300, window: "60s", burst: 300, key: ["ip"] },
      { name: "perUser", limit: 1000, window: "1h", burst: 100, key: ["principal"] },
    ]);
    expect(draft.bounds).toEqual({ body: "1MiB", depth: 32 });
    expect(draft.servers).toMatchObject([
      { url: "https://api.ledger.example/v1", environment: "production", tls: { pins: { length: 2 } } },
    ]);
    expect(draft.warnings).toEqual([]);
  });

  it("has what each operation asks", () => {
    expect(operation("closeAccount")).toMatchObject({
      method: "DELETE",
      tag: "accounts",
      access: {
        kind: "restricted",
        anyOf: [
          [
            { scheme: "oidc", needs: ["accounts:write"] },
            { scheme: "partnerKey", needs: [] },
          ],
        ],
      },
      authz: { kind: "role", role: "admin" },
      limits: [{ name: "perIp" }, { name: "perUser" }],
      deprecated: true,
      lifecycle: {
        deprecatedAt: "2026-01-01T00:00:00Z",
        sunset: "2027-06-01T00:00:00Z",
        successor: "createPayment",
        afterSunset: "gone",
      },
      audit: {
        level: "write",
        event: "account.close",
        subject: { in: "path", name: "accountId", mask: "plain" },
        fields: [],
      },
      request: {
        path: [{ name: "accountId", in: "path", required: true, style: "simple", explode: false, content: "styled" }],
      },
      at: { file: "spec.yaml", line: 31, column: 5 },
    });
    expect(operation("createPayment")).toMatchObject({
      access: { anyOf: [[{ scheme: "oidc", needs: ["payments:write"] }], [{ scheme: "partnerKey", needs: [] }]] },
      limits: [{ name: "perIp" }],
      bounds: { body: "16KiB", depth: 32 },
      audit: {
        fields: [
          { pointer: "/amount", mask: "plain" },
          { pointer: "/iban", mask: "last4" },
        ],
      },
    });
    expect(operation("getAccount")).toMatchObject({
      access: { anyOf: [[{ scheme: "oidc", needs: ["accounts:read"] }]] },
      authz: undefined,
      object: {
        type: "Account",
        whose: { kind: "owner", field: "customerId", equals: "id" },
        target: { kind: "named", id: { in: "path", name: "accountId" }, many: false, deny: 404 },
        unless: ["teller"],
      },
      audit: undefined,
      lifecycle: undefined,
    });
    expect(operation("getHealth")).toMatchObject({ access: { kind: "public" } });
  });
});

describe("security", () => {
  it.each<[string, string, string, object]>([
    [
      "OR",
      "security: [{oidc: [b, a]}, {key: []}]",
      "",
      { kind: "restricted", anyOf: [[{ scheme: "oidc", needs: ["a", "b"] }], [{ scheme: "key", needs: [] }]] },
    ],
    [
      "AND, sorted",
      "security: [{oidc: [], key: []}]",
      "",
      {
        kind: "restricted",
        anyOf: [
          [
            { scheme: "key", needs: [] },
            { scheme: "oidc", needs: [] },
          ],
        ],
      },
    ],
    ["anonymous", "security: [{}, {key: []}]", "", { kind: "restricted", anyOf: [[], [{ scheme: "key", needs: [] }]] }],
    ["public", "security: []", "security: [{key: []}]", { kind: "public" }],
    [
      "inherited",
      "summary: x",
      "security: [{key: []}]",
      { kind: "restricted", anyOf: [[{ scheme: "key", needs: [] }]] },
    ],
    [
      "authz: authenticated narrows",
      "security: [{}, {key: []}], x-sallyport: {authz: authenticated}",
      "",
      { kind: "restricted", anyOf: [[{ scheme: "key", needs: [] }]] },
    ],
  ])("R9 %s", (_, lines, root, expected) => {
    expect(operationOf(lines, root + schemes).access).toEqual(expected);
  });

  it("R10 undeclared security stops generation, but is the client's to send", () => {
    expect(codesOf(() => operationOf("summary: x"))).toEqual(["SP291"]);
    const text = `openapi: 3.0.0\npaths: {/a: {get: {${ok}}}}`;
    expect(draftOf(text, { clientOnly: true }).operations[0]?.access).toEqual({ kind: "public" });
  });

  it.each<[string, object | undefined]>([
    ["admin", { kind: "role", role: "admin" }],
    ["deny", { kind: "deny" }],
    ["none", undefined],
    ["authenticated", undefined],
    ["{allOf: []}", undefined],
    ["{anyOf: []}", { kind: "deny" }],
    ["{anyOf: [b]}", { kind: "role", role: "b" }],
    [
      "{anyOf: [b, {allOf: [d, c]}, a]}",
      {
        kind: "anyRole",
        of: [
          { kind: "role", role: "a" },
          { kind: "role", role: "b" },
          {
            kind: "allRoles",
            of: [
              { kind: "role", role: "c" },
              { kind: "role", role: "d" },
            ],
          },
        ],
      },
    ],
  ])("authz %s", (authz, expected) => {
    expect(operationOf(`security: [{key: []}], x-sallyport: {authz: ${authz}}`, schemes).authz).toEqual(expected);
  });

  it("lowers every rule of API keys, and asks the environment for their peppers", () => {
    const keys =
      "{prefix: k_, entropyBits: 256, hash: hmac-sha256, pepper: [env:NEW, env:OLD], expires: required, rotation: {maxAge: 90d}}";
    const draft = draftOf(`openapi: 3.1.0
security: [{key: []}]
paths: {/a: {get: {${ok}}}}
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key, x-sallyport: {apiKey: ${keys}}}}}
`);
    expect(draft.schemes).toMatchObject([
      {
        keys: {
          prefix: "k_",
          entropyBits: 256,
          hash: "hmac-sha256",
          pepper: [
            { kind: "env", name: "NEW" },
            { kind: "env", name: "OLD" },
          ],
          expires: "required",
          rotation: { maxAge: "90d", overlap: "0s" },
        },
      },
    ]);
    expect(draft.settings.map(({ name }) => name)).toEqual(["NEW", "OLD"]);
  });

  it("lowers http schemes whatever their case, oauth2 flows, and cookies", () => {
    const draft = draftOf(`openapi: 3.1.0
security: [{b: [], bearer: [], o: [], c: []}]
paths: {/a: {get: {${ok}}}}
components:
  securitySchemes:
    b: {type: http, scheme: Basic}
    bearer: {type: http, scheme: BEARER}
    unused: {type: http, scheme: digest}
    c: {type: apiKey, in: cookie, name: sid}
    o:
      type: oauth2
      flows:
        authorizationCode: {authorizationUrl: https://a.example, tokenUrl: https://t.example/code, scopes: {w: '', r: ''}}
        clientCredentials: {tokenUrl: https://t.example/cc, scopes: {r: ''}}
`);
    expect(draft.schemes).toMatchObject([
      { name: "b", kind: "basic" },
      {
        name: "bearer",
        kind: "token",
        type: "bearer",
        jwt: { algorithms: ["ES256", "PS256", "EdDSA"], audience: [], clockSkew: "30s", typ: "at+jwt" },
        principal: { id: ["iss", "sub"] },
      },
      {
        name: "c",
        kind: "apiKey",
        in: "cookie",
        header: "sid",
        keys: keyRules(undefined),
        cookie: { hostPrefix: false, sameSite: "lax", csrf: "origin" },
      },
      { name: "o", kind: "token", type: "oauth2", tokenUrl: "https://t.example/cc", scopes: ["r", "w"] },
    ]);
  });

  it.each(["{type: http, scheme: no token}", "{type: apiKey, in: query, name: k}"])(
    "refuses the scheme %s",
    (scheme) => {
      expect(
        codesOf(() => operationOf("security: [{s: []}]", `components: {securitySchemes: {s: ${scheme}}}`)),
      ).toEqual(["SP992"]);
    },
  );
});

describe("annotations", () => {
  const root = `security: [{key: []}]\nx-sallyport: {rateLimits: {a: {limit: 1, window: 1s, key: [ip]}}, defaults: {rateLimits: [a], limits: {depth: 8}, retries: {maxAttempts: 5}, audit: {}}}${schemes}`;

  it("an operation inherits the root's defaults key by key", () => {
    expect(operationOf("x-sallyport: {limits: {body: 1KiB}}", root, "post")).toMatchObject({
      limits: [{ name: "a" }],
      bounds: { body: "1KiB", depth: 8 },
      retries: { maxAttempts: 5, when: "idempotent" },
      audit: { level: "write", event: "POST /a/{id}" },
    });
    expect(
      operationOf("operationId: x, x-sallyport: {rateLimits: none, retries: none, audit: {level: none}}", root),
    ).toMatchObject({
      limits: [],
      retries: { maxAttempts: 1, when: "never" },
      audit: undefined,
    });
  });

  it("an inline limit becomes a named one, an unused one is left out; two that differ under one name are refused", () => {
    const inline = (limit: number) =>
      `x-sallyport: {rateLimits: [{name: b, limit: ${limit}, window: 1h, key: [principal]}]}`;
    const two = (first: number, second: number) =>
      `openapi: 3.1.0\n${root}\npaths: {/a: {get: {${inline(first)}, ${ok}}, put: {${inline(second)}, ${ok}}}}`;
    expect(draftOf(two(3, 3)).limits).toMatchObject([{ name: "b", limit: 3, burst: 3, key: ["principal"] }]);
    expect(codesOf(() => draftOf(two(3, 4)))).toEqual(["SP390"]);
  });

  it.each([
    ["SP392", "lifecycle: {sunset: 2027-01-01}"],
    ["SP393", "lifecycle: {deprecatedAt: 2026-02-31}"],
    ["SP394", "object: {type: A, id: path:other, owner: {field: f}}"],
    ["SP395", "audit: {event: e, subject: query:x}"],
    ["SP396", "audit: {event: e, fields: [/x]}"],
    ["SP394", "object: {type: A, id: path:id, rule: tenant}"],
    ["SP394", "object: {type: A, id: path:id, rule: tenant, owner: {field: f, equals: principal.id}}"],
    ["SP394", "object: {type: A, list: assert, owner: {field: f}}"],
    ["SP394", "object: {type: A, list: filter, rule: 'custom:mine', items: /no}"],
    ["SP394", "object: {id: path:id, owner: {field: f}}"],
    ["SP394", "object: {type: A, id: 'body:/id', owner: {field: f}}"],
    ["SP391", "rateLimits: [{name: n, limit: 0, window: 1s, key: [ip]}]"],
  ])("%s %s", (code, annotation) => {
    const lines = `parameters: [{name: id, in: path, required: true, schema: {type: string}}], x-sallyport: {${annotation}}`;
    expect(codesOf(() => operationOf(lines, root))).toEqual([code]);
  });

  it.each([
    ["2026-01-01", "2026-01-01T00:00:00Z"],
    ["2026-01-01T01:30:00+02:00", "2025-12-31T23:30:00Z"],
    ["2026-01-01t01:30:00.5z", "2026-01-01T01:30:00Z"],
  ])("the date %s is the instant %s", (date, instant) => {
    expect(
      operationOf(`x-sallyport: {lifecycle: {deprecatedAt: '${date}', afterSunset: serve}}`, root).lifecycle,
    ).toMatchObject({ deprecatedAt: instant, afterSunset: "serve" });
  });
});

describe("parameters", () => {
  const field = (parameter: string) => {
    const { path, query, header, cookie } = operationOf(`security: [], parameters: [${parameter}]`).request;
    return [...path, ...query, ...header, ...cookie];
  };

  it.each<[string, object]>([
    ["{name: id, in: path, schema: {type: string}}", { required: true, style: "simple", explode: false }],
    [
      "{name: q, in: query, schema: {type: string}}",
      { required: false, style: "form", explode: true, allowReserved: false },
    ],
    [
      "{name: q, in: query, style: pipeDelimited, allowReserved: true, schema: {type: array}}",
      { style: "pipeDelimited", explode: false, allowReserved: true },
    ],
    [
      "{name: h, in: header, required: true, deprecated: true, description: D, schema: {type: string}}",
      { required: true, deprecated: true, description: "D", style: "simple", explode: false },
    ],
    ["{name: c, in: cookie, explode: false, schema: {type: string}}", { style: "form", explode: false }],
    [
      "{name: q, in: query, content: {application/json: {schema: {type: object}}}}",
      { content: "json", schema: { kind: "assertions" } },
    ],
  ])("%s", (parameter, expected) => {
    expect(field(parameter)).toMatchObject([expected]);
  });

  it.each(["Accept", "content-type", "AUTHORIZATION"])("the header %s is no parameter", (name) => {
    expect(field(`{name: ${name}, in: header, schema: {type: string}}`)).toEqual([]);
  });

  it.each([
    ["SP191", "{name: a, in: query, style: matrix}"],
    ["SP190", "{name: a, in: body}"],
  ])("%s %s", (code, parameter) => {
    expect(codesOf(() => field(parameter))).toEqual([code]);
  });

  it("those of the path item are overridden by name and place, headers whatever their case", () => {
    const draft = draftOf(`openapi: 3.1.0
security: []
paths:
  /{b}/{a}:
    parameters:
      - {name: a, in: path, schema: {type: string}}
      - {name: X-Id, in: header, description: outer}
      - {name: z, in: query}
    get:
      parameters:
        - {name: b, in: path, schema: {type: string}}
        - {name: x-id, in: header, description: inner}
        - $ref: "#/components/parameters/Q"
      ${ok}
components: {parameters: {Q: {name: q, in: query}}}
`);
    const request = draft.operations[0]?.request;
    expect(request?.path.map((one) => one.name)).toEqual(["b", "a"]);
    expect(request?.query.map((one) => one.name)).toEqual(["q", "z"]);
    expect(request?.header).toMatchObject([{ name: "x-id", description: "inner" }]);
  });
});

describe("bodies, responses and methods", () => {
  it("follows references, keeps the order of media types, sorts responses", () => {
    const draft = draftOf(`openapi: 3.1.0
security: []
paths:
  /a:
    $ref: "#/components/pathItems/A"
components:
  pathItems:
    A:
      post:
        requestBody: {$ref: "#/components/requestBodies/B"}
        responses: {default: {$ref: "#/components/responses/E"}, 4xx: {description: x}, "404": {description: y}, "200": {description: z}, x-extra: {}}
  requestBodies:
    B: {required: true, description: D, content: {Text/Plain; charset=utf-8: {}, application/json: {schema: {$ref: "#/components/schemas/S"}}}}
  responses:
    E: {description: Error., content: {application/problem+json: {schema: {type: object}}}}
  schemas: {S: {type: string}}
`);
    expect(draft.operations).toMatchObject([
      {
        method: "POST",
        request: {
          body: {
            required: true,
            description: "D",
            media: [
              { type: "text/plain", schema: { kind: "any" } },
              { type: "application/json", schema: { kind: "ref", name: "S" } },
            ],
          },
        },
        responses: [
          { status: "200", media: [] },
          { status: "404" },
          { status: "4XX" },
          { status: "default", description: "Error.", media: [{ type: "application/problem+json" }] },
        ],
      },
    ]);
  });

  it("R14 QUERY and additionalOperations are operations like the rest", () => {
    const draft = draftOf(`openapi: 3.2.0
security: []
paths:
  /a:
    query: {${ok}}
    additionalOperations: {PURGE: {${ok}}, Copy: {${ok}}}
`);
    expect(draft.operations.map((one) => one.method)).toEqual(["QUERY", "PURGE", "Copy"]);
  });

  it.each([
    ["application/jsonl: {itemSchema: {type: integer}}", ["integer"], undefined],
    ["application/x-ndjson: {schema: {type: array, items: {type: integer}}}", ["integer"], undefined],
    ["application/json-seq: {schema: {type: integer}}", ["integer"], undefined],
    ["text/event-stream: {}", ["object"], undefined],
    ["text/event-stream: {schema: {type: string}}", ["object"], undefined],
    ["text/event-stream: {itemSchema: {type: object, properties: {data: {type: string}}}}", ["object"], undefined],
    ["text/event-stream: {itemSchema: {type: object, properties: {data: {type: object}}}}", ["object"], "event"],
    ["text/event-stream: {itemSchema: {type: integer}}", ["integer"], "item"],
  ])("items, one by one: %s", (content, types, data) => {
    const lines = `security: [], requestBody: {content: {${content}}}`;
    const [media] = operationOf(lines, "", "post", "/a", "3.2.0").request.body?.media ?? [];
    const { schema } = media ?? {};
    // A described event is joined with what every event may have.
    const [described = schema] = schema?.kind === "assertions" ? (schema.assertions.allOf ?? []) : [];
    expect(described).toMatchObject({ kind: "assertions", assertions: { types } });
    expect(media?.data).toBe(data);
  });

  it("fields beside the $ref of a path item are refused", () => {
    const text =
      "openapi: 3.1.0\nsecurity: []\npaths: {/a: {$ref: '#/components/pathItems/A', parameters: []}}\ncomponents: {pathItems: {A: {}}}";
    expect(codesOf(() => draftOf(text))).toEqual(["SP193"]);
  });

  it("variables of a server's URL keep their values; the nearest servers are an operation's own", () => {
    const draft = draftOf(`openapi: 3.1.0
servers: [{url: "https://{region}.example/{x}", variables: {region: {default: eu}}}]
security: []
paths: {/a: {servers: [{url: https://path.example}], get: {servers: [{url: https://other.example}], ${ok}}, put: {${ok}}}, /b: {get: {${ok}}}}
`);
    const region = { name: "region", default: "eu", enum: undefined };
    expect(draft.servers).toMatchObject([{ url: "https://{region}.example/{x}", variables: [region], tls: undefined }]);
    const own = Object.fromEntries(
      draft.operations.map((one) => [`${one.method} ${one.path}`, one.servers.map(({ url }) => url)]),
    );
    expect(own).toEqual({ "GET /a": ["https://other.example"], "PUT /a": ["https://path.example"], "GET /b": [] });
    expect(draft.warnings).toEqual([]);
  });

  it("schemas of another dialect are refused", () => {
    expect(
      codesOf(() => draftOf("openapi: 3.1.0\njsonSchemaDialect: http://json-schema.org/draft-07/schema#\npaths: {}")),
    ).toEqual(["SP408"]);
    expect(
      codesOf(() =>
        draftOf("openapi: 3.1.0\njsonSchemaDialect: https://spec.openapis.org/oas/3.1/dialect/base\npaths: {}"),
      ),
    ).toEqual([]);
  });

  it("a spec without anything of ours lowers with defaults", () => {
    const draft = draftOf("openapi: 3.0.0\npaths: {}");
    expect(draft).toMatchObject({
      title: "API",
      servers: [{ url: "/" }],
      bounds: { body: "1MiB", depth: 32 },
      limits: [],
      roles: [],
      schemes: [],
    });
  });
});
