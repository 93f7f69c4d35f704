import { describe, expect, it } from "vitest";
import { emit } from "../../../../generator/generate.js";
import { scratch } from "../../../support/files.js";
import { evaluate } from "./evaluate.js";

const write = scratch();

/** The schemas of a description whose operation answers with the component `Subject`. */
async function subjectOf(components: string, more: Readonly<Record<string, string>> = {}) {
  const spec = `openapi: 3.1.1
info: {title: T, version: "1"}
security: []
paths:
  /a:
    get:
      operationId: getA
      responses:
        "200": {description: Fine., content: {application/json: {schema: {$ref: "#/components/schemas/Subject"}}}}
components:
  schemas:
${components}`;
  const { files } = await emit({
    spec: "spec.yaml",
    cwd: write({ ...more, "spec.yaml": spec }),
    only: ["schemas"],
    plain: true,
  });
  const text = files.find((one) => one.path === "schemas.ts")?.text ?? "";
  const subject = evaluate(text).Subject;
  if (subject === undefined) throw new Error(text);
  return { text, fits: (value: unknown) => subject.safeParse(value).success };
}

const tree = `    Tree:
      $id: https://schemas.example/tree
      $dynamicAnchor: node
      type: object
      properties: {data: true, children: {type: array, items: {$dynamicRef: "#node"}}}
`;

describe("a $dynamicRef (JSON Schema core, 8.2.3.2)", () => {
  it("leads to the outermost schema of its name on the way that it was reached by", async () => {
    const strict = `    Subject:
      $id: https://schemas.example/strict
      $dynamicAnchor: node
      $ref: tree
      unevaluatedProperties: false
${tree}`;
    const { fits } = await subjectOf(strict);
    expect(fits({ children: [{ data: 1, children: [] }] })).toBe(true);
    expect(fits({ children: [{ daat: 1 }] })).toBe(false);
  });

  it("leads home where nobody extends the schema, which keeps its own name", async () => {
    const { fits, text } = await subjectOf(`    Subject: {$ref: "#/components/schemas/Tree"}\n${tree}`);
    expect(fits({ children: [{ daat: 1, children: [] }] })).toBe(true);
    expect(fits({ children: [{ children: 1 }] })).toBe(false);
    expect(text).toContain("export const Tree:");
  });

  it("means two things by two ways, one schema a way", async () => {
    const list = `    Subject:
      properties: {texts: {$ref: "https://schemas.example/texts"}, numbers: {$ref: "https://schemas.example/numbers"}}
    Texts: {$id: "https://schemas.example/texts", $ref: list, $defs: {item: {$dynamicAnchor: item, type: string}}}
    Numbers: {$id: "https://schemas.example/numbers", $ref: list, $defs: {item: {$dynamicAnchor: item, type: number}}}
    List: {$id: "https://schemas.example/list", type: array, items: {$dynamicRef: "#item"}, $defs: {any: {$dynamicAnchor: item}}}
`;
    const { fits } = await subjectOf(list);
    expect(fits({ texts: ["a"], numbers: [1] })).toBe(true);
    expect(fits({ texts: [1] })).toBe(false);
    expect(fits({ numbers: ["a"] })).toBe(false);
  });

  it("is a $ref where it leads to a pointer, or to a plain anchor", async () => {
    const list = `    Subject:
      $id: https://schemas.example/subject
      $ref: list
      $defs: {item: {$dynamicAnchor: item, type: string}}
    List:
      $id: https://schemas.example/list
      prefixItems: [{$dynamicRef: "#item"}, {$ref: "#/$defs/positive", $dynamicRef: "#/$defs/whole"}]
      $defs: {any: {$anchor: item, type: boolean}, whole: {type: integer}, positive: {minimum: 1}}
`;
    const { fits } = await subjectOf(list);
    expect(fits([true, 1])).toBe(true);
    expect([fits(["a"]), fits([true, 1.5]), fits([true, 0])]).toEqual([false, false, false]);
  });

  it("is found in another file, too", async () => {
    const { fits } = await subjectOf(
      `    Subject: {$id: "https://schemas.example/strict", $dynamicAnchor: node, $ref: "lib.yaml#/Tree", required: [data]}\n`,
      { "lib.yaml": tree.replace(/^ {4}/gm, "") },
    ).catch((error) => ({ fits: () => String(error) }));
    expect(fits({ data: 1, children: [{ data: 1 }] })).toBe(true);
    expect(fits({ data: 1, children: [{}] })).toBe(false);
  });
});
