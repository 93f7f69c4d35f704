import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiagnosticError } from "../../../../generator/code/diagnostic.js";
import { lower } from "../../../../generator/lower/lower.js";
import type { Api } from "../../../../generator/model/api.js";
import { settle } from "../../../../generator/settle/settle.js";
import { specOf } from "../../../support/spec.js";

const ok = "responses: {'204': {description: Done.}}";

function apiOf(paths: string, more = ""): Api {
  return settle(
    lower(specOf(`openapi: 3.1.0\ninfo: {title: T, version: '1'}\nsecurity: []\n${more}\npaths:\n${paths}\n`)),
  );
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

const get = (path: string, id: string, more = "") =>
  `  ${path}: {get: {operationId: ${JSON.stringify(id)}, ${more}${ok}}}`;
const ids = (api: Api) => Object.fromEntries(api.operations.map((one) => [one.key, one.id]));

describe("operations", () => {
  it("are sorted by id, keyed as the spec spells them, grouped by their first tag", () => {
    const api = apiOf(
      [
        get("/b", "repos/list", "tags: [Pull Requests, x], "),
        get("/a", "aFirst", "tags: [pull-requests], "),
        "  /c: {put: {responses: {}}}",
      ].join("\n"),
    );
    expect(api.operations.map(({ id, key, group }) => [id, key, group])).toEqual([
      ["aFirst", "aFirst", "pullRequests"],
      ["putC", "putC", "default"],
      ["reposList", "repos/list", "pullRequests"],
    ]);
  });

  it.each([
    ["delete", "delete_"],
    ["createClient", "createClient_"],
    ["allOf", "allOf_"],
    ["then", "then_"],
    ["constructor", "constructor_"],
  ])("the name %s is taken: %s", (id, settled) => {
    expect(ids(apiOf(get("/a", id)))).toEqual({ [id]: settled });
  });

  it("names that differ by case or punctuation only stay apart", () => {
    expect(ids(apiOf([get("/a", "getUser"), get("/b", "get-user"), get("/c", "getuser")].join("\n")))).toEqual({
      getUser: "getUser",
      getuser: "getuser2",
      "get-user": "getUser3",
    });
  });

  it("groups that a client or tRPC has already are renamed", () => {
    const groups = ["send", "__proto__", "then", "FooBar", "foobar"].map((tag, i) =>
      get(`/${i}`, `o${i}`, `tags: [${tag}], `),
    );
    expect(apiOf(groups.join("\n")).operations.map((one) => one.group)).toEqual(
      ["send_", "proto", "then_", "foobar", "foobar"].map((g) => (g === "foobar" ? "fooBar" : g)),
    );
  });

  it("a successor is named by its settled id", () => {
    const api = apiOf(
      [
        get(
          "/a",
          "old",
          "deprecated: true, x-sallyport: {lifecycle: {deprecatedAt: 2026-01-01, successor: new/one}}, ",
        ),
        get("/b", "new/one"),
      ].join("\n"),
    );
    expect(api.operations.find((one) => one.id === "old")?.lifecycle?.successor).toBe("newOne");
  });

  it("what the flat input has is unique", () => {
    const parameters = [
      ..."path query header cookie".split(" ").map((place) => `{name: id, in: ${place}}`),
      "{name: __proto__, in: query}",
      "{name: body, in: query}",
      "{name: page-size, in: query}",
    ];
    const [operation] = apiOf(
      `  /{id}: {post: {parameters: [${parameters.join(", ")}], requestBody: {content: {application/json: {}}}, ${ok}}}`,
    ).operations;
    const { path, query, header, cookie, body } = operation?.request ?? {};
    const keys = [path, query, header, cookie].map((fields) => fields?.map((one) => one.key));
    expect(keys).toEqual([["id"], ["__proto__Query", "body", "idQuery", "page-size"], ["idHeader"], ["idCookie"]]);
    expect(body?.key).toBe("requestBody");
  });
});

describe("schemas", () => {
  const components = (schemas: string) => `components: {schemas: ${schemas}}`;
  const using = (...names: readonly string[]) =>
    `  /a: {post: {operationId: op, requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/${names[0]}"}}}}, responses: {"200": {description: x, content: {application/json: {schema: {$ref: "#/components/schemas/${names[1]}"}}}}}}}`;

  it("keep their spelling where it is a name, and are sorted by name", () => {
    const api = apiOf(
      using("simple-user", "account"),
      components(
        "{simple-user: {}, account: {}, Foo.Bar: {}, class: {}, z: {}, Map: {}, op: {}, '2fa': {}, user: {}, User: {}}",
      ),
    );
    expect(Object.fromEntries(api.schemas.map((one) => [one.key, one.name]))).toEqual({
      "simple-user": "SimpleUser",
      account: "account",
      "Foo.Bar": "FooBar",
      class: "class_",
      z: "z_",
      Map: "Map_",
      op: "op_",
      "2fa": "_2fa",
      user: "user",
      User: "User",
    });
    expect(api.operations[0]?.request.body?.media[0]?.schema).toEqual({ kind: "ref", name: "SimpleUser" });
    expect(api.schemas.map((one) => one.name)).toEqual([...api.schemas.map((one) => one.name)].sort());
  });

  it("make room for the request form of another", () => {
    const named = (text: string) =>
      Object.fromEntries(
        apiOf(text, components("{User: {}, UserInput: {}}")).schemas.map((one) => [one.key, one.name]),
      );
    expect(named(using("User", "User"))).toEqual({ User: "User", UserInput: "UserInput2" });
    expect(named(using("User", "UserInput"))).toEqual({ User: "User", UserInput: "UserInput" });
    expect(named(using("UserInput", "User"))).toEqual({ User: "User", UserInput: "UserInput" });
  });

  it("know where they are reached from and whether they come back to themselves", () => {
    const ref = (name: string) => `{$ref: "#/components/schemas/${name}"}`;
    const api = apiOf(
      using("A", "B"),
      components(
        `{A: {items: ${ref("C")}}, B: {properties: {x: ${ref("C")}}}, C: {properties: {d: ${ref("D")}}}, D: {anyOf: [{type: "null"}, {items: ${ref("C")}}]}, E: {items: ${ref("E")}}, F: ${ref("E")}}`,
      ),
    );
    expect(api.schemas.map((one) => [one.name, one.recursive, one.inRequests, one.inResponses])).toEqual([
      ["A", false, true, false],
      ["B", false, false, true],
      ["C", true, true, true],
      ["D", true, true, true],
      ["E", true, false, false],
      ["F", false, false, false],
    ]);
  });

  it("that are lifted from elsewhere have a name", () => {
    const pointer = "#/components/schemas/A/properties/tree";
    const api = apiOf(using("A", "A"), components(`{A: {properties: {tree: {items: {$ref: "${pointer}"}}}}}`));
    expect(api.schemas.map(({ key, name, inComponents, recursive }) => [key, name, inComponents, recursive])).toEqual([
      ["A", "A", true, false],
      [pointer, "APropertiesTree", false, true],
    ]);
  });
});

describe("checks of the whole", () => {
  it("a schema that is defined by itself", () => {
    const circle =
      "components: {schemas: {A: {allOf: [{$ref: '#/components/schemas/B'}]}, B: {$ref: '#/components/schemas/A'}, C: {properties: {c: {$ref: '#/components/schemas/C'}}}}}";
    expect(codesOf(() => apiOf(get("/a", "a"), circle))).toEqual(["SP410", "SP410"]);
  });

  it("a reference to no schema, an unknown successor, one route twice, one id twice", () => {
    const paths = [
      get("/a/{x}", "a", "deprecated: true, x-sallyport: {lifecycle: {deprecatedAt: 2026-01-01, successor: nobody}}, "),
      get("/a/{y}", "a"),
    ];
    expect(
      codesOf(() => apiOf(paths.join("\n"), "components: {schemas: {A: {items: {$ref: '#/components/schemas/Z'}}}}")),
    ).toEqual(["SP409", "SP590", "SP591", "SP592"]);
  });
});

describe("the result", () => {
  it("is frozen to the bottom", () => {
    const api = apiOf(get("/a", "a", "parameters: [{name: q, in: query, schema: {enum: [{x: [1]}]}}], "));
    const open: unknown[] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      if (!Object.isFrozen(value)) open.push(value);
      Object.values(value).forEach(visit);
    };
    visit(api);
    expect(open).toEqual([]);
  });

  it("R7 does not depend on the order of the spec", () => {
    const paths = [
      get("/a", "same-name", "tags: [One Tag], "),
      get("/b", "sameName", "tags: [one-tag], "),
      "  /c: {get: {responses: {}}, post: {responses: {default: {description: x}, '200': {description: y}}}}",
      "  /d/{z}: {get: {operationId: d, parameters: [{name: b, in: query}, {name: a, in: query}, {name: z, in: path}], responses: {}}}",
      "  /e: {get: {operationId: e, responses: {'200': {description: x, content: {application/json: {schema: {$ref: '#/components/schemas/T'}}}}}}}",
    ];
    const schemas = [
      "a-b: {properties: {y: {}, x: {}}}",
      "a.b: {required: [q, p]}",
      "T: {properties: {t: {$ref: '#/components/schemas/T/properties/u'}, u: {items: {$ref: '#/components/schemas/T/properties/u'}}}}",
    ];
    const build = (p: readonly string[], s: readonly string[]) =>
      JSON.stringify(apiOf(p.join("\n"), `components: {schemas: {${s.join(", ")}}}`), (key, value) =>
        key === "at" ? undefined : value,
      );
    const expected = build(paths, schemas);
    const shuffled = <T>(all: readonly T[]) => fc.shuffledSubarray([...all], { minLength: all.length });
    fc.assert(
      fc.property(shuffled(paths), shuffled(schemas), (p, s) => {
        expect(build(p, s)).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });
});
