import { describe, expect, it } from "vitest";
import { startLowering } from "../../../../generator/lower/lowering.js";
import { lowerSchema } from "../../../../generator/lower/schema.js";
import { specOf } from "../../../support/spec.js";

const note = { deprecated: false, readOnly: false, writeOnly: false, sensitivity: "public" };
const assertions = (rules: object, more: object = {}) => ({
  kind: "assertions",
  assertions: { ...rules, note: { ...note, ...more } },
});

function lowered(dialect: string, schema: string, components = "{}") {
  const spec = specOf(`openapi: ${dialect}\nit: ${schema}\ncomponents: {schemas: ${components}}\n`);
  const run = startLowering(spec, false);
  const result = lowerSchema(run, spec.root.it);
  return { result, codes: run.diagnostics.map((one) => one.code), diagnostics: run.diagnostics, lifted: run.lifted };
}

describe("dialects become one", () => {
  it.each<[string, string, string, object]>([
    ["nullable", "3.0.3", "{type: string, nullable: true}", assertions({ types: ["string", "null"] })],
    [
      "nullable with an enum",
      "3.0.3",
      "{type: string, nullable: true, enum: [a]}",
      assertions({ types: ["string", "null"], enum: ["a", null] }),
    ],
    [
      "nullable with allOf",
      "3.0.3",
      "{nullable: true, allOf: [{$ref: '#/components/schemas/A'}]}",
      assertions({ anyOf: [assertions({ allOf: [{ kind: "ref", name: "A" }] }), assertions({ types: ["null"] })] }),
    ],
    ["a list of types", "3.1.0", "{type: ['null', string]}", assertions({ types: ["string", "null"] })],
    [
      "boolean exclusiveMinimum",
      "3.0.3",
      "{type: integer, minimum: 3, exclusiveMinimum: true}",
      assertions({ types: ["integer"], number: { exclusiveMinimum: 3 } }),
    ],
    [
      "exclusiveMaximum false",
      "3.0.3",
      "{type: number, maximum: 3, exclusiveMaximum: false}",
      assertions({ types: ["number"], number: { maximum: 3 } }),
    ],
    [
      "numeric exclusiveMaximum",
      "3.1.0",
      "{type: number, maximum: 9, exclusiveMaximum: 3}",
      assertions({ types: ["number"], number: { maximum: 9, exclusiveMaximum: 3 } }),
    ],
    [
      "siblings of $ref are ignored in 3.0",
      "3.0.3",
      "{$ref: '#/components/schemas/A', maxLength: 3}",
      { kind: "ref", name: "A" },
    ],
    [
      "siblings of $ref hold from 3.1 on",
      "3.1.0",
      "{$ref: '#/components/schemas/A', maxLength: 3, readOnly: true}",
      { kind: "ref", name: "A", siblings: { string: { maxLength: 3 }, note: { ...note, readOnly: true } } },
    ],
    [
      "a description beside $ref asserts nothing",
      "3.1.0",
      "{$ref: '#/components/schemas/A', description: x}",
      { kind: "ref", name: "A" },
    ],
  ])("%s", (_, dialect, schema, expected) => {
    const { result, diagnostics } = lowered(dialect, schema, "{A: {type: string}}");
    expect(result).toEqual(expected);
    expect(diagnostics).toEqual([]);
  });

  it("nullable in 3.1 is honoured, with a warning", () => {
    const { result, diagnostics } = lowered("3.1.0", "{type: string, nullable: true}");
    expect(result).toEqual(assertions({ types: ["string", "null"] }));
    expect(diagnostics).toMatchObject([{ code: "SP402", severity: "warning", at: { line: 2, column: 30 } }]);
  });
});

describe("a default", () => {
  const components = "{A: {type: object, required: [a], properties: {a: {type: integer}}}}";
  it.each<[string, string]>([
    ["of the type", "{type: integer, default: 1}"],
    ["of one of the types", "{type: [string, 'null'], default: null}"],
    ["that is listed", "{enum: [a, b], default: b}"],
    ["whose items fit", "{type: array, items: {enum: [a]}, default: [a]}"],
    ["whose members fit", "{allOf: [{$ref: '#/components/schemas/A'}], default: {a: 1}}"],
    ["that fits one branch", "{anyOf: [{type: string}, {type: integer}], default: 1}"],
  ])("%s is applied", (_, schema) => {
    const { result, codes } = lowered("3.1.0", schema, components);
    expect(codes).toEqual([]);
    expect(result).toHaveProperty("assertions.default");
  });

  it.each<[string, string]>([
    ["of another type", "{type: string, default: 1}"],
    ["null, where null is not allowed", "{type: string, default: null}"],
    ["that is not listed", "{enum: [a, b], default: c}"],
    ["with an item of another type", "{type: array, items: {type: string}, default: [1]}"],
    ["that lacks a member", "{allOf: [{$ref: '#/components/schemas/A'}], default: {}}"],
    ["with a member of another type", "{properties: {a: {type: string}}, default: {a: 1}}"],
    ["that fits no branch", "{oneOf: [{type: string}, {type: integer}], default: true}"],
  ])("%s is not applied, and said", (_, schema) => {
    const { result, diagnostics } = lowered("3.1.0", schema, components);
    expect(diagnostics).toMatchObject([{ code: "SP411", severity: "warning", at: { line: 2 } }]);
    expect(result).not.toHaveProperty("assertions.default");
  });
});

describe("assertions", () => {
  it.each<[string, string, object]>([
    ["nothing", "{}", { kind: "any" }],
    ["true", "true", { kind: "any" }],
    ["false", "false", { kind: "never" }],
    ["const null", "{const: null}", assertions({ const: { value: null } })],
    [
      "strings",
      "{type: string, minLength: 1, maxLength: 2, pattern: '^a', format: uuid}",
      assertions({ types: ["string"], string: { minLength: 1, maxLength: 2, pattern: "^a", format: "uuid" } }),
    ],
    [
      "numbers",
      "{type: integer, multipleOf: 2, format: int64}",
      assertions({ types: ["integer"], number: { multipleOf: 2, format: "int64" } }),
    ],
    ["a numeric format without a type", "{format: int32}", assertions({ number: { format: "int32" } })],
    ["a format without a type", "{format: date}", assertions({ string: { format: "date" } })],
    ["a free-form object", "{type: object}", assertions({ types: ["object"] })],
    [
      "objects, sorted",
      "{type: object, required: [z, b, b], properties: {b: {type: string}, a: true}, additionalProperties: false, patternProperties: {'^x': {type: string}}, propertyNames: {maxLength: 9}, minProperties: 1, maxProperties: 5, dependentRequired: {a: [b]}, dependentSchemas: {a: {required: [c]}}, unevaluatedProperties: false}",
      assertions({
        types: ["object"],
        object: {
          properties: [
            { name: "a", required: false, schema: { kind: "any" } },
            { name: "b", required: true, schema: assertions({ types: ["string"] }) },
          ],
          required: ["b", "z"],
          additional: { kind: "never" },
          patterns: [{ pattern: "^x", schema: assertions({ types: ["string"] }) }],
          names: assertions({ string: { maxLength: 9 } }),
          minProperties: 1,
          maxProperties: 5,
          dependentRequired: [{ property: "a", required: ["b"] }],
          dependentSchemas: [
            {
              property: "a",
              schema: assertions({
                object: { properties: [], required: ["c"], patterns: [], dependentRequired: [], dependentSchemas: [] },
              }),
            },
          ],
          unevaluated: { kind: "never" },
        },
      }),
    ],
    [
      "arrays",
      "{type: array, prefixItems: [true], items: false, minItems: 1, maxItems: 2, uniqueItems: true, contains: {const: 1}, maxContains: 3, unevaluatedItems: true}",
      assertions({
        types: ["array"],
        array: {
          prefixItems: [{ kind: "any" }],
          items: { kind: "never" },
          minItems: 1,
          maxItems: 2,
          contains: { schema: assertions({ const: { value: 1 } }), min: 1, max: 3 },
          unevaluatedItems: { kind: "any" },
          uniqueItems: true,
        },
      }),
    ],
    [
      "combinators and a condition",
      "{oneOf: [true], anyOf: [true], not: false, if: true, then: false, default: {a: 1}}",
      assertions({
        anyOf: [{ kind: "any" }],
        oneOf: [{ kind: "any" }],
        not: { kind: "never" },
        // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema is called so.
        conditional: { if: { kind: "any" }, then: { kind: "never" } },
        default: { value: { a: 1 } },
      }),
    ],
    ["then without if says nothing", "{then: false}", { kind: "any" }],
    [
      "notes",
      "{title: T, description: D, deprecated: true, writeOnly: true}",
      assertions({}, { title: "T", description: "D", deprecated: true, writeOnly: true }),
    ],
    [
      "sensitivity",
      "{x-sallyport: {sensitivity: pii, mask: hash}}",
      assertions({}, { sensitivity: "pii", mask: "hash" }),
    ],
    [
      "format password is secret",
      "{type: string, format: password}",
      assertions({ types: ["string"], string: { format: "password" } }, { sensitivity: "secret" }),
    ],
  ])("%s", (_, schema, expected) => {
    const { result, diagnostics } = lowered("3.1.0", schema);
    expect(result).toEqual(expected);
    expect(diagnostics).toEqual([]);
  });

  it("a property named __proto__ is a property", () => {
    const { result } = lowered("3.1.0", '{properties: {"__proto__": {type: string}}, default: {"__proto__": x}}');
    expect(result).toMatchObject({ assertions: { object: { properties: [{ name: "__proto__" }] } } });
    const fallback = result.kind === "assertions" ? result.assertions.default?.value : undefined;
    expect(Object.keys(fallback as object)).toEqual(["__proto__"]);
  });
});

describe("what cannot be decided is refused", () => {
  it.each([
    ["SP409", "{$dynamicRef: '#a'}"],
    ["SP403", "{dependencies: {a: [b]}}"],
    ["SP403", "{items: [{type: string}]}"],
    ["SP404", "{type: file}"],
    ["SP404", "{type: []}"],
    ["SP405", "{minimum: '3'}"],
    ["SP405", "{maxLength: -1}"],
    ["SP405", "{multipleOf: 0}"],
    ["SP405", "{type: string, required: true}"],
    ["SP405", "{enum: a}"],
    ["SP405", "{properties: [a]}"],
    ["SP406", "{pattern: '(?>a)'}"],
    ["SP407", "{x-sallyport: {sensitivity: personal}}"],
    ["SP409", "{$ref: '#/nowhere'}"],
  ])("%s %s", (code, schema) => {
    expect(lowered("3.1.0", schema).codes).toEqual([code]);
  });

  it("all at once, each with its place", () => {
    const { diagnostics } = lowered("3.1.0", "{properties: {a: {type: file}, b: {pattern: '['}}}");
    expect(diagnostics.map((one) => [one.code, one.at?.line, one.at?.column])).toEqual([
      ["SP404", 2, 29],
      ["SP406", 2, 49],
    ]);
  });
});

describe("references into other places", () => {
  it("are inlined", () => {
    const { result } = lowered(
      "3.1.0",
      "{$ref: '#/components/schemas/A/properties/a~1b'}",
      "{A: {properties: {a/b: {type: string}}}}",
    );
    expect(result).toEqual(assertions({ types: ["string"] }));
  });

  it("keep what stands beside them", () => {
    const { result } = lowered(
      "3.1.0",
      "{$ref: '#/components/schemas/A/properties/a', maxLength: 3}",
      "{A: {properties: {a: {type: string}}}}",
    );
    expect(result).toEqual(assertions({ allOf: [assertions({ types: ["string"] })], string: { maxLength: 3 } }));
  });

  it("become a name where they are cyclic", () => {
    const pointer = "#/components/schemas/A/properties/tree";
    const { result, lifted } = lowered(
      "3.1.0",
      `{$ref: '${pointer}'}`,
      `{A: {properties: {tree: {type: array, items: {$ref: '${pointer}'}}}}}`,
    );
    expect(result).toEqual({ kind: "ref", name: pointer });
    expect(lifted.get(pointer)).toMatchObject({
      key: pointer,
      inComponents: false,
      schema: assertions({ types: ["array"], array: { items: { kind: "ref", name: pointer }, uniqueItems: false } }),
    });
  });

  it("end at a component that names itself", () => {
    const { result, lifted } = lowered(
      "3.1.0",
      "{$ref: '#/components/schemas/A/properties/next'}",
      "{A: {properties: {next: {$ref: '#/components/schemas/A'}}}}",
    );
    expect(result).toEqual({ kind: "ref", name: "A" });
    expect(lifted.size).toBe(0);
  });
});
