import { describe, expect, it } from "vitest";
import { schemaFor } from "./evaluate.js";

type Case = readonly [schema: unknown, accepted: readonly unknown[], refused: readonly unknown[]];

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const nul = (entries: Record<string, unknown>) => Object.assign(Object.create(null), entries);

const others = {
  Pet: { type: "object", required: ["kind"], properties: { kind: { type: "string" }, name: { type: "string" } } },
  Closed: { type: "object", additionalProperties: false, properties: { a: { type: "string" } } },
  Untyped: { allOf: [{ properties: { a: { type: "string" } } }, { properties: { c: { type: "string" } } }] },
  Has: { required: ["name"] },
  Tree: { type: "object", properties: { left: ref("Tree"), right: ref("Tree"), leaf: { type: "integer" } } },
};

/** What JSON Schema says of types, whatever the direction. */
const values: Readonly<Record<string, Case>> = {
  "a string": [{ type: "string" }, ["", "a"], [1, null, undefined]],
  "an integer, 1.0 being one": [{ type: "integer" }, [1, 1.0, -5, 0], [1.5, "1", true]],
  "an int32": [{ type: "integer", format: "int32" }, [2147483647], [2147483648]],
  "an int32 that is called a number": [{ type: "number", format: "int32" }, [1], [1.5, 2147483648]],
  "small and unsigned integers": [
    {
      type: "array",
      prefixItems: ["int8", "uint8", "int16", "uint16", "uint32", "uint64"].map((format) => ({
        type: "integer",
        format,
      })),
    },
    [
      [-128, 0, -32768, 0, 0, 0],
      [127, 255, 32767, 65535, 4294967295, 9007199254740991],
    ],
    [[-129], [0, 256], [0, 0, 32768], [0, 0, 0, -1], [0, 0, 0, 0, 4294967296], [0, 0, 0, 0, 0, -1]],
  ],
  "a float": [{ type: "number", format: "float" }, [1.5, 3.4e38], [3.5e38]],
  "a number, integers among them": [{ type: "number" }, [1, 1.5], ["1", Number.POSITIVE_INFINITY]],
  "a boolean": [{ type: "boolean" }, [true], ["true", 1]],
  null: [{ type: "null" }, [null], [undefined, 0]],
  "a type or null": [{ type: ["string", "null"] }, ["a", null], [1]],
  "several types": [{ type: ["string", "integer"] }, ["a", 1], [1.5, null]],
  "integer beside number": [{ type: ["integer", "number"] }, [1, 1.5], ["1"]],
  anything: [{}, [1, "a", null, {}, []], []],
  nothing: [false, [], [1, {}]],
  "bounds of numbers": [{ type: "number", minimum: 1, exclusiveMaximum: 2 }, [1, 1.99], [0.99, 2]],
  "exclusive minimum": [{ type: "integer", exclusiveMinimum: 1 }, [2], [1]],
  "steps in decimal": [{ type: "number", multipleOf: 0.01 }, [19.99, 0.07, 4.35, 0], [19.995]],
  "steps of integers": [{ type: "integer", multipleOf: 3 }, [6, -3], [7]],
  "lengths of strings": [{ type: "string", minLength: 1, maxLength: 2 }, ["a", "ab"], ["", "abc"]],
  "a pattern finds": [{ type: "string", pattern: "b+" }, ["abc"], ["ac"]],
  "a pattern is Unicode": [{ type: "string", pattern: "^.$" }, ["😀"], ["ab"]],
  "a pattern that is none in Unicode": [{ type: "string", pattern: "^\\-$" }, ["-"], ["a"]],
  "a pattern without a type": [{ pattern: "^a" }, ["a", 1, null, {}], ["b"]],
  "dates with any offset": [
    { type: "string", format: "date-time" },
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678+02:00"],
    ["2026-01-02", "2026-13-02T03:04:05Z", "2026-01-02T03:04:05"],
  ],
  "a date that is in the calendar": [{ type: "string", format: "date" }, ["2024-02-29"], ["2023-02-29"]],
  "uuid, email, addresses": [
    {
      type: "object",
      additionalProperties: false,
      properties: {
        u: { type: "string", format: "uuid" },
        e: { type: "string", format: "email" },
        four: { type: "string", format: "ipv4" },
        six: { type: "string", format: "ipv6" },
      },
    },
    [{ u: "6f9619ff-8b86-d011-b42d-00cf4fc964ff" }, { e: "a@b.example" }, { four: "1.2.3.4" }, { six: "::1" }],
    [{ u: "6f9619ff" }, { e: "a" }, { four: "1.2.3" }, { six: "g::" }],
  ],
  "a URI parses": [{ type: "string", format: "uri" }, ["https://a.example/x", "urn:a:b"], ["no uri"]],
  base64: [{ type: "string", format: "byte" }, ["AAE="], ["*"]],
  "a format without a type": [{ format: "hostname" }, ["a.example", 1, null], ["a_b"]],
  "a length before a format": [{ type: "string", format: "uri", maxLength: 10 }, ["a:b"], ["a:0123456789", "no"]],
  "an unknown format is a note": [{ type: "string", format: "colour" }, ["red"], [1]],
  "a const": [{ const: "a" }, ["a"], ["b", null]],
  "a const of any value": [{ const: { a: [1] } }, [{ a: [1] }, { a: [1.0] }], [{ a: [2] }, { a: [1], b: 1 }, {}]],
  "an enum of strings": [{ type: "string", enum: ["a", "b"] }, ["a"], ["c", 1]],
  "an enum with null": [{ enum: ["a", "b", null] }, ["a", null], ["c"]],
  "an enum of several types": [{ enum: [1, "1", true] }, [1, "1", true], [false, "true", 2]],
  "an enum narrowed by its type": [{ type: "string", enum: ["a", 1] }, ["a"], [1]],
  "an enum that names what it must not": [
    { enum: ["__proto__", "constructor"] },
    ["__proto__", "constructor"],
    ["toString"],
  ],
  "an array": [{ type: "array", items: { type: "integer" } }, [[], [1]], [["1"], {}, "a"]],
  "sizes of arrays": [{ type: "array", minItems: 1, maxItems: 2 }, [[1], [1, 2]], [[], [1, 2, 3]]],
  "unique items": [
    { type: "array", uniqueItems: true },
    [[1, "1", { a: 1 }], []],
    [
      [1, 1],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  "a tuple": [
    { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], items: false },
    [["a", 1], ["a"], []],
    [["a", "b"], ["a", 1, 2], "a"],
  ],
  contains: [{ type: "array", contains: { type: "integer" }, minContains: 2 }, [[1, "a", 2]], [[1, "a"], []]],
  not: [{ type: "integer", not: { enum: [1, 2] } }, [3], [1, "a"]],
  "not of a type": [{ not: { type: "string" } }, [1, { a: 1 }, null], ["a"]],
  "anyOf types": [{ anyOf: [{ type: "string" }, { type: "integer" }] }, ["a", 1], [true]],
  "anyOf or null": [{ anyOf: [ref("Pet"), { type: "null" }] }, [null, { kind: "cat" }], [{}, 1]],
  "oneOf is exactly one": [
    {
      oneOf: [
        { type: "integer", minimum: 2 },
        { type: "integer", maximum: 5 },
      ],
    },
    [1, 6],
    [3, "a"],
  ],
  "if, then, else": [
    {
      type: "object",
      additionalProperties: { type: "string" },
      if: { required: ["a"] },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
      then: { required: ["b"] },
      else: { required: ["c"] },
    },
    [{ a: "1", b: "1" }, { c: "1" }],
    [{ a: "1" }, { b: "1" }, {}],
  ],
  "a map": [{ type: "object", additionalProperties: { type: "integer" } }, [{ a: 1 }, {}], [{ a: "1" }, []]],
  "an object of which nothing is said": [{ type: "object" }, [{}, { a: 1 }], [[], "a", null]],
  "numbers of properties": [
    { type: "object", minProperties: 1, maxProperties: 2 },
    [{ a: 1 }],
    [{}, { a: 1, b: 2, c: 3 }],
  ],
  "names of properties": [{ type: "object", propertyNames: { pattern: "^x-" } }, [{ "x-a": 1 }, {}], [{ a: 1 }]],
  "patterns of properties": [
    {
      type: "object",
      patternProperties: { "^n": { type: "integer" }, s$: { minimum: 5 } },
      additionalProperties: { type: "string" },
    },
    [{ n: 1, ns: 5, a: "x" }],
    [{ n: "1" }, { ns: 4 }, { a: 1 }],
  ],
  "dependent properties": [
    {
      type: "object",
      additionalProperties: true,
      dependentRequired: { a: ["b"] },
      dependentSchemas: { c: { required: ["d"] } },
    },
    [{ a: 1, b: 1 }, { b: 1 }, { c: 1, d: 1 }],
    [{ a: 1 }, { c: 1 }],
  ],
  "a required name that is not declared": [{ type: "object", required: ["a"] }, [{ a: 1 }, { a: null }], [{}]],
  recursion: [ref("Tree"), [{ left: { right: { leaf: 1 } } }], [{ left: { right: { leaf: "1" } } }, { left: 1 }]],
  "what every object inherits does not count": [
    {
      type: "object",
      required: ["toString"],
      properties: { toString: { type: "string" }, constructor: { type: "string" } },
    },
    [nul({ toString: "a" })],
    [nul({})],
  ],
  "allOf scalars": [
    { allOf: [{ type: "string", minLength: 2 }, { maxLength: 3 }, { pattern: "^a" }] },
    ["ab"],
    ["a", "abcd", "bb"],
  ],
  "allOf two patterns": [{ allOf: [{ type: "string", pattern: "a" }, { pattern: "b" }] }, ["ab"], ["a", "b"]],
  "allOf that leaves nothing": [{ allOf: [{ type: "string" }, { type: "integer" }] }, [], ["a", 1]],
  "null in allOf must be in all": [{ allOf: [{ type: ["string", "null"] }, { type: "string" }] }, ["a"], [null]],
  "allOf that requires what no part declares": [
    { allOf: [ref("Pet")], required: ["more"] },
    [{ kind: "cat", more: 1 }],
    [{ kind: "cat" }],
  ],
  "allOf of untyped parts": [
    { allOf: [ref("Untyped"), { type: "object", properties: { b: { type: "string" } } }] },
    [{ a: "1", b: "1" }],
    [{ a: 1 }, "a"],
  ],
  "a closed object among others": [
    {
      oneOf: [
        ref("Closed"),
        { type: "object", additionalProperties: false, required: ["a"], properties: { a: {}, b: {} } },
      ],
    },
    [{ a: "1", b: 1 }, {}],
    [{ a: "1" }, { b: 1 }],
  ],
};

describe.each(["request", "response"] as const)("in a %s", (direction) => {
  it.each(Object.entries(values))("%s", (_, [schema, accepted, refused]) => {
    const zod = schemaFor(direction, schema, others);
    for (const value of accepted) expect({ value, fits: zod.safeParse(value).success }).toEqual({ value, fits: true });
    for (const value of refused) expect({ value, fits: zod.safeParse(value).success }).toEqual({ value, fits: false });
  });
});

const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const text = { type: "string" };

const requests: Readonly<Record<string, Case>> = {
  "refuses unknown properties": [object({ a: text }), [{ a: "1" }, {}], [{ b: 1 }, { a: "1", b: 1 }]],
  "knows the properties of every part of allOf": [
    { allOf: [ref("Pet"), object({ age: { type: "integer" } }), { required: ["name"] }] },
    [{ kind: "cat", name: "x", age: 1 }],
    [
      { kind: "cat", age: 1 },
      { kind: "cat", name: "x", more: 1 },
    ],
  ],
  "knows the properties of every alternative that holds": [
    { anyOf: [object({ a: text }), object({ b: text })] },
    [{ a: "1", b: "1" }, { a: "1" }, {}],
    [
      { a: "1", c: "1" },
      { a: 1, b: 1 },
    ],
  ],
  "adds an alternative's properties to the object's": [
    object(
      { base: text },
      { oneOf: [object({ a: text }, { required: ["a"] }), object({ b: text }, { required: ["b"] })] },
    ),
    [{ base: "1", a: "1" }, { b: "1" }],
    [{ base: "1" }, { a: "1", b: "1" }, { a: "1", c: 1 }],
  ],
  "lets alternatives demand what the object declares": [
    object({ a: text, b: text }, { anyOf: [{ required: ["a"] }, { required: ["b"] }] }),
    [{ a: "1" }, { a: "1", b: "1" }],
    [{}, { a: "1", c: "1" }],
  ],
  "takes what `additionalProperties` allows": [
    object({ a: text }, { additionalProperties: true }),
    [{ a: "1", b: 1 }],
    [{ a: 1 }],
  ],
  "holds to `additionalProperties: false` in allOf": [
    { allOf: [ref("Closed"), object({ b: text })] },
    [{ a: "1" }],
    [{ a: "1", b: "1" }],
  ],
  "counts `unevaluatedProperties` over all branches": [
    { allOf: [ref("Pet")], ...object({ age: text }), unevaluatedProperties: false },
    [{ kind: "cat", age: "1" }],
    [{ kind: "cat", more: 1 }],
  ],
  "keeps unknown properties out of nested objects of a union": [
    { anyOf: [object({ a: object({ x: text }) }), text] },
    [{ a: { x: "1" } }, "a"],
    [{ a: { y: "1" } }],
  ],
};

describe("a request", () => {
  it.each(Object.entries(requests))("%s", (_, [schema, accepted, refused]) => {
    const zod = schemaFor("request", schema, others);
    for (const value of accepted) expect({ value, fits: zod.safeParse(value).success }).toEqual({ value, fits: true });
    for (const value of refused) expect({ value, fits: zod.safeParse(value).success }).toEqual({ value, fits: false });
  });

  it("ignores readOnly properties and misses none", () => {
    const zod = schemaFor("request", object({ id: { ...text, readOnly: true }, a: text }, { required: ["id", "a"] }));
    expect(zod.parse({ id: 7, a: "1" })).toEqual({ a: "1" });
    expect(zod.parse({ a: "1" })).toEqual({ a: "1" });
  });

  it("ignores readOnly properties that one part of allOf declares", () => {
    const zod = schemaFor("request", { allOf: [object({ id: { ...text, readOnly: true } }), object({ a: text })] });
    expect(zod.parse({ id: "7", a: "1" })).toEqual({ a: "1" });
  });

  it("fills in defaults", () => {
    const zod = schemaFor(
      "request",
      object({ size: { type: "integer", default: 20 }, tags: { type: "array", default: ["a"] } }),
    );
    expect(zod.parse({})).toEqual({ size: 20, tags: ["a"] });
    expect(zod.parse({ size: 5, tags: [] })).toEqual({ size: 5, tags: [] });
  });
});

describe("formats that are only noted", () => {
  it.each([
    [{ type: "string", format: "date-time" }, "no date"],
    [{ type: "string", format: "byte" }, "*"],
    [{ type: "integer", format: "int32" }, 2147483648],
    [{ format: "email" }, "nobody"],
  ])("%j", (schema, value) => {
    expect(schemaFor("request", schema, {}, "annotate").safeParse(value).success).toBe(true);
    expect(schemaFor("request", schema, {}, "assert").safeParse(value).success).toBe(false);
  });
});

describe("a response", () => {
  it.each([
    ["drops what is not declared", object({ a: text }), { a: "1", secret: 1 }, { a: "1" }],
    [
      "drops writeOnly properties",
      object({ a: text, password: { ...text, writeOnly: true } }, { required: ["password"] }),
      { a: "1", password: "x" },
      { a: "1" },
    ],
    [
      "drops what no part of allOf declares",
      { allOf: [ref("Pet"), object({ age: text })] },
      { kind: "cat", age: "1", secret: 1 },
      { kind: "cat", age: "1" },
    ],
    [
      "keeps what any fitting alternative declares",
      { anyOf: [object({ a: text }), object({ b: text })] },
      { a: "1", b: "1", secret: 1 },
      { a: "1", b: "1" },
    ],
    [
      "drops what a branch only demands",
      object({ a: object({ x: text }) }, { anyOf: [{ required: ["a"] }, { required: ["b"] }] }),
      { a: { x: "1", secret: 1 } },
      { a: { x: "1" } },
    ],
    [
      "drops inside arrays that are unique",
      { type: "array", uniqueItems: true, items: object({ a: text }) },
      [{ a: "1", secret: 1 }],
      [{ a: "1" }],
    ],
    ["drops beside not", object({ a: text }, { not: { required: ["b"] } }), { a: "1", secret: 1 }, { a: "1" }],
    [
      "drops what additionalProperties forbids",
      object({ a: text }, { additionalProperties: false }),
      { a: "1", secret: 1 },
      { a: "1" },
    ],
    [
      "keeps what additionalProperties allows",
      object({ a: text }, { additionalProperties: true }),
      { a: "1", b: 1 },
      { a: "1", b: 1 },
    ],
    ["keeps an object of which nothing is said", { type: "object" }, { b: 1 }, { b: 1 }],
    ["fills in no default", object({ a: { ...text, default: "x" } }), {}, {}],
  ])("%s", (_, schema, value, kept) => {
    expect(schemaFor("response", schema, others).parse(value)).toEqual(kept);
  });
});

describe("R31 deep and odd values", () => {
  it.each(["request", "response"] as const)("throw nothing in a %s", (direction) => {
    const zod = schemaFor(direction, { allOf: [{ anyOf: [ref("Tree"), ref("Pet")] }, { not: { const: 1 } }] }, others);
    for (const value of [
      undefined,
      null,
      Number.NaN,
      [],
      new Uint8Array(2),
      JSON.parse('{"__proto__":{"kind":"x"}}'),
      nul({ left: nul({}) }),
    ]) {
      expect(() => zod.safeParse(value)).not.toThrow();
    }
  });

  it("R32 a key named __proto__ is refused in a request and dropped from a response", () => {
    const value = JSON.parse('{"kind":"cat","__proto__":{"name":"x"}}');
    expect(schemaFor("request", ref("Pet"), others).safeParse(value).success).toBe(false);
    const kept = schemaFor("response", ref("Pet"), others).parse(value) as Record<string, unknown>;
    expect(Object.getOwnPropertyNames(kept)).toEqual(["kind"]);
    expect(kept.name).toBeUndefined();
  });
});
