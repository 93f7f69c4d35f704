import fc from "fast-check";

/** A schema, and values of it. */
export interface Sample {
  readonly schema: object;
  readonly values: fc.Arbitrary<unknown>;
}

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "a b",
    "a,b",
    "a|b",
    "a.b",
    "a;b",
    "a=b",
    "a&b=c",
    "a+b",
    "100%",
    "%2C",
    "[0]",
    "é",
    "😀",
    "null",
    "true",
    "1",
  ),
);
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n));

export const scalars: readonly Sample[] = [
  { schema: { type: "string" }, values: text },
  { schema: { type: ["string", "null"] }, values: text },
  { schema: { type: "string", enum: ["a", "b c"] }, values: fc.constantFrom("a", "b c") },
  { schema: { type: "integer" }, values: fc.maxSafeInteger() },
  { schema: { type: "number" }, values: double },
  { schema: { anyOf: [{ type: "integer" }, { type: "number" }] }, values: double },
  { schema: { type: "boolean" }, values: fc.boolean() },
  { schema: { const: 7 }, values: fc.constant(7) },
];
export const scalar = fc.constantFrom(...scalars);

export const list = (of: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> =>
  of.map(({ schema, values }) => ({
    schema: { type: "array", items: schema },
    values: fc.array(values, { maxLength: 5 }),
  }));

const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/),
  fc.constantFrom("a b", "a.b", "x[y]", "é", "constructor", "toString", "n=1", "q&a"),
);

/** Objects with required, optional and, at times, open names. */
export const object = (of: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> =>
  fc.tuple(fc.dictionary(name, of, { minKeys: 1, maxKeys: 4 }), fc.boolean(), of).map(([properties, open, others]) => {
    const entries = Object.entries(properties);
    const known = fc.record(Object.fromEntries(entries.map(([key, one]) => [key, one.values])), { requiredKeys: [] });
    const more = fc.dictionary(fc.stringMatching(/^other[a-z]{0,3}$/), others.values, { maxKeys: 2 });
    return {
      schema: {
        type: "object",
        properties: Object.fromEntries(entries.map(([key, one]) => [key, one.schema])),
        additionalProperties: open ? others.schema : false,
      },
      values: open ? fc.tuple(more, known).map(([a, b]) => ({ ...a, ...b })) : known,
    };
  });

export const nested = fc.oneof(list(list(scalar)), list(object(scalar)), object(list(scalar)), object(object(scalar)));
export const types = { primitive: scalar, array: list(scalar), object: object(scalar), nested } as const;

/** Without names that the schema does not list. */
export function shut({ schema, values }: Sample): Sample {
  const { properties } = schema as { properties?: Readonly<Record<string, object>> };
  if (properties === undefined) return { schema, values };
  const known = (value: unknown) =>
    Object.fromEntries(Object.entries(value as object).filter(([key]) => Object.hasOwn(properties, key)));
  return { schema: { ...schema, additionalProperties: false }, values: values.map(known) };
}
