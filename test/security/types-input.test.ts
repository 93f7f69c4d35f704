import ts from "typescript";
import { describe, expect, it } from "vitest";
import { typesText } from "../../generator/view/types.js";
import { operationsOf, specOf } from "../unit/generator/view/spec.js";

const emit = async (root: object) => typesText(specOf(root), { operations: operationsOf(root) });

describe("R4 what openapi-typescript sees of a spec", () => {
  it("has no x-*: those that it would obey change nothing", async () => {
    const plain = { type: "string", enum: ["a", "b"] };
    const obeyed = {
      ...plain,
      "x-enum-varnames": ["A", "B"],
      "x-enum-descriptions": ["one", "two"],
      "x-enumNames": ["A", "B"],
    };
    const root = (schema: object, more: object = {}) => ({
      paths: { "/a": { get: { responses: { 200: { description: "Fine." }, ...more } } } },
      components: { schemas: { Colour: schema } },
    });
    expect(await emit(root(obeyed, { "x-extra": { description: "not a response" } }))).toBe(await emit(root(plain)));
  });

  it("keeps properties and headers whose names begin with x-", async () => {
    const text = await emit({
      paths: {},
      components: {
        schemas: { A: { type: "object", properties: { "x-id": { type: "string" } } }, "x-thing": { type: "integer" } },
        responses: { Ok: { description: "Fine.", headers: { "x-rate": { schema: { type: "integer" } } } } },
      },
    });
    for (const name of ['"x-id"?: string;', '"x-thing": number;', '"x-rate"?: number;']) expect(text).toContain(name);
  });

  it("prints enums as unions: no TypeScript enum", async () => {
    const text = await emit({ paths: {}, components: { schemas: { A: { type: "string", enum: ["a"] } } } });
    expect(text).not.toMatch(/\benum\s+\w+\s*\{/);
  });
});

/** Text that would be code if it got out. */
const hostile = [
  "*/ globalThis.pwned = 1; /*",
  "**// globalThis.pwned = 1; //",
  "\u2028globalThis.pwned = 1;\u2029",
  "\rglobalThis.pwned = 1;\u0085",
  '"; globalThis.pwned = 1; "',
  `\`$\{globalThis.pwned = 1}\``,
  "\\u0022; globalThis.pwned = 1",
  "] & { [globalThis.pwned]: 1 }; //",
];

describe("R1 R2 hostile text in types.ts", () => {
  it.each(hostile)("%j stays in literals and comments", async (evil) => {
    const schema = {
      type: "object",
      title: evil,
      description: evil,
      format: evil,
      default: evil,
      deprecated: true,
      required: [evil],
      discriminator: { propertyName: evil, mapping: { [evil]: evil } },
      properties: { [evil]: { type: evil, description: evil, enum: [evil], examples: [evil], example: evil } },
      additionalProperties: { const: { [evil]: [evil] } },
      patternProperties: {
        [evil]: { $ref: `#/components/schemas/${evil.replaceAll("~", "~0").replaceAll("/", "~1")}` },
      },
    };
    const root = {
      info: { title: evil, description: evil },
      paths: {
        [`/${evil}`]: {
          summary: evil,
          get: {
            summary: evil,
            description: evil,
            parameters: [{ name: evil, in: "query", description: evil, schema }],
            requestBody: { description: evil, content: { [evil]: { schema } } },
            responses: {
              [evil]: {
                description: evil,
                headers: { [evil]: { description: evil, schema } },
                content: { [evil]: { schema } },
              },
            },
          },
          additionalOperations: { [evil]: { responses: {} } },
        },
      },
      components: { schemas: { [evil]: schema }, responses: { [evil]: { description: evil } } },
    };
    const text = await emit(root);
    const source = ts.createSourceFile("types.ts", text, ts.ScriptTarget.ESNext, true);
    expect(ts.transpileModule(text, { reportDiagnostics: true }).diagnostics).toEqual([]);
    expect(outside(source)).not.toContain("pwned");
    // Declarations of types and nothing else: there is no statement that could run.
    expect(source.statements.every((one) => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one))).toBe(
      true,
    );
  });
});

/** The text of a file without its literals and comments. */
function outside(source: ts.SourceFile): string {
  const words: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) words.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return words.join(" ");
}
