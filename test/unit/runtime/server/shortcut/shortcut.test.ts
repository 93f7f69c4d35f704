import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { checkerOf } from "../../../../../runtime/src/server/shortcut/shortcut.js";

/** A checker, and how often the schema itself was asked. */
function watched(schema: z.ZodType) {
  const seen = { asked: 0 };
  const validate = (value: unknown) => {
    seen.asked += 1;
    return schema["~standard"].validate(value);
  };
  return { check: checkerOf({ "~standard": { validate }, _zod: schema._zod } as never), seen };
}

const payment = z.strictObject({
  amount: z.int().min(1).max(100),
  channel: z.enum(["web", "app"]),
  iban: z
    .string()
    .max(34, { abort: true })
    .regex(/^[A-Z]{2}[0-9]+$/u),
  name: z.string().min(1).max(5),
  note: z.string().max(3).nullable().exactOptional(),
  reference: z.guid(),
  on: z.iso.date(),
  tags: z.array(z.string()).max(2),
  urgent: z.boolean(),
  fee: z.number().min(0),
});
const valid = {
  fee: 0.5,
  amount: 7,
  channel: "web",
  iban: "DE89",
  name: "Ada",
  reference: "3b241101-e2bb-4255-8caf-4136c566a962",
  on: "2024-02-29",
  tags: ["rent"],
  urgent: false,
};

describe("the shortcut", () => {
  it.each([valid, { ...valid, note: null }, { ...valid, note: "abc" }])(
    "takes what plainly fits, as the schema would, and does not ask it (%#)",
    (value) => {
      const { check, seen } = watched(payment);
      const bare = Object.assign(Object.create(null), value);
      const found = check(bare);
      expect(found).toStrictEqual({ value: payment.parse(bare) });
      expect(JSON.stringify(found)).toBe(JSON.stringify({ value: payment.parse(bare) }));
      expect(seen.asked).toBe(0);
    },
  );

  it.each([
    { amount: 1.5 },
    { amount: 101 },
    { amount: "7" },
    { amount: Number.NaN },
    { channel: "toString" },
    { iban: "de89" },
    { iban: `DE${"8".repeat(33)}` },
    { name: "" },
    { name: "\u{1F600}".repeat(6) },
    { note: undefined },
    { note: "abcd" },
    { reference: "3b241101" },
    { on: "2023-02-29" },
    { tags: ["a", "b", "c"] },
    { tags: [1] },
    { tags: { length: 0 } },
    { fee: Number.POSITIVE_INFINITY },
    { urgent: 0 },
    { other: 1 },
    { name: undefined },
  ])("leaves %o to the schema, which says why", (change) => {
    const { check, seen } = watched(payment);
    const value = { ...valid, ...change };
    expect(check(value)).toEqual(payment["~standard"].validate(value));
    expect(check(value)).toHaveProperty("issues");
    expect(seen.asked).toBe(2);
  });

  it("leaves a member that is missing to the schema", () => {
    const { check, seen } = watched(payment);
    const { urgent: _, ...rest } = valid;
    expect(check(rest)).toHaveProperty("issues");
    expect(check(Object.create(valid))).toEqual(payment["~standard"].validate(Object.create(valid)));
    expect(seen.asked).toBe(1);
  });

  it("counts code points where zod does", () => {
    const { check, seen } = watched(z.string().min(2).max(3));
    expect(check("\u{1F600}")).toHaveProperty("issues");
    expect(check("\u{1F600}".repeat(3))).toEqual({ value: "\u{1F600}".repeat(3) });
    expect(seen.asked).toBe(2);
    expect(check("\u{1F600}x")).toEqual({ value: "\u{1F600}x" });
    expect(seen.asked).toBe(2);
  });

  it.each([
    ["a refinement", z.string().refine((text) => text !== "x")],
    ["a check of one's own", z.string().check(() => {})],
    ["a transformation", z.string().transform((text) => text.length)],
    ["a text that is changed", z.string().trim()],
    ["a text that is made", z.coerce.string()],
    ["a format that is more than a pattern", z.base64()],
    ["a pattern that remembers", z.string().regex(/x/g)],
    ["a bound that is excluded", z.number().gt(1)],
    ["a multiple", z.number().multipleOf(2)],
    ["an integer of fewer bits", z.int32()],
    ["an enumeration of numbers", z.enum({ a: 1 })],
    ["a union", z.union([z.string(), z.number()])],
    ["what is filled in", z.string().default("x")],
    ["what catches faults", z.string().catch("x")],
    ["an object that keeps what it does not know", z.looseObject({})],
    ["an object with a check", z.strictObject({}).refine(() => true)],
    ["a pipe", z.pipe(z.string(), z.string())],
  ])("knows nothing of %s", (_, schema) => {
    const { check, seen } = watched(schema);
    for (const value of ["x", 2, 3, {}, " x "]) expect(check(value)).toEqual(schema["~standard"].validate(value));
    expect(seen.asked).toBe(5);
  });

  it("knows nothing of a definition with a word that it does not know", () => {
    const schema = z.string();
    Object.assign(schema._zod.def, { folded: true });
    const { check, seen } = watched(schema);
    expect(check("x")).toEqual({ value: "x" });
    expect(seen.asked).toBe(1);
  });

  it("fills in nothing for a member that may be missing, and leaves defaults to the schema", () => {
    const schema = z.object({ a: z.string().default("x").optional(), b: z.string().default("y"), c: z.int() });
    expect(watched(schema).check({ c: 1 })).toEqual(schema["~standard"].validate({ c: 1 }));
  });

  it("waits for a member whose schema takes its time", async () => {
    const slow = z.object({ a: z.string().refine(async (text) => text !== "x") });
    const { check } = watched(slow);
    expect(await check({ a: "y" })).toEqual({ value: { a: "y" } });
    expect(await check({ a: "x" })).toHaveProperty("issues");
  });

  it("never says yes where zod says no, nor makes anything else of a value", () => {
    let taken = 0;
    fc.assert(
      fc.property(schemas.schema, fc.array(values.value, { minLength: 6, maxLength: 6 }), (schema, several) => {
        const { check, seen } = watched(schema);
        for (const value of several) {
          const before = seen.asked;
          const [found, wanted] = [check(value), schema["~standard"].validate(value)];
          expect(isDeepStrictEqual(found, wanted)).toBe(true);
          expect(JSON.stringify(found)).toBe(JSON.stringify(wanted));
          if (seen.asked === before) taken += 1;
        }
      }),
      { numRuns: 1_000 },
    );
    expect(taken).toBeGreaterThan(150);
  });
});

const texts = fc.constantFrom("", "a", "ab", "abc", "\u{1F600}", "\ud83d", "2024-02-29", valid.reference, "toString");
const bound = fc.integer({ min: 0, max: 3 });

const schemas = fc.letrec<{ schema: z.ZodType; leaf: z.ZodType; member: z.ZodType }>((tie) => ({
  leaf: fc.oneof(
    fc.tuple(bound, bound).map(([least, more]) =>
      z
        .string()
        .min(least)
        .max(least + more),
    ),
    fc.constantFrom<z.ZodType>(
      z.string(),
      z.string().regex(/^[ab]+$/u),
      z.guid(),
      z.iso.date(),
      z.string().refine((text) => text !== "ab"),
      z.boolean(),
      z.null(),
      z.enum(["a", "toString"]),
      z.literal(["ab", "a"]),
      z.literal(1),
      z.number(),
      z.int(),
      z.int().min(0).max(2),
      z.number().gt(1),
      z.number().multipleOf(2),
      z.unknown(),
      z.never(),
    ),
  ),
  member: fc.oneof(
    tie("schema"),
    tie("schema").map((one) => one.exactOptional()),
    tie("schema").map((one) => one.optional()),
    fc.constant(z.string().default("filled")),
    fc.constant(z.string().default("filled").nullable().optional()),
    fc.constant(z.string().catch("caught")),
  ),
  schema: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    tie("leaf"),
    tie("leaf").map((one) => one.nullable()),
    fc.tuple(tie("schema"), bound).map(([one, most]) => z.array(one).max(most)),
    fc.tuple(tie("schema"), tie("schema")).map((both) => z.union(both)),
    fc
      .tuple(
        fc.dictionary(names(), tie("member"), { maxKeys: 3 }),
        fc.constantFrom(z.object, z.strictObject, z.looseObject),
      )
      .map(([shape, object]) => object(shape)),
  ),
}));

const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    texts,
    fc.constantFrom<unknown>(0, 1, 2, -0, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, true, null, undefined),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(names(), tie("value"), { maxKeys: 3 }),
    fc.dictionary(names(), tie("value"), { maxKeys: 3 }).map((one) => Object.assign(Object.create(null), one)),
  ),
}));

function names(): fc.Arbitrary<string> {
  return fc.constantFrom("a", "b", "toString", "constructor");
}
