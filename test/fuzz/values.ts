import fc from "fast-check";

/** A schema as the spec writes it. */
export interface Written {
  readonly [keyword: string]: unknown;
}

/** Resolves `#/components/schemas/NAME`. */
export type Find = (reference: string) => Written;

/** Values that fit a schema, most of them: what a caller who has read the spec would send. */
export function valuesOf(schema: Written, find: Find, depth = 0): fc.Arbitrary<unknown> {
  if (typeof schema.$ref === "string") return valuesOf(find(schema.$ref), find, depth + 1);
  if ("const" in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  const choices = schema.oneOf as readonly Written[] | undefined;
  if (choices !== undefined) return fc.oneof(...choices.map((one) => valuesOf(one, find, depth + 1)));
  const [type = "string", ...more] = [schema.type ?? "string"].flat() as string[];
  const own = (byType[type] ?? texts)(schema, find, depth);
  return more.length === 0 ? own : fc.oneof(own, valuesOf({ ...schema, type: more }, find, depth));
}

type Make = (schema: Written, find: Find, depth: number) => fc.Arbitrary<unknown>;

/** Deeper than this nothing holds anything: schemas contain themselves. */
const deepest = 6;

const byType: Readonly<Record<string, Make>> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: ({ minimum = 1, maximum = 1_000 }) => fc.integer({ min: Number(minimum), max: Number(maximum) }),
  number: () => fc.integer({ min: 0, max: 10_000 }).map((cents) => cents / 100),
  array: ({ items = {}, minItems = 0, maxItems = 3 }, find, depth) =>
    depth > deepest
      ? fc.constant([])
      : fc.array(valuesOf(items as Written, find, depth + 1), {
          minLength: Number(minItems),
          maxLength: Math.min(3, Number(maxItems)),
        }),
  object: ({ properties = {}, required = [], additionalProperties }, find, depth) => {
    const known = Object.entries(properties as Record<string, Written>)
      .filter(([name]) => depth <= deepest || (required as string[]).includes(name))
      .map(([name, one]) => [name, valuesOf(one, find, depth + 1)] as const);
    const requiredKeys = (required as string[]).filter((name) => known.some(([one]) => one === name));
    const record = fc.record(Object.fromEntries(known), { requiredKeys });
    if (typeof additionalProperties !== "object") return record;
    const rest = fc.dictionary(fc.string(), valuesOf(additionalProperties as Written, find, depth + 1), { maxKeys: 3 });
    return fc.tuple(record, rest).map(([one, more]) => ({ ...more, ...one }));
  },
};

const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  email: fc.emailAddress(),
  uri: fc.oneof(fc.constant("https://hooks.example.com/a"), fc.webUrl()),
  "date-time": fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date("2100-01-01") })
    .map((one) => one.toISOString()),
};

function texts({ format, pattern, minLength = 0, maxLength = 20 }: Written): fc.Arbitrary<string> {
  const known = formats[String(format)];
  if (known !== undefined) return known;
  if (typeof pattern === "string")
    return fc.stringMatching(new RegExp(pattern)).map((text) => text.slice(0, Number(maxLength)));
  return fc.string({ unit: "grapheme", minLength: Number(minLength), maxLength: Math.min(20, Number(maxLength)) });
}

/** What no schema asks for. */
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 0, 1e308, -0, 0.1, 2 ** 53, "", "__proto__", "\u0000", "\ud800", "\u2028"),
  fc.constantFrom("http://169.254.169.254/", "../../etc/passwd", "a\r\nb: c", "%00", "a".repeat(5_000)),
  fc.jsonValue({ maxDepth: 3 }),
  fc.integer({ min: 1, max: 60 }).map(nested),
  fc.array(fc.constant({}), { minLength: 30, maxLength: 60 }),
  fc
    .constantFrom("__proto__", "constructor", "toString", "prototype")
    .map((key): unknown => JSON.parse(`{"${key}":{"polluted":true}}`)),
);

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let left = depth; left > 0; left--) value = left % 2 === 0 ? [value] : { a: value };
  return value;
}

/** The same values with one place in them replaced or dropped, or a stranger beside it. */
export function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const how = fc.constantFrom("replace", "drop", "add");
  return fc.tuple(values, hostile, fc.nat(12), how).map(([value, by, at, change]) => {
    let left = at;
    const visit = (one: unknown): unknown => {
      if (left-- === 0) {
        if (change === "drop") return undefined;
        return change === "add" && isObject(one) ? { ...one, stranger: by } : by;
      }
      if (Array.isArray(one)) return one.map(visit);
      return isObject(one)
        ? Object.fromEntries(Object.entries(one).map(([name, member]) => [name, visit(member)]))
        : one;
    };
    return visit(value) ?? by;
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
