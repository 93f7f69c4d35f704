import { describe, expect, it } from "vitest";
import { printed, schemaFor } from "./evaluate.js";

const text = { type: "string" };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const others = {
  Pet: { type: "object", required: ["kind"], properties: { kind: text } },
  Marked: { properties: { mark: text } },
  Numbers: { unevaluatedProperties: { type: "integer" } },
  Pair: { prefixItems: [text, text] },
};

type Case = readonly [schema: unknown, accepted: readonly unknown[], refused: readonly unknown[]];

/** JSON Schema core, 11: what no keyword of the schema, and of those that hold with it, has judged. */
const cases: Readonly<Record<string, Case>> = {
  "a schema for keys that no branch declares": [
    {
      type: "object",
      allOf: [ref("Pet"), { anyOf: [ref("Marked"), { required: ["kind"] }] }],
      unevaluatedProperties: { type: "integer" },
    },
    [
      { kind: "cat", mark: "x" },
      { kind: "cat", more: 1 },
    ],
    [{ kind: "cat", more: "x" }],
  ],
  "keys by pattern, by condition and by dependency": [
    {
      patternProperties: { "^x-": {} },
      if: { required: ["a"], properties: { a: text } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
      then: { properties: { b: text } },
      dependentSchemas: { c: { properties: { c: text, d: text } } },
      unevaluatedProperties: { type: "null" },
    },
    [{ "x-1": 1 }, { a: "1", b: "1" }, { c: "1", d: "1" }, { other: null }, "no object"],
    [{ b: "1" }, { d: "1" }, { a: "1", d: "1" }],
  ],
  "items that no branch has counted": [
    {
      type: "array",
      allOf: [ref("Pair"), { prefixItems: [text, text, { type: "integer" }] }],
      unevaluatedItems: false,
    },
    [["a", "b", 1], ["a"], []],
    [
      ["a", "b", 1, 2],
      ["a", "b", "c"],
    ],
  ],
  "items that `contains` has found": [
    { contains: text, unevaluatedItems: { type: "integer" } },
    [["a", 1, "b"], ["a"], { no: "array" }],
    [["a", null], [1]],
  ],
  "items of some types only": [
    { type: ["array", "object", "null"], allOf: [ref("Pair")], unevaluatedItems: false },
    [["a", "b"], null, {}],
    [["a", "b", "c"], "text"],
  ],
  "const says nothing about items": [
    { anyOf: [{ const: ["a"] }, ref("Pair")], unevaluatedItems: false },
    [["b"], ["a", "b"]],
    [["a", "b", "c"]],
  ],
  "a cousin does not see": [
    { allOf: [{ properties: { a: true } }, { unevaluatedProperties: { type: "integer" } }] },
    [{ a: 1 }, {}],
    [{ a: "1" }],
  ],
  "a reference does not see what stands beside it": [
    { ...ref("Numbers"), properties: { a: true } },
    [{ a: 1 }],
    [{ a: "1" }],
  ],
};

describe.each(["plain", "request", "response"] as const)("in a %s schema", (direction) => {
  it.each(Object.entries(cases))("%s", (_, [schema, accepted, refused]) => {
    const zod = schemaFor(direction, schema, others);
    for (const value of accepted) expect({ value, fits: zod.safeParse(value).success }).toEqual({ value, fits: true });
    for (const value of refused) expect({ value, fits: zod.safeParse(value).success }).toEqual({ value, fits: false });
  });
});

describe("where nothing is asked first, it is what is additional", () => {
  it("of properties and of items, printed as such", () => {
    const schema = {
      type: "object",
      properties: { a: { type: "array", prefixItems: [text], unevaluatedItems: false } },
      unevaluatedProperties: text,
    };
    expect(printed({ Subject: schema }).replace(/\s+/g, "")).toContain(
      "z.object({a:tuple([z.string()],z.never()).exactOptional(),}).catchall(z.string())",
    );
  });

  it("and forbidden properties of composed objects are refused or dropped as everywhere", () => {
    const text_ = printed({
      ...others,
      Subject: { allOf: [ref("Pet"), { properties: { age: { type: "integer" } } }], unevaluatedProperties: false },
    });
    expect(text_).not.toContain("unevaluated(");
  });
});

describe("plain validation", () => {
  it("refuses what is forbidden, and lets undeclared properties pass", () => {
    const closed = schemaFor("plain", { type: "object", properties: { a: text }, additionalProperties: false });
    expect(closed.safeParse({ a: "1", b: 1 }).success).toBe(false);
    const open = schemaFor("plain", { type: "object", properties: { a: text } });
    expect(open.safeParse({ a: "1", b: 1 }).success).toBe(true);
  });

  it("has one form: readOnly, writeOnly and defaults are notes", () => {
    const schema = {
      type: "object",
      required: ["id"],
      properties: { id: { ...text, readOnly: true }, size: { type: "integer", default: 1 } },
    };
    const zod = schemaFor("plain", schema);
    expect(zod.safeParse({}).success).toBe(false);
    expect(zod.parse({ id: "1" })).toEqual({ id: "1" });
  });
});

describe("a property named __proto__", () => {
  const own = (json: string) =>
    JSON.parse(json, function (this: unknown, _, value) {
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.assign(Object.create(null), value)
        : value;
    });

  it.each(["plain", "request", "response"] as const)("is judged in a %s schema, and required", (direction) => {
    const properties = JSON.parse('{"__proto__": {"type": "integer"}, "a": {"type": "string"}}');
    const zod = schemaFor(direction, { type: "object", properties, required: ["__proto__"] });
    const value = (inner: unknown) => {
      return Object.defineProperty(Object.create(null), "__proto__", { value: inner, enumerable: true });
    };
    expect(zod.safeParse(value(1)).success).toBe(true);
    expect(zod.safeParse(value("1")).success).toBe(false);
    expect(zod.safeParse(own('{"a":"1"}')).success).toBe(false);
  });
});
