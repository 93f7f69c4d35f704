import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadSpec } from "../../../../generator/source/load.js";
import { complaintsOf, gistOf, scratch } from "../../../support/files.js";

const write = scratch();
const head = (version = "3.1.1", more = "") => `openapi: ${version}\ninfo: {title: T, version: "1"}\n${more}`;
const load = (files: Readonly<Record<string, string>>) => loadSpec({ entry: "spec.yaml", cwd: write(files) });
const faultsOf = async (files: Readonly<Record<string, string>>) => (await complaintsOf(load(files))).map(gistOf);

/** What the entry's components of a kind are called. */
async function namesIn(files: Readonly<Record<string, string>>, kind = "schemas"): Promise<readonly string[]> {
  const { components } = (await load(files)).root as { components?: Record<string, Record<string, unknown>> };
  return Object.keys(components?.[kind] ?? {}).sort();
}

const schemas = (text: string) => `paths: {}\ncomponents:\n  schemas:\n${text}`;

describe("one component in two files", () => {
  const files = {
    "users.yaml": "Error: {type: object, properties: {user: {type: string}}}\n",
    "orders.yaml": "Error: {type: object, properties: {order: {type: string}}}\n",
    "sub/users.yaml": "Error: {type: string}\n",
  };
  const entry = (...references: readonly string[]) =>
    `${head()}${schemas(references.map((one, index) => `    S${index}: {$ref: "${one}"}\n`).join(""))}`;

  it("has a name of its own for each, which says the file", async () => {
    const spec = entry("users.yaml#/Error", "orders.yaml#/Error");
    expect(await namesIn({ ...files, "spec.yaml": spec })).toEqual(["OrdersError", "S0", "S1", "UsersError"]);
  });

  it("has the plain name where nobody else asks for it", async () => {
    expect(await namesIn({ ...files, "spec.yaml": entry("users.yaml#/Error") })).toEqual(["Error", "S0"]);
  });

  it("says the folder, where the file does not tell them apart", async () => {
    const spec = entry("users.yaml#/Error", "sub/users.yaml#/Error");
    expect(await namesIn({ ...files, "spec.yaml": spec })).toEqual(["S0", "S1", "SubUsersError", "UsersError"].sort());
  });

  it("is called the same, whatever the order of references", async () => {
    const references = ["users.yaml#/Error", "orders.yaml#/Error", "sub/users.yaml#/Error", "users.yaml"];
    const expected = await targets(entry(...references), references);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(references, { minLength: 4 }), async (shuffled) => {
        expect(await targets(entry(...shuffled), shuffled)).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  });

  async function targets(spec: string, references: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const { root } = await load({ ...files, "spec.yaml": spec });
    const all = (root as { components: { schemas: Record<string, { $ref: string }> } }).components.schemas;
    return Object.fromEntries(references.map((one, index) => [one, all[`S${index}`]?.$ref] as const).sort());
  }
});

describe("documents that refer to each other", () => {
  it("in a circle across files become names, once each", async () => {
    const files = {
      "spec.yaml": `${head()}${schemas("    Root: {$ref: 'a.yaml#/A'}\n")}`,
      "a.yaml": "A: {type: object, properties: {b: {$ref: 'sub/b.yaml#/B'}}}\n",
      "sub/b.yaml":
        "B: {type: object, properties: {a: {$ref: '../a.yaml#/A'}, root: {$ref: '../spec.yaml#/components/schemas/Root'}}}\n",
    };
    const spec = await load(files);
    expect(JSON.parse(JSON.stringify(spec.root.components))).toEqual({
      schemas: {
        Root: { $ref: "#/components/schemas/A" },
        A: { type: "object", properties: { b: { $ref: "#/components/schemas/B" } } },
        B: {
          type: "object",
          properties: { a: { $ref: "#/components/schemas/A" }, root: { $ref: "#/components/schemas/Root" } },
        },
      },
    });
  });

  it("a circle of bare references across files is refused", async () => {
    const files = {
      "spec.yaml": `${head()}${schemas("    A: {$ref: 'a.yaml#/A'}\n")}`,
      "a.yaml": "A: {$ref: 'spec.yaml#/components/schemas/A'}\n",
    };
    expect(await faultsOf(files)).toEqual(["SP024 spec.yaml:6:15", "SP024 a.yaml:1:11"].sort());
  });

  it("a response named default, and a schema beside a property named properties, are followed", async () => {
    const files = {
      "spec.yaml": `${head()}paths:
  /a:
    get:
      responses:
        default: {$ref: "parts.yaml#/responses/Failed"}
        "200":
          description: Fine.
          content:
            application/json:
              schema: {type: object, properties: {properties: {$ref: "parts.yaml#/Inner"}, example: {$ref: "parts.yaml#/Inner"}}}
`,
      "parts.yaml": "responses: {Failed: {description: Failed.}}\nInner: {type: string}\n",
    };
    expect(await namesIn(files, "responses")).toEqual(["Failed"]);
    expect(await namesIn(files)).toEqual(["Inner"]);
    expect(JSON.stringify((await load(files)).root)).not.toContain("parts.yaml");
  });

  it("a path item of another file is copied: 3.0 has no component for it", async () => {
    const files = {
      "spec.yaml": `${head("3.0.3")}paths:\n  /a: {$ref: "a.yaml"}\n`,
      "a.yaml": "get: {responses: {'204': {description: None.}}}\n",
    };
    const { root, at } = await load(files);
    const { paths } = root as { paths: Record<string, Record<string, object>> };
    expect(root.components).toBeUndefined();
    expect(Object.keys(paths["/a"] ?? {})).toEqual(["get"]);
    expect(at(paths["/a"] ?? {}, "get", "key")).toMatchObject({ file: "a.yaml", line: 1, column: 1 });
  });

  it("what a mapping names by its plain name is looked for in its own document", async () => {
    const files = {
      "spec.yaml": `${head()}${schemas("    Pet: {$ref: 'pets.yaml#/components/schemas/Pet'}\n")}`,
      "pets.yaml": `${head()}${schemas(
        "    Pet: {oneOf: [{$ref: '#/components/schemas/Cat'}], discriminator: {propertyName: k, mapping: {c: Cat}}}\n    Cat: {type: object}\n",
      )}`,
    };
    expect(JSON.stringify((await load(files)).root)).toContain('"mapping":{"c":"#/components/schemas/Cat"}');
  });
});

describe("anchors and ids", () => {
  it("an anchor names a schema, here and in another file", async () => {
    const files = {
      "spec.yaml": `${head()}${schemas("    A: {$anchor: here, type: string}\n    B: {$ref: '#here'}\n    C: {$ref: 'lib.yaml#there'}\n")}`,
      "lib.yaml": "Deep: {type: object, properties: {x: {$anchor: there, type: integer}}}\n",
    };
    const { root } = await load(files);
    expect(JSON.parse(JSON.stringify(root.components))).toMatchObject({
      schemas: { B: { $ref: "#/components/schemas/A" }, C: { $ref: "#/components/schemas/x" }, x: { type: "integer" } },
    });
  });

  it("an $id is a base: references below it are its own, and it can be named from anywhere without the network", async () => {
    const text = `    A:
      $id: https://schemas.example/a
      $defs: {part: {type: string}}
      properties: {p: {$ref: "#/$defs/part"}, self: {$ref: "#"}, other: {$ref: b}}
    B: {$id: "https://schemas.example/b", type: integer}
    C: {$ref: "https://schemas.example/a#/$defs/part"}
`;
    const { root } = await load({ "spec.yaml": `${head()}${schemas(text)}` });
    expect(JSON.parse(JSON.stringify(root.components))).toMatchObject({
      schemas: {
        A: {
          properties: {
            p: { $ref: "#/components/schemas/A/$defs/part" },
            self: { $ref: "#/components/schemas/A" },
            other: { $ref: "#/components/schemas/B" },
          },
        },
        C: { $ref: "#/components/schemas/A/$defs/part" },
      },
    });
  });

  it("an $id in an example, an enum or a property of that name is none", async () => {
    const text = `    A: {properties: {$id: {type: string}}, enum: [{$id: "https://x.example/a"}], example: {$id: "https://x.example/b"}}
    B: {$ref: "https://x.example/a"}
`;
    expect(await faultsOf({ "spec.yaml": `${head()}${schemas(text)}` })).toEqual(["SP020 spec.yaml:7:15"]);
  });

  it.each([
    ["    A: {$id: 'https://x.example/a'}\n    B: {$id: 'https://x.example/a'}\n"],
    ["    A: {$anchor: a}\n    B: {$anchor: a}\n"],
  ])("two of one name are refused", async (text) => {
    expect(await faultsOf({ "spec.yaml": `${head()}${schemas(text)}` })).toEqual([
      expect.stringMatching(/^SP027 spec\.yaml:7:/),
    ]);
  });

  it("an anchor that is not there says which are", async () => {
    const text = "    A: {$anchor: account}\n    B: {$ref: '#acount'}\n";
    const [fault] = await complaintsOf(load({ "spec.yaml": `${head()}${schemas(text)}` }));
    expect(fault).toMatchObject({ code: "SP023", fix: 'Did you mean "account"?' });
  });
});

describe("OpenAPI 3.2's $self", () => {
  const self = "$self: https://api.example/v1/openapi.yaml\n";

  it("is a name of the document, and what lies beside it in the world lies beside it here", async () => {
    const files = {
      "spec.yaml": `${head("3.2.0", self)}${schemas("    A: {$ref: 'https://api.example/v1/openapi.yaml#/components/schemas/B'}\n    B: {$ref: 'parts/b.yaml#/B'}\n")}`,
      "parts/b.yaml":
        "B: {type: object, properties: {a: {$ref: 'https://api.example/v1/parts/b.yaml#/C'}}}\nC: {type: string}\n",
    };
    const { root } = await load(files);
    expect(JSON.stringify(root)).not.toMatch(/\$ref":"[^#]/);
  });

  it("does not open the network, nor other folders", async () => {
    const files = {
      "spec.yaml": `${head("3.2.0", self)}${schemas("    A: {$ref: 'missing.yaml#/A'}\n    B: {$ref: '../../x.yaml#/A'}\n")}`,
    };
    expect(await faultsOf(files)).toEqual(["SP020 spec.yaml:7:15", "SP020 spec.yaml:8:15"]);
    const rebased = `${head("3.2.0", "$self: file:///etc/openapi.yaml\n")}${schemas("    A: {$ref: 'file:///etc/passwd'}\n    B: {$ref: /etc/passwd}\n")}`;
    expect(await faultsOf({ "spec.yaml": rebased })).toEqual(["SP020 spec.yaml:7:15", "SP021 spec.yaml:8:15"]);
  });
});

describe("OpenAPI 3.2's URIs in security", () => {
  const oauth = "    key: {type: apiKey, in: header, name: X-Key}\n";
  const entry = (key: string, version = "3.2.0") =>
    `${head(version)}security: [{${JSON.stringify(key)}: []}]\npaths: {}\ncomponents:\n  securitySchemes:\n${oauth}`;

  it("name a scheme of the document, or of another", async () => {
    const own = await load({ "spec.yaml": entry("#/components/securitySchemes/key") });
    expect(JSON.stringify(own.root.security)).toBe('[{"key":[]}]');
    const files = {
      "spec.yaml": entry("schemes.yaml#/partner"),
      "schemes.yaml": "partner: {type: http, scheme: basic}\n",
    };
    expect(JSON.stringify((await load(files)).root.security)).toBe('[{"partner":[]}]');
    expect(await namesIn(files, "securitySchemes")).toEqual(["key", "partner"]);
  });

  it("are names and nothing else in 3.1", async () => {
    const { root } = await load({ "spec.yaml": entry("schemes.yaml#/partner", "3.1.1") });
    expect(JSON.stringify(root.security)).toBe('[{"schemes.yaml#/partner":[]}]');
  });

  it("a name that is a document as well is refused", async () => {
    expect(await faultsOf({ "spec.yaml": entry("key"), key: "type: http\nscheme: basic\n" })).toEqual([
      "SP250 spec.yaml:3:13",
    ]);
  });

  it("a scheme that another document calls the same and means otherwise is refused", async () => {
    const files = {
      "spec.yaml": `${head()}paths: {/a: {$ref: 'other.yaml#/paths/~1a'}}\ncomponents:\n  securitySchemes:\n${oauth}`,
      "other.yaml": `${head()}paths:\n  /a: {get: {security: [{key: []}], responses: {}}}\ncomponents: {securitySchemes: {key: {type: http, scheme: basic}}}\n`,
    };
    expect(await faultsOf(files)).toEqual(["SP250 other.yaml:4:26"]);
  });
});
