import { describe, expect, it } from "vitest";
import { loadSpec } from "../../../../generator/source/load.js";
import { structureFaults } from "../../../../generator/source/structure.js";
import { complaintsOf, gistOf, scratch } from "../../../support/files.js";

const write = scratch();
const entry = `openapi: 3.1.1
info: {title: T, version: "1"}
paths:
  /a:
    get:
      parameters:
        - {$ref: "parts/parameters.yaml#/Limit"}
      responses:
        "200": {$ref: "parts/responses.yaml#/Ok"}
  /b: {$ref: "parts/b.yaml"}
components:
  schemas:
    Tree: {type: object, properties: {own: {type: string}}}
    Local: {$ref: "parts/tree.yaml#/Tree"}
`;
const files = {
  "spec.yaml": entry,
  "parts/parameters.yaml": "Limit: {name: limit, in: query, schema: {$ref: 'tree.yaml#/Size'}}\n",
  "parts/responses.yaml":
    "Ok:\n  description: Fine.\n  content:\n    application/json: {schema: {$ref: 'tree.yaml#/Tree'}}\n",
  "parts/tree.yaml":
    "Size: {type: integer}\nTree:\n  type: object\n  properties:\n    kids: {type: array, items: {$ref: '#/Tree'}}\n",
  "parts/b.yaml": "get:\n  responses: {'204': {description: None.}}\n",
};

describe("loading many files", () => {
  it("gives one document: what is elsewhere becomes a component, names stay unique", async () => {
    const spec = await loadSpec({ entry: "spec.yaml", cwd: write(files) });
    const components = spec.root.components as Record<string, Record<string, unknown>>;
    expect(Object.keys(components.schemas ?? {}).sort()).toEqual(["Local", "Size", "Tree", "TreeTree"]);
    expect(Object.keys(components.parameters ?? {})).toEqual(["Limit"]);
    expect(Object.keys(components.responses ?? {})).toEqual(["Ok"]);
    expect(JSON.stringify(components.schemas?.TreeTree)).toContain('"$ref":"#/components/schemas/TreeTree"');
    expect(JSON.stringify(spec.root)).not.toContain(".yaml");
    expect(spec.files).toHaveLength(5);
    expect(await structureFaults(spec)).toEqual([]);
  });

  it("keeps the place of each node in its own file", async () => {
    const spec = await loadSpec({ entry: "spec.yaml", cwd: write(files) });
    const { node } = spec.resolve({ $ref: "#/components/responses/Ok" });
    expect(spec.at(node as object, "description")).toEqual({
      file: "parts/responses.yaml",
      line: 2,
      column: 16,
      endLine: 2,
      endColumn: 21,
    });
    expect(spec.at(spec.root, "info", "key")).toMatchObject({ file: "spec.yaml", line: 2, column: 1 });
    expect(spec.text("parts/b.yaml")).toContain("None.");
  });

  it("gives the same digest from another working folder, and another for another text", async () => {
    const folder = write(files);
    const one = await loadSpec({ entry: "spec.yaml", cwd: folder });
    const two = await loadSpec({ entry: `${folder}/spec.yaml`, cwd: "/" });
    const three = await loadSpec({
      entry: "spec.yaml",
      cwd: write({ ...files, "parts/b.yaml": `${files["parts/b.yaml"]}\n` }),
    });
    expect(two.digest).toBe(one.digest);
    expect(three.digest).not.toBe(one.digest);
  });

  it("says what a reference probably meant", async () => {
    const folder = write({ ...files, "spec.yaml": entry.replace("parameters.yaml#/Limit", "parameters.yaml#/Limits") });
    const [fault] = await complaintsOf(loadSpec({ entry: "spec.yaml", cwd: folder }));
    expect(fault).toMatchObject({
      code: "SP023",
      fix: 'Did you mean "Limit"?',
      at: { file: "spec.yaml", line: 7, column: 18 },
    });
  });

  it("says every broken reference at once", async () => {
    const folder = write({
      ...files,
      "spec.yaml": entry.replace("#/Limit", "#/L").replace("#/Ok", "#/O"),
      "parts/b.yaml": "get: {$ref: '#/nothing'}",
    });
    const found = await complaintsOf(loadSpec({ entry: "spec.yaml", cwd: folder }));
    expect(found.map((one) => one.code)).toEqual(["SP023", "SP023", "SP023"]);
  });

  it("refuses references that lead to nothing but each other", async () => {
    const text =
      'openapi: 3.1.1\ninfo: {title: T, version: "1"}\npaths: {}\ncomponents:\n  schemas:\n    A: {$ref: "#/components/schemas/B"}\n    B: {$ref: "#/components/schemas/A"}\n';
    const found = await complaintsOf(loadSpec({ entry: "spec.yaml", cwd: write({ "spec.yaml": text }) }));
    expect(found.map(gistOf)).toEqual(["SP024 spec.yaml:6:15", "SP024 spec.yaml:7:15"]);
  });

  it.each([
    ['swagger: "2.0"', "SP010"],
    ["openapi: 2.0.0", "SP011"],
    ["openapi: 4.0.0", "SP011"],
    ["openapi: 3.1", "SP011"],
    ["info: {}", "SP011"],
  ])("%s is not read", async (line, code) => {
    const found = await complaintsOf(
      loadSpec({ entry: "spec.yaml", cwd: write({ "spec.yaml": `${line}\npaths: {}\n` }) }),
    );
    expect(found.map((one) => one.code)).toEqual([code]);
  });

  it("a file that is not there is a wrong call, not a wrong spec", async () => {
    await expect(loadSpec({ entry: "none.yaml", cwd: write(files) })).rejects.toMatchObject({
      exitCode: 2,
      diagnostics: [{ code: "SP001" }],
    });
  });

  it("payload is no reference", async () => {
    const text = `${entry}x-note: 1\n`.replace(
      "own: {type: string}",
      'own: {type: object, example: {$ref: "https://x.example"}, default: {$ref: nowhere}}',
    );
    expect(await complaintsOf(loadSpec({ entry: "spec.yaml", cwd: write({ ...files, "spec.yaml": text }) }))).toEqual(
      [],
    );
  });

  it("a property named $ref is a property", async () => {
    const text = entry.replace("own: {type: string}", "$ref: {type: string}");
    expect(await complaintsOf(loadSpec({ entry: "spec.yaml", cwd: write({ ...files, "spec.yaml": text }) }))).toEqual(
      [],
    );
  });
});

describe("the shape of a description", () => {
  it("is judged at our places, with what was probably meant", async () => {
    const text = entry.replace("      responses:\n", "      respones:\n");
    const spec = await loadSpec({ entry: "spec.yaml", cwd: write({ ...files, "spec.yaml": text }) });
    const [fault] = await structureFaults(spec);
    expect([fault]).toMatchObject([
      { code: "SP100", fix: 'Did you mean "responses"?', at: { file: "spec.yaml", line: 8, column: 7, endColumn: 15 } },
    ]);
  });

  it.each<[string, string, object]>([
    ["3.1.0", "favourite: red", { code: "SP101", severity: "warning", at: { line: 5 } }],
    ["3.1.0", "name: a", { code: "SP101", severity: "warning" }],
    ["3.1.0", "descrption: a note", { code: "SP101", severity: "warning" }],
    ["3.1.0", "examples: {a: b}", { code: "SP101", severity: "warning" }],
    ["3.1.0", "maxLenght: 3", { code: "SP100", severity: "error", fix: 'Did you mean "maxLength"?' }],
    ["3.0.3", "favourite: red", { code: "SP100", severity: "error" }],
  ])("a schema of %s with %s", async (version, keyword, expected) => {
    const text = [
      `openapi: ${version}`,
      "info: { title: T, version: '1' }",
      "paths: {}",
      "components: { schemas: { A: { type: string,",
      `  ${keyword} } } }`,
    ].join("\n");
    const spec = await loadSpec({ entry: "spec.yaml", cwd: write({ "spec.yaml": text }) });
    expect(await structureFaults(spec)).toMatchObject([expected]);
  });

  it("fields of 3.2 may stand where 3.2 has them, and nothing else may", async () => {
    const text = `openapi: 3.2.0
$self: https://api.example.com/openapi.yaml
info: {title: T, version: "1"}
servers: [{url: https://api.example.com, name: production}]
tags: [{name: a, summary: A, kind: nav, parent: b}, {name: b, kind: audience}]
components:
  mediaTypes: {Log: {itemSchema: {$ref: "#/components/schemas/Line"}, itemEncoding: {encoding: {a: {contentType: text/plain}}}}}
  schemas:
    Line:
      oneOf: [{type: object}, {$ref: "#/components/schemas/Line"}]
      discriminator: {propertyName: kind, defaultMapping: Line}
      xml: {nodeType: element}
  securitySchemes:
    id:
      type: oauth2
      deprecated: true
      oauth2MetadataUrl: https://id.example.com/.well-known/oauth-authorization-server
      flows: {deviceAuthorization: {deviceAuthorizationUrl: https://id.example.com/d, tokenUrl: https://id.example.com/t, scopes: {a: b}}}
paths:
  /a:
    query: {responses: {"200": {summary: Fine., content: {application/jsonl: {$ref: "#/components/mediaTypes/Log"}}}}}
    additionalOperations: {LINK: {responses: {"204": {}}}}
    get:
      parameters:
        - {name: it, in: cookie, style: cookie, schema: {type: string}}
        - {name: q, in: querystring, content: {text/plain: {schema: {type: string}, examples: {e: {dataValue: a, serializedValue: a}}}}}
      responses: {"204": {description: Done.}}
    post:
      requestBody: {content: {multipart/mixed: {prefixEncoding: [{contentType: a/b, prefixEncoding: [{contentType: a/b}]}]}}}
      responses: {"204": {}}
`;
    const faults = async (one: string) =>
      (await structureFaults(await loadSpec({ entry: "spec.yaml", cwd: write({ "spec.yaml": one }) }))).map(
        (one) => `${one.code} line ${one.at?.line}`,
      );
    expect(await faults(text)).toEqual([]);
    expect(await faults(text.replace("itemSchema", "itemShema"))).toEqual(["SP100 line 7"]);
    expect(await faults(text.replace("scopes: {a: b}", "scopes: {a: 1}"))).toEqual(["SP100 line 18"]);
    expect(await faults(text.replace("style: cookie", "style: cookies"))).toEqual(["SP100 line 25"]);
    expect(await faults(text.replace("a/b, prefixEncoding", "a/b, prefixEncodin"))).toEqual(["SP100 line 29"]);
  });

  it("nullable in 3.1 is left to the schemas, which know what is meant", async () => {
    const text =
      "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {type: string, nullable: true}}}\n";
    const spec = await loadSpec({ entry: "spec.yaml", cwd: write({ "spec.yaml": text }) });
    expect(await structureFaults(spec)).toEqual([]);
  });
});

describe("what other readers would take otherwise", () => {
  const withText = async (text: string) =>
    structureFaults(await loadSpec({ entry: "spec.yaml", cwd: write({ "spec.yaml": text }) }));
  it("security of a path item, before 3.3", async () => {
    const text = `openapi: 3.2.0
info: {title: T, version: "1"}
paths:
  /a:
    security: []
    get: {responses: {"204": {description: Done.}}}
components:
  pathItems:
    B: {security: [], get: {responses: {"204": {description: Done.}}}}
`;
    expect((await withText(text)).map(gistOf)).toEqual(["SP167 spec.yaml:5:5", "SP167 spec.yaml:9:9"]);
  });

  it("a pointer that leads through a reference: the complaint says what to write", async () => {
    const text = `openapi: 3.1.1
info: {title: T, version: "1"}
paths: {}
components:
  schemas:
    A: {$ref: "#/components/schemas/B"}
    B: {type: object, properties: {x: {type: string}}}
    C: {$ref: "#/components/schemas/A/properties/x"}
`;
    const [fault] = await complaintsOf(loadSpec({ entry: "spec.yaml", cwd: write({ "spec.yaml": text }) }));
    expect(fault?.code).toBe("SP023");
    expect(fault?.fix).toContain("#/components/schemas/B/properties/x");
  });
});
