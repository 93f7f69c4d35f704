import ts from "typescript";
import { describe, expect, it } from "vitest";
import { typesText } from "../../../../generator/view/types.js";
import { operationsOf, specOf } from "./spec.js";

const emit = async (root: object) => typesText(specOf(root), { operations: operationsOf(root) });
const squeeze = (text: string) => text.replace(/\s+/g, " ");
const ok = { description: "Fine." };

function complaintsAbout(text: string): readonly string[] {
  const options = { strict: true, target: ts.ScriptTarget.ES2022, types: [] };
  const host = ts.createCompilerHost(options);
  const source = ts.createSourceFile("types.ts", text, options.target);
  const read = host.getSourceFile;
  host.getSourceFile = (name, ...rest) => (name === "types.ts" ? source : read(name, ...rest));
  const program = ts.createProgram(["types.ts"], options, host);
  return program.getSemanticDiagnostics(source).map((one) => ts.flattenDiagnosticMessageText(one.messageText, " "));
}

describe("types.ts", () => {
  it("names operations by the model's keys and components by the spec's", async () => {
    const text = squeeze(
      await emit({
        paths: { "/a": { get: { responses: { 200: ok } } } },
        components: { schemas: { "Odd-Name": { type: "string" } } },
      }),
    );
    expect(text).toContain('export interface operations { "GET /a": {');
    expect(text).toContain('"Odd-Name": string;');
  });

  it("prints a boolean schema inside a composition", async () => {
    const text = squeeze(
      await emit({
        paths: {},
        components: {
          schemas: {
            Any: { allOf: [true, { type: "string" }] },
            Nothing: { allOf: [{ type: "string" }, false] },
            One: { oneOf: [false, { type: "string" }] },
          },
        },
      }),
    );
    expect(text).toContain("Any: string; Nothing: string & never; One: never | string;");
  });

  it("requires properties of a component that may be null", async () => {
    const properties = { a: { type: "string" } };
    const text = await emit({
      paths: {},
      components: {
        schemas: {
          Base: { type: ["object", "null"], properties },
          More: { allOf: [{ $ref: "#/components/schemas/Base" }], required: ["a"] },
        },
      },
    });
    expect(squeeze(text)).toContain('WithRequired<components["schemas"]["Base"], "a">');
    expect(complaintsAbout(text)).toEqual([]);
  });

  it("of branches that can only be null, leaves null", async () => {
    const items = { $ref: "#/components/schemas/Value" };
    const Value = { type: "null", oneOf: [{ type: "string" }, { type: "array", items }] };
    const text = await emit({ paths: {}, components: { schemas: { Value } } });
    expect(squeeze(text)).toContain("Value: null;");
    expect(complaintsAbout(text)).toEqual([]);
  });

  it("has 3.2's QUERY and additional methods among the operations", async () => {
    const body = {
      content: { "application/json": { schema: { type: "object", properties: { q: { type: "string" } } } } },
    };
    const text = squeeze(
      await emit({
        paths: {
          "/search": {
            query: { requestBody: body, responses: { 200: ok } },
            additionalOperations: { COPY: { responses: { 200: ok } } },
          },
        },
      }),
    );
    expect(text).toContain('"QUERY /search": {');
    expect(text).toContain("q?: string;");
    expect(text).toContain('"COPY /search": {');
  });

  it("does not change when paths, components or properties change places", async () => {
    const a = { get: { responses: { 200: ok } } };
    const b = {
      post: {
        parameters: [
          { name: "p", in: "query" },
          { name: "a", in: "query" },
        ],
        responses: { 200: ok, 404: ok },
      },
    };
    const one = { type: "object", required: ["b", "a"], properties: { a: { type: "string" }, b: { type: "integer" } } };
    const two = { type: "object", required: ["a", "b"], properties: { b: { type: "integer" }, a: { type: "string" } } };
    const swapped = {
      post: { ...b.post, parameters: [...b.post.parameters].reverse(), responses: { 404: ok, 200: ok } },
    };
    const first = await emit({
      paths: { "/a": a, "/b": b },
      components: { schemas: { One: one, Two: { type: "null" } } },
    });
    const second = await emit({
      paths: { "/b": swapped, "/a": a },
      components: { schemas: { Two: { type: "null" }, One: two } },
    });
    expect(second).toBe(first);
  });

  it("joins alternatives to what stands beside them with 'and'", async () => {
    const text = await emit({
      paths: {},
      components: {
        schemas: {
          A: {
            type: "object",
            properties: { a: { type: "string" } },
            anyOf: [{ required: ["a"] }, { required: ["b"] }],
          },
        },
      },
    });
    expect(squeeze(text)).toMatch(/A: \{ a\?: string; \} & /);
  });

  it("prints what has no name among the components where it is used", async () => {
    const text = await emit({
      paths: {
        "/a": {
          get: { responses: { 200: { ...ok, content: { "application/json": { schema: { type: "integer" } } } } } },
        },
      },
      components: { schemas: { A: { $ref: "#/paths/~1a/get/responses/200/content/application~1json/schema" } } },
    });
    expect(squeeze(text)).toContain("A: number;");
  });

  it("has a type for every JSON value of const and enum", async () => {
    const values = {
      "A-1": { const: null },
      B: { const: { k: [1, "x"] } },
      C: { enum: ["a", 1, null, true, -2] },
      D: false,
    };
    const text = squeeze(await emit({ paths: {}, components: { schemas: values } }));
    expect(text).toContain('"A-1": null;');
    expect(text).toContain('B: { k: [ 1, "x" ]; };');
    expect(text).toContain('C: "a" | 1 | null | true | -2;');
    expect(text).toContain("D: never;");
    expect(ts.transpileModule(text, { reportDiagnostics: true }).diagnostics).toEqual([]);
  });
});
