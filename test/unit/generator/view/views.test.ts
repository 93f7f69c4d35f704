import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Api } from "../../../../generator/model/api.js";
import type { Spec } from "../../../../generator/model/spec.js";
import { render } from "../../../../generator/render/engine.js";
import { type FileName, fileNames } from "../../../../generator/view/file-names.js";
import { needed, viewsOf } from "../../../../generator/view/files.js";
import { modelOf } from "../../../support/api-of.js";
import { crowded } from "../../../support/crowded-spec.js";

let api: Api;
let spec: Spec;
const texts = new Map<string, string>();

async function textsOf(model: Api, only: readonly FileName[]): Promise<ReadonlyMap<string, string>> {
  const views = await viewsOf(model, spec, only);
  return new Map(views.map((view) => [view.path, "text" in view ? view.text : `${render(view)}${view.body ?? ""}`]));
}

beforeAll(async () => {
  ({ api, spec } = await modelOf(crowded));
  for (const [path, text] of await textsOf(api, fileNames)) texts.set(path, text);
});

/** A declaration of an emitted file, up to the blank line behind it. */
function declared(path: string, name: string): string {
  const text = texts.get(path) ?? "";
  const start = text.search(new RegExp(`^export (?:const|type|interface|function) ${name}\\b`, "m"));
  expect(start, `${name} in ${path}`).toBeGreaterThanOrEqual(0);
  return text.slice(start).split("\n\n")[0] ?? "";
}

describe("policy.ts", () => {
  it.each([
    ["open", "access: publicAccess,"],
    ["maybeKnown", 'access: anyOf(anonymous, allOf(scheme("oidc", "read"))),'],
    ["both", 'access: anyOf(allOf(scheme("key"), scheme("oidc", "read", "write"))),'],
    ["either", 'access: anyOf(allOf(scheme("key")), allOf(scheme("login"))),'],
    ["ruled", 'authz: anyRole(role("admin"), allRoles(role("clerk"), role("night shift"))),'],
    ["shut", "authz: deny,"],
    [
      "owned",
      'object: owner("Order", { id: "path:id", field: "owner", equals: "tenant", unless: ["admin"], deny: 403 }),',
    ],
  ])("%s", (name, row) => {
    expect(declared("policy.ts", name)).toContain(`  ${row}\n`);
  });

  it("says again only what differs from the API", () => {
    expect(declared("policy.ts", "both")).toContain('bounds: { body: "1KiB", depth: 4 },');
    expect(declared("policy.ts", "either")).not.toMatch(/bounds|retries|timeout|limits/);
  });

  it("a limit whose name is taken or no identifier has another const, and its own name", () => {
    const text = texts.get("policy.ts") ?? "";
    expect(text).toContain('const exportLimit = /* @__PURE__ */ limit("export", ');
    expect(text).toContain('const limitLimit = /* @__PURE__ */ limit("limit", ');
    expect(declared("policy.ts", "open")).toContain("limits: [exportLimit, limitLimit],");
  });
});

describe("server.ts", () => {
  it.each([
    ["OpenCall", undefined],
    ["MaybeKnownCall", `Principal<Role, "sub", string> | undefined`],
    ["BothCall", "Principal<Role>"],
    ["EitherCall", "Principal<Role>"],
  ])("%s has the principal that its guards prove", (name, type) => {
    expect(/principal: (.*);/.exec(declared("server.ts", name))?.[1]).toBe(type);
  });

  it("wire names, and what a default fills in is there", () => {
    expect(declared("server.ts", "OpenCall")).toContain(
      [
        "  readonly query: {",
        "    readonly filter?: Readonly<Record<string, unknown>>;",
        "    readonly ids?: readonly number[];",
        '    readonly "page-size": number;',
        "  };",
      ].join("\n"),
    );
  });

  it("an optional body may be missing", () => {
    expect(declared("server.ts", "MaybeKnownCall")).toContain('readonly body: Requests["Order"] | undefined;');
  });

  it("an operation without anything to tell is a plain call", () => {
    expect(declared("server.ts", "HealthCall")).toBe("export type HealthCall = Call;");
  });

  it("a reply is one of the declared responses", () => {
    expect(declared("server.ts", "BothReply")).toBe(
      [
        "export type BothReply =",
        '  | { readonly status: 200; readonly type: "application/json"; readonly body: Responses["Order"] }',
        '  | { readonly status: 200; readonly type: "text/csv"; readonly body: string }',
        '  | { readonly status: 200; readonly type: "application/pdf"; readonly body: Uint8Array | ReadableStream<Uint8Array> }',
        "  | { readonly status: 204 }",
        "  | { readonly status: number; readonly body: { readonly code: number } }",
        '  | { readonly status: number; readonly body: "gone" | "never was" | null };',
      ].join("\n"),
    );
  });

  it("asks for a verifier of each scheme that is used, and a loader of each object", () => {
    const options = declared("server.ts", "Options");
    expect(options).toContain('readonly oidc: Verifier<"token">;');
    expect(options).toContain('readonly login: Verifier<"basic">;');
    expect(options).not.toContain("idle");
    expect(options).toContain("readonly Order: Loader<OrderObject>;");
    expect(declared("server.ts", "OrderObject")).toBe(
      'export type OrderObject = Responses["Order"] & { readonly owner: number };',
    );
  });
});

describe("wire.ts", () => {
  it("keys of the flat input, what may be left out, and the words of the spec", () => {
    expect(declared("wire.ts", "OpenInput")).toBe(
      [
        "export interface OpenInput {",
        "  readonly id: string;",
        "  readonly filter?: Readonly<Record<string, unknown>>;",
        "  /** How many ids. *\\/ at most. */",
        "  readonly ids?: readonly number[];",
        '  readonly "page-size"?: number;',
        "}",
      ].join("\n"),
    );
  });

  it("how each parameter is written, where it is not as OpenAPI has it", () => {
    const wire = declared("wire.ts", "open");
    expect(wire).toContain('path: [{ name: "id" }]');
    expect(wire).toContain('{ name: "filter", kind: "json" }');
    expect(wire).toContain('{ name: "ids", kind: ["integer"], style: "pipeDelimited" }');
    expect(wire).toContain('{ name: "page-size", kind: "integer" }');
  });

  it("forms with their fields", () => {
    expect(declared("wire.ts", "either")).toContain(
      'form: [{ name: "amount", kind: "number" }, { name: "note" }, { name: "tags", kind: ["string"] }],',
    );
  });

  it("what a successful call answers", () => {
    expect(declared("wire.ts", "BothOutput")).toBe(
      'export type BothOutput = Responses["Order"] | string | ReadableStream<Uint8Array> | undefined;',
    );
    expect(declared("wire.ts", "HealthOutput")).toBe("export type HealthOutput = undefined;");
  });

  it("an operation without input", () => {
    expect(declared("wire.ts", "HealthInput")).toBe("export type HealthInput = Record<string, never>;");
  });
});

describe("client.ts and trpc.ts", () => {
  it("input that nobody needs may be left out", () => {
    expect(declared("client.ts", "health")).toContain("input: wire.HealthInput = {},");
    expect(texts.get("trpc.ts")).toContain("readonly health: Query<wire.HealthInput | undefined, wire.HealthOutput>;");
  });

  it("credentials of the schemes that are used", () => {
    const auth = declared("client.ts", "Auth");
    expect(auth).toContain("readonly key?: ApiKeyCredential;");
    expect(auth).toContain("readonly login?: BasicCredential;");
    expect(auth).not.toContain("idle");
  });

  it("a deprecated method is struck out in an editor", () => {
    expect(texts.get("client.ts")).toMatch(/\* @deprecated\n {3}\*\/\n {2}readonly old: /);
  });

  it("safe methods are queries, the others mutations", () => {
    expect(texts.get("trpc.ts")).toContain('either: mutation("either"),');
    // What answers a stream of octets is for HTTP alone.
    expect(texts.get("trpc.ts")).not.toContain("both");
    expect(texts.get("trpc.ts")).toContain('open: query("open"),');
  });
});

describe("env.ts and .env.example", () => {
  it("names each setting, and no value", () => {
    expect(texts.get("env.ts")).toContain('return readSettings(source, ["ISSUER"]);');
    expect(texts.get(".env.example")).toMatch(/^# .+\nISSUER=\n$/);
  });

  it("are small where there is no setting", async () => {
    const without = await textsOf({ ...api, settings: [] }, ["env"]);
    expect([...without.keys()]).toEqual(["env.ts"]);
    expect(without.get("env.ts")).toContain("export type Env = Record<string, never>;");
  });
});

describe("only what is asked for, and what it imports", () => {
  it.each<[readonly FileName[], readonly FileName[]]>([
    [["client"], ["types", "policy", "wire", "client"]],
    [["trpc"], ["types", "wire", "trpc"]],
    [["server"], ["types", "schemas", "policy", "wire", "server", "env"]],
    [["types"], ["types"]],
    [[], []],
  ])("%j", (only, all) => {
    expect(needed(only)).toEqual(all);
  });

  it("every relative import is among them", async () => {
    for (const name of fileNames) {
      const some = await textsOf(api, needed([name]));
      for (const text of some.values()) {
        for (const [, target] of text.matchAll(/from "\.\/(\w+)\.js"/g))
          expect([...some.keys()]).toContain(`${target}.ts`);
      }
    }
  });
});

describe("no view depends on where the spec lies or in which order it is written", () => {
  it("the header names the file only", () => {
    for (const [path, text] of texts) {
      if (path.endsWith(".ts")) expect(text.split("\n")[0]).toMatch(/^\/\/ Generated by sallyport from spec\.json\. /);
    }
  });
});

describe("a component that contains itself through allOf", () => {
  it.each([
    ["{description: Above it., allOf: [{$ref: '#/components/schemas/Thing'}]}", "parent: Thing.exactOptional()"],
    [
      "{anyOf: [{allOf: [{$ref: '#/components/schemas/Thing'}]}, {type: 'null'}]}",
      "parent: Thing.nullable().exactOptional()",
    ],
    ["{allOf: [{$ref: '#/components/schemas/Other'}]}", "Other"],
  ])("is printed by name: %s", async (parent, expected) => {
    const { api, spec } = await modelOf(
      parse(`openapi: 3.1.1
info: {title: T, version: "1"}
security: []
paths: {/a: {get: {responses: {"200": {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}}}}}
components:
  schemas:
    Thing: {type: object, properties: {parent: ${parent}}}
    Other: {allOf: [{$ref: "#/components/schemas/Thing"}], required: [parent]}
`),
    );
    const [view] = await viewsOf(api, spec, ["schemas"]);
    expect(view !== undefined && "template" in view ? render(view) : "").toContain(expected);
  });
});

describe("client.ts", () => {
  it("what operations bring along never has the name of an operation", async () => {
    const post = (operationId: string) =>
      `{post: {operationId: ${operationId}, requestBody: {content: {application/json: {}}}, responses: {204: {description: Done.}}}}`;
    const paths = `{/a: ${post("body")}, /b: ${post("bodyPart")}}`;
    const named = await modelOf(
      parse(`{openapi: 3.1.0, info: {title: Names, version: "1"}, security: [], paths: ${paths}}`),
    );
    const text = (await textsOf(named.api, ["client"])).get("client.ts") ?? "";
    expect(text).toContain("body as bodyPartPart,");
    expect(text).toContain("writes: [bodyPartPart(json)]");
  });
});
