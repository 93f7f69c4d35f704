import { describe, expect, it } from "vitest";
import { DiagnosticError } from "../../../../generator/code/diagnostic.js";
import type { Operation } from "../../../../generator/model/api.js";
import { modelOf } from "../../../support/api-of.js";

const user = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const only = (rules: object) => ({ type: "string", "x-sallyport": rules });
const json = (schema: object) => ({ "application/json": { schema } });

interface Said {
  readonly path?: string;
  readonly method?: string;
  readonly operation?: object;
  readonly request?: object;
  readonly response?: object;
  readonly schemas?: object;
}

function specOf({ path = "/users/{id}", method = "patch", operation, request, response = {}, schemas = {} }: Said) {
  return {
    openapi: "3.1.0",
    info: { title: "T", version: "1" },
    "x-sallyport": { vocabulary: 1, roles: { admin: {}, editor: {} } },
    security: [{ key: [] }],
    paths: {
      [path]: {
        parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
          name,
          in: "path",
          required: true,
          schema: { type: "string" },
        })),
        [method]: {
          ...(request === undefined ? {} : { requestBody: { required: true, content: json(request) } }),
          responses: { 200: { description: "d", content: json(response) } },
          ...operation,
        },
      },
    },
    components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "K" } }, schemas },
  };
}

async function lowered(said: Said): Promise<Operation> {
  const { api } = await modelOf(specOf(said));
  const [operation] = api.operations;
  if (operation === undefined) throw new Error("no operation");
  return operation;
}

async function complaintOf(said: Said): Promise<string> {
  const thrown = await lowered(said).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof DiagnosticError)) throw new Error("nothing was complained of");
  return thrown.diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n");
}

const pointers = async (response: object, schemas: object = {}) =>
  (await lowered({ response, schemas })).read.map((one) => one.pointer);
const secret = user({ secret: only({ read: "admin" }) });

describe("where properties are restricted", () => {
  it.each<[string, object, readonly string[]]>([
    ["at the top", secret, ["/secret"]],
    ["nested", user({ a: user({ b: secret }) }), ["/a/b/secret"]],
    ["in lists", { type: "array", items: secret }, ["/*/secret"]],
    ["in fixed places of a list", { prefixItems: [true, secret] }, ["/*/secret"]],
    ["in maps", { type: "object", additionalProperties: secret }, ["/*/secret"]],
    ["under patterns", { type: "object", patternProperties: { "^x": secret } }, ["/*/secret"]],
    [
      "in every kind of branch",
      { oneOf: [{ allOf: [secret] }, { anyOf: [{ if: true, else: user({ other: secret }) }] }] },
      ["/other/secret", "/secret"],
    ],
    ["names are escaped", user({ "a/b~c": only({ read: "admin" }) }), ["/a~1b~0c"]],
  ])("%s", async (_, response, expected) => {
    expect(await pointers(response)).toEqual(expected);
  });

  it("through references, and at any depth where a schema holds itself", async () => {
    const schemas = {
      User: user({ secret: only({ read: "admin" }), manager: { $ref: "#/components/schemas/User" } }),
      Team: user({ lead: { $ref: "#/components/schemas/User" }, name: { type: "string" } }),
      Plain: user({ self: { $ref: "#/components/schemas/Plain" } }),
    };
    const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
    expect(await pointers(ref("Team"), schemas)).toEqual(["/lead/**/secret"]);
    expect(await pointers({ type: "array", items: ref("User") }, schemas)).toEqual(["/*/**/secret"]);
    expect(await pointers(ref("Plain"), schemas)).toEqual([]);
  });

  it("what a schema says of itself holds of every property that is one; two rules hold both", async () => {
    const schemas = { Salary: { type: "integer", "x-sallyport": { read: "admin" } } };
    const response = user({
      pay: { $ref: "#/components/schemas/Salary", "x-sallyport": { read: { anyOf: ["editor", "owner"] } } },
    });
    const { read } = await lowered({ response, schemas });
    expect(read).toEqual([
      {
        pointer: "/pay",
        by: {
          kind: "allRoles",
          of: [
            { kind: "anyRole", of: [{ kind: "role", role: "editor" }, { kind: "owner" }] },
            { kind: "role", role: "admin" },
          ],
        },
      },
    ]);
  });
});

describe("who may send a property", () => {
  const write = async (rules: object, said: Said = {}) =>
    (await lowered({ request: user({ p: only(rules) }), ...said })).write;
  const object = (id: string) => ({ "x-sallyport": { object: { type: "U", id, owner: { field: "f" } } } });

  it("roles; what is ignored is said", async () => {
    const by = { kind: "role", role: "admin" };
    expect(await write({ write: "admin" })).toEqual([
      { in: "body", pointer: "/p", by, unchanged: false, otherwise: "reject" },
    ]);
    expect(await write({ write: "admin", onWrite: "ignore" })).toMatchObject([{ by, otherwise: "ignore" }]);
  });

  it.each<[string, string, string, object | undefined, boolean]>([
    ["PATCH changes", "patch", "/users/{id}", undefined, true],
    ["PUT changes", "put", "/users/{id}", undefined, true],
    ["POST makes", "post", "/users", undefined, false],
    ["POST below another object makes", "post", "/users/{id}/notes", object("path:id"), false],
    ["POST to the object itself changes", "post", "/users/{id}", object("path:id"), true],
  ])("immutable: %s", async (_, method, path, operation = {}, unchanged) => {
    const rules = await write({ immutable: true }, { method, path, operation });
    expect(rules.map((one) => one.unchanged)).toEqual(unchanged ? [true] : []);
  });

  it("readOnly is refused aloud where the author wants it", async () => {
    const request = user({
      p: { ...only({ onWrite: "reject" }), readOnly: true },
      q: { type: "string", readOnly: true },
    });
    expect((await lowered({ request })).write).toMatchObject([
      { pointer: "/p", by: { kind: "deny" }, otherwise: "reject" },
    ]);
  });

  it("parameters, too", async () => {
    const query = { name: "all", in: "query", schema: { type: "boolean" }, "x-sallyport": { write: "admin" } };
    expect((await lowered({ operation: { parameters: [query] } })).write).toMatchObject([
      { in: "query", pointer: "/all" },
    ]);
  });
});

describe("SP397 rules that would not hold", () => {
  it.each<[string, Said, RegExp]>([
    [
      "hidden and required",
      { response: user({ p: only({ read: "admin" }) }, { required: ["p"] }) },
      /\/p is required in the response/,
    ],
    [
      "required by a sibling",
      { response: { allOf: [user({ p: only({ read: "admin" }) }), { required: ["p"] }] } },
      /\/p is required/,
    ],
    ["of a whole body", { response: only({ read: "admin" }) }, /read is said of the whole body/],
    ["of every item", { response: { type: "array", items: only({ read: "admin" }) } }, /every item or value at \/\*/],
    [
      "ignored and required",
      { request: user({ p: only({ write: "admin", onWrite: "ignore" }) }, { required: ["p"] }) },
      /ignored when some callers/,
    ],
    [
      "beside readOnly",
      { request: user({ p: { ...only({ write: "admin" }), readOnly: true } }) },
      /is readOnly, and has a rule/,
    ],
    ["onWrite alone", { request: user({ p: only({ onWrite: "reject" }) }) }, /onWrite says nothing/],
    [
      "read of a parameter",
      { operation: { parameters: [{ name: "q", in: "query", schema: only({ read: "admin" }) }] } },
      /read says nothing about the parameter/,
    ],
    [
      "write of a path parameter",
      { operation: { parameters: [{ name: "id", in: "path", required: true, schema: only({ write: "admin" }) }] } },
      /part of the path/,
    ],
  ])("%s", async (_, said, complaint) => {
    expect(await complaintOf(said)).toMatch(complaint);
  });
});

describe("SP394 ids", () => {
  const about = (id: string, request: object): Said => ({
    path: "/exports",
    method: "post",
    request,
    operation: { "x-sallyport": { object: { type: "U", id, owner: { field: "f" } } } },
  });
  const list = (more: object) => ({ type: "array", items: { type: "string" }, ...more });

  it("a list of ids is several objects, and so are the ids in the items of one", async () => {
    const { object } = await lowered(about("body:/ids", user({ ids: list({ maxItems: 9 }) })));
    expect(object?.target).toMatchObject({ kind: "named", many: true, id: { in: "body", name: "/ids" } });
    const items = user({ users: { type: "array", maxItems: 9, items: user({ id: { type: "string" } }) } });
    expect((await lowered(about("body:/users/*/id", items))).object?.target).toMatchObject({ many: true });
    expect((await lowered(about("body:/id", user({ id: { type: "string" } })))).object?.target).toMatchObject({
      many: false,
    });
  });

  it.each<[string, Said, RegExp]>([
    ["without a bound", about("body:/ids", user({ ids: list({}) })), /list of ids without a bound/],
    [
      "items without a bound",
      about("body:/u/*/id", user({ u: { type: "array", items: user({ id: {} }) } })),
      /without a bound/,
    ],
    ["that are not there", about("body:/other", user({ id: { type: "string" } })), /The body has no \/other/],
    [
      "that are one or several",
      about("body:/id", user({ id: { anyOf: [{ type: "string" }, list({ maxItems: 2 })] } })),
      /in one form of the request, and a list of ids in another/,
    ],
  ])("%s", async (_, said, complaint) => {
    expect(await complaintOf(said)).toMatch(complaint);
  });

  it("SP593 a rule of one's own judges one type", async () => {
    const operation = (type: string) => ({ "x-sallyport": { object: { type, id: "path:id", rule: "custom:mine" } } });
    const { paths, ...rest } = specOf({ operation: operation("A") });
    const other = specOf({ path: "/notes/{id}", operation: operation("B") });
    await expect(modelOf({ ...rest, paths: { ...paths, ...other.paths } })).rejects.toThrow(/SP593/);
  });
});
