import {
  allOf,
  anyOf,
  closed,
  closedDropping,
  conditional,
  contains,
  itemCount,
  multipleOf,
  not,
  oneOf,
  oneValue,
  patternKeys,
  readOnlyKeys,
  requires,
  tuple,
  unique,
  when,
} from "@sallyport/runtime/schema";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";

const a = z.strictObject({ a: z.string().exactOptional() });
const b = z.strictObject({ b: z.string().exactOptional() });
const fits = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;
const paths = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error?.issues.map((one) => one.path.join("/"));

describe("keys that a branch does not know", () => {
  it("are no fault where another branch knows them", () => {
    expect(allOf([a, b]).parse({ a: "1", b: "2" })).toEqual({ a: "1", b: "2" });
    expect(anyOf([a, b]).parse({ a: "1", b: "2" })).toEqual({ a: "1", b: "2" });
  });

  it("are named where none does", () => {
    const result = anyOf([allOf([a, b]), z.null()]).safeParse({ a: "1", c: "3", d: "4" });
    expect(result.error?.issues).toMatchObject([{ code: "unrecognized_keys", keys: ["c", "d"], path: [] }]);
  });

  it("do not keep an alternative from holding, so that two may hold", () => {
    expect(fits(oneOf([a, b]), { a: "1" })).toBe(false);
    expect(fits(oneOf([a, b.required()]), { a: "1" })).toBe(true);
  });

  it("are faults where the branch is closed", () => {
    expect(fits(oneOf([closed(a), closed(b)]), { a: "1" })).toBe(true);
    expect(fits(allOf([closed(a), b]), { a: "1", b: "2" })).toBe(false);
    expect(paths(closedDropping(z.object({ a: z.string() })), { a: "1", b: "2" })).toEqual(["b"]);
  });

  it("inside a part are faults of that part", () => {
    const nested = z.object({ in: anyOf([a, b]) });
    expect(paths(nested, { in: { c: 1 } })).toEqual(["in"]);
    expect(paths(tuple([anyOf([a, b])]), [{ c: 1 }])).toEqual(["0"]);
  });
});

describe("what is kept", () => {
  it("of a value that only assertions speak of is all of it", () => {
    const value = { a: { deep: [1] } };
    expect(allOf([requires(["a"]), not(requires(["b"]))]).parse(value)).toEqual(value);
    expect(when("object", requires(["a"])).parse("text")).toBe("text");
  });

  it("of nested objects is what any branch keeps of them", () => {
    const left = z.object({ list: z.array(z.object({ x: z.number() })) });
    const right = z.object({ list: z.array(z.object({ y: z.number() })) });
    expect(allOf([left, right]).parse({ list: [{ x: 1, y: 2, z: 3 }] })).toEqual({ list: [{ x: 1, y: 2 }] });
  });

  it("by pattern is what the patterns of a key say together", () => {
    const patterns = patternKeys({ known: ["id"], patterns: [[/^n/, z.number()]], rest: z.string(), strict: true });
    const schema = allOf([z.strictObject({ id: z.object({}) }), patterns]);
    expect(schema.parse({ id: { more: 1 }, n1: 1, other: "x" })).toEqual({ id: {}, n1: 1, other: "x" });
    expect(paths(patterns, { n1: "1", other: 2 })).toEqual(["n1", "other"]);
  });

  it("has no readOnly key, and no prototype of the caller's making", () => {
    const schema = readOnlyKeys(["id"], z.looseObject({ a: z.string() }));
    const kept = schema.parse(JSON.parse('{"a":"1","id":7,"__proto__":{"admin":true}}')) as Record<string, unknown>;
    expect(kept).toEqual({ a: "1" });
    expect(kept.admin).toBeUndefined();
  });
});

describe("assertions", () => {
  it("about one kind of value pass every other", () => {
    for (const schema of [
      requires(["a"]),
      unique(),
      itemCount(1),
      contains(z.string(), 1),
      multipleOf(2),
      when("string", z.never()),
    ]) {
      expect(fits(schema, null)).toBe(true);
      expect(fits(schema, true)).toBe(true);
    }
  });

  it("of a condition pick the branch", () => {
    const schema = conditional(z.object({ kind: z.literal("a") }), requires(["x"]), requires(["y"]));
    expect(fits(schema, { kind: "a", x: 1 })).toBe(true);
    expect(fits(schema, { kind: "a", y: 1 })).toBe(false);
    expect(fits(schema, { kind: "b", y: 1 })).toBe(true);
  });

  it("of equality do not depend on the order of keys, and know their own", () => {
    expect(fits(oneValue([{ a: 1, b: [2] }]), { b: [2], a: 1 })).toBe(true);
    expect(fits(oneValue([{ constructor: 1 }]), {})).toBe(false);
    expect(fits(unique(), [{ a: 1 }, { a: "1" }, 1, "1", null, false, 0, [], {}, [[]], ["a,b"], ["a", "b"]])).toBe(
      true,
    );
    expect(fits(unique(), [{ a: [1, { b: 2, c: 3 }] }, { a: [1.0, { c: 3, b: 2 }] }])).toBe(false);
  });

  it("of equality take time in proportion to the array", () => {
    const start = performance.now();
    expect(
      fits(
        unique(),
        Array.from({ length: 100_000 }, (_, at) => ({ at })),
      ),
    ).toBe(true);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it("of steps hold for every multiple that has a decimal", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 6 }), (times, digits) => {
        const step = Number(`1e-${digits}`);
        expect(fits(multipleOf(step), Number(`${times}e-${digits}`))).toBe(true);
        expect(fits(multipleOf(step), Number(`${times}.5e-${digits}`))).toBe(false);
      }),
    );
    expect(fits(multipleOf(1e-300), 1e300)).toBe(true);
    expect(fits(multipleOf(0.1), Number.NaN)).toBe(false);
  });

  it("quote nothing of the value in their messages", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), (secret) => {
        const schemas = [
          anyOf([z.number(), z.null()]),
          oneOf([z.string(), z.string()]),
          not(z.string()),
          oneValue([1]),
        ];
        const said = schemas.map(
          (one) =>
            one
              .safeParse(secret)
              .error?.issues.map((issue) => issue.message)
              .join() ?? "",
        );
        expect(said.every((message) => message !== "" && !message.includes(secret))).toBe(true);
      }),
    );
  });

  it("of alternatives show the faults of the one that fits as a whole", () => {
    const schema = oneOf([z.object({ kind: z.string(), size: z.number() }), z.string()]);
    expect(paths(schema, { kind: "x", size: "big" })).toEqual(["size"]);
    expect(paths(schema, 5)).toEqual([""]);
  });
});

describe("the types of schemas", () => {
  it("keep the alternatives of one branch apart where all must hold", () => {
    const schema = allOf([
      z.object({ id: z.string() }),
      oneOf([z.object({ n: z.number() }), z.object({ s: z.string() })]),
    ]);
    const value = schema.parse({ id: "1", s: "x" });
    expectTypeOf(value).toExtend<{ id: string } & ({ n: number } | { s: string })>();
    expectTypeOf<{ id: string; s: string }>().toExtend<typeof value>();
    expect(value).toEqual({ id: "1", s: "x" });
  });

  it("are left alone by what only asserts", () => {
    const value = allOf([z.array(z.string()), unique()]).parse(["a"]);
    expectTypeOf(value).toEqualTypeOf<string[]>();
    expect(value).toEqual(["a"]);
  });

  it("of a tuple say that it may end early, and what follows", () => {
    const open = tuple([z.string(), z.number()]).parse(["a"]);
    expectTypeOf(open).toEqualTypeOf<[string?, number?, ...unknown[]]>();
    expectTypeOf(tuple([z.string()], z.boolean()).parse([])).toEqualTypeOf<[string?, ...boolean[]]>();
    expectTypeOf(tuple([z.string()], z.never()).parse([])).toEqualTypeOf<[string?]>();
    expect(open).toEqual(["a"]);
  });
});
