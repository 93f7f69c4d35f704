import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeCookie,
  decodeHeader,
  decodePath,
  decodeQuery,
  EncodingError,
  encodeCookies,
  encodeHeaders,
  encodePath,
  encodeQuery,
} from "../../../../runtime/src/http/fields.js";
import type { Field, Kind } from "../../../../runtime/src/policy/index.js";

const text = fc.string({ unit: "grapheme", minLength: 1 });
const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n));

/** A kind with values that it carries. */
const carried = (word: fc.Arbitrary<string>): readonly (readonly [Kind, fc.Arbitrary<unknown>])[] => [
  ["string", word],
  ["integer", fc.maxSafeInteger()],
  ["number", number],
  ["boolean", fc.boolean()],
  [["string"], fc.array(word, { minLength: 1 })],
  [["integer"], fc.array(fc.maxSafeInteger(), { minLength: 1 })],
  [{ a: "string", b: "integer" }, fc.record({ a: word, b: fc.maxSafeInteger() })],
];

const headersOf = (pairs: Readonly<Record<string, string>>) => {
  const lines = new Map(Object.entries(pairs).map(([name, value]) => [name.toLowerCase(), [value]]));
  return { all: (name: string) => lines.get(name) ?? [] };
};

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("what one half encodes the other decodes", () => {
  const paths = ["simple", "label", "matrix"] as const;
  const queries = ["form", "spaceDelimited", "pipeDelimited", "deepObject"] as const;
  for (const explode of [false, true]) {
    for (const style of paths) {
      for (const [kind, values] of carried(text)) {
        // A label and an exploded object need delimiters that percent-encoding leaves alone in values.
        const dotted = style === "label" && explode && typeof kind === "object";
        it(`path ${style} explode=${explode} ${JSON.stringify(kind)}`, () => {
          const field: Field = { name: "it", kind, style, explode };
          fc.assert(
            fc.property(dotted ? carriedToken(kind) : values, (value) => {
              const path = encodeOr(() => encodePath("/x/{it}", [field], { it: value }));
              fc.pre(path !== undefined);
              const raw = path?.slice("/x/".length) ?? "";
              expect(plain(decodePath([field], { it: raw }))).toEqual({ value: { it: plain(value) } });
            }),
          );
        });
      }
    }
    for (const style of queries) {
      for (const [kind, values] of carried(text)) {
        if (style === "deepObject" && (Array.isArray(kind) || typeof kind === "string")) continue;
        if (style.endsWith("Delimited") && typeof kind === "string") continue;
        it(`query ${style} explode=${explode} ${JSON.stringify(kind)}`, () => {
          const field: Field = { name: "it[]", kind, style, explode };
          fc.assert(
            fc.property(values, (value) => {
              const query = encodeOr(() => encodeQuery([field], { "it[]": value }));
              fc.pre(query !== undefined);
              expect(plain(decodeQuery([field], query ?? ""))).toEqual({ value: { "it[]": plain(value) } });
            }),
          );
        });
      }
    }
    for (const [kind, values] of carried(token)) {
      it(`header explode=${explode} ${JSON.stringify(kind)}`, () => {
        const field: Field = { name: "X-It", kind, explode };
        fc.assert(
          fc.property(values, (value) => {
            expect(plain(decodeHeader([field], headersOf(encodeHeaders([field], { "X-It": value }))))).toEqual({
              value: { "X-It": plain(value) },
            });
          }),
        );
      });
      it(`cookie explode=${explode} ${JSON.stringify(kind)}`, () => {
        const field: Field = { name: "it", kind, explode };
        fc.assert(
          fc.property(values, (value) => {
            const cookie = encodeCookies([field], { it: value })
              .map(([name, one]) => `${name}=${one}`)
              .join("; ");
            expect(plain(decodeCookie([field], headersOf({ cookie })))).toEqual({ value: { it: plain(value) } });
          }),
        );
      });
    }
  }

  it("a parameter with content carries any JSON, in a query", () => {
    const field: Field = { name: "filter", kind: "json" };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        fc.pre(!JSON.stringify(value).includes("__proto__"));
        expect(plain(decodeQuery([field], encodeQuery([field], { filter: value })))).toEqual({
          value: { filter: plain(value) },
        });
      }),
    );
  });
});

function carriedToken(kind: Kind): fc.Arbitrary<unknown> {
  const found = carried(token).find(([one]) => JSON.stringify(one) === JSON.stringify(kind));
  return found === undefined ? fc.constant(undefined) : found[1];
}

/** `undefined` where the style says that it cannot carry the value. */
function encodeOr(encode: () => string): string | undefined {
  try {
    return encode();
  } catch (thrown) {
    if (thrown instanceof EncodingError) return undefined;
    throw thrown;
  }
}

describe("R35 a repeated scalar is malformed", () => {
  const field: Field = { name: "id" };
  it("in a query", () => expect(decodeQuery([field], "id=a&id=b")).toHaveProperty("faults"));
  it("in a query, by another spelling", () => expect(decodeQuery([field], "id=a&%69d=b")).toHaveProperty("faults"));
  it("in a header", () => expect(decodeHeader([field], { all: () => ["a", "b"] })).toHaveProperty("faults"));
  it("in a cookie", () => expect(decodeCookie([field], headersOf({ cookie: "id=a; id=b" }))).toHaveProperty("faults"));
  it("under a name that no field has", () => expect(decodeQuery([], "x=a&x=b")).toHaveProperty("faults"));
});

describe("R35 one spelling", () => {
  const deep: Field = { name: "f", style: "deepObject", kind: { a: "string", b: ["string"] } };
  it.each(["f[a]=1&f[a]=2", "f[b]=1", "f[b][1]=x", "f[b][0]=x&f[b][0]=y", "f[a]=1&f[a][c]=2", "f[b][0]=x&f[b][00]=y"])(
    "deepObject %s",
    (query) => expect(decodeQuery([deep], query)).toHaveProperty("faults"),
  );
  it("brackets that nest beyond every bound are refused, not followed", () => {
    expect(decodeQuery([deep], `f${"[a]".repeat(10_000)}=1`)).toHaveProperty("faults");
  });
  it("allowEmptyValue: an empty text is a parameter that is left out", () => {
    const field: Field = { name: "n", kind: "integer", allowEmptyValue: true };
    expect(plain(decodeQuery([field], "n="))).toEqual({ value: {} });
    expect(plain(decodeQuery([field], "n"))).toEqual({ value: {} });
    expect(plain(decodeQuery([{ ...field, allowEmptyValue: false }], "n="))).toEqual({ value: { n: "" } });
  });
  it("cookies in the style cookie are never percent-decoded, those in form are once", () => {
    const cookie = headersOf({ cookie: "it=%2C" });
    expect(decodeCookie([{ name: "it", style: "cookie" }], cookie)).toHaveProperty("value.it", "%2C");
    expect(decodeCookie([{ name: "it" }], cookie)).toHaveProperty("value.it", ",");
  });
  it("headers are never percent-decoded", () => {
    expect(decodeHeader([{ name: "it" }], headersOf({ it: "%2C" }))).toHaveProperty("value.it", "%2C");
  });
});

describe("decoding", () => {
  it("reads numbers by JSON's grammar only", () => {
    const field: Field = { name: "n", kind: "integer" };
    for (const odd of ["0x10", "1e", " 1", "01", "+1", "NaN", "", "١"]) {
      const decoded = decodeQuery([field], `n=${encodeURIComponent(odd)}`);
      expect(decoded).toHaveProperty("value.n", odd);
    }
  });

  it("reads true and false only as booleans", () => {
    expect(decodeQuery([{ name: "b", kind: "boolean" }], "b=True")).toHaveProperty("value.b", "True");
  });

  it("decodes once", () => expect(decodePath([{ name: "id" }], { id: "%2527" })).toEqual({ value: { id: "%27" } }));

  it("refuses broken percent-encoding", () => {
    expect(decodePath([{ name: "id" }], { id: "%zz" })).toHaveProperty("faults");
    expect(decodeQuery([{ name: "id" }], "id=%ff")).toHaveProperty("faults");
  });

  it.each<[string, Field, string]>([
    ["deepObject", { name: "f", style: "deepObject", kind: { a: "string" } }, "f[__proto__]=1"],
    ["deeper", { name: "f", style: "deepObject", kind: { a: { b: "string" } } }, "f[a][__proto__]=1"],
    ["form", { name: "f", explode: false, kind: { a: "string" } }, "f=__proto__,1"],
    ["spread", { name: "f", kind: { "*": "string" } }, "__proto__=1"],
    ["JSON", { name: "f", kind: "json" }, `f=${encodeURIComponent('{"__proto__":1}')}`],
    ["form in a parameter", { name: "f", form: [] }, "f=__proto__%3D1"],
    ["whole", { name: "f", form: [], whole: true }, "__proto__=1"],
  ])("R32 __proto__ within a parameter is refused: %s", (_style, field, query) => {
    expect(decodeQuery([field], query)).toHaveProperty("faults");
  });

  it("R32 __proto__ is a name like any other", () => {
    const decoded = decodeQuery([{ name: "f", style: "deepObject", kind: { a: "string" } }], "f[a]=1&__proto__=2");
    expect(({} as Record<string, unknown>).a).toBeUndefined();
    expect("value" in decoded && Object.getPrototypeOf(decoded.value)).toBeNull();
    expect("value" in decoded && Object.keys(decoded.value)).toEqual(["f", "__proto__"]);
  });

  it("keeps unknown query parameters, for a strict schema to refuse", () => {
    expect(plain(decodeQuery([], "role=admin"))).toEqual({ value: { role: "admin" } });
  });
});

describe("R58 a path value cannot change the path", () => {
  const fields: readonly Field[] = [{ name: "id" }];
  it.each(["", ".", ".."])("%j is refused", (id) => {
    expect(() => encodePath("/orders/{id}", fields, { id })).toThrow(EncodingError);
  });
  it.each(["a/b", "a?b", "a#b", "%2e%2e", "a\\b", "é", "a;b"])("%j stays one segment, and comes back", (id) => {
    const path = encodePath("/orders/{id}", fields, { id });
    expect(new URL(`https://x.example${path}`).pathname.split("/")).toHaveLength(3);
    expect(plain(decodePath(fields, { id: path.slice("/orders/".length) }))).toEqual({ value: { id } });
  });
  it("two values that make .. together are refused", () => {
    expect(() => encodePath("/{a}{b}", [{ name: "a" }, { name: "b" }], { a: ".", b: "." })).toThrow(EncodingError);
  });
});

describe("several values in one segment of a path", () => {
  const [base, head] = [{ name: "base" }, { name: "head" }];
  const write = (path: string, input: object) => () => encodePath(path, [base, head], { ...input });
  it.each([
    ["/{base}...{head}", { base: "v1.", head: "v2" }],
    ["/{base}-{head}", { base: "a-b", head: "c" }],
    ["/{base} {head}", { base: "a b", head: "c" }],
    ["/{base}{head}", { base: "ab", head: "c" }],
    ["/{base}-{head}", { base: "", head: "c" }],
    ["/{base}-{head}", { base: "a", head: "" }],
  ])("%s is not written with %j: a server would take them apart elsewhere", (path, input) =>
    expect(write(path, input)).toThrow(EncodingError),
  );
  it.each([
    ["/{base}...{head}", { base: "v1.0", head: "v2...3" }, "/v1.0...v2...3"],
    ["/{base}-{head}", { base: "-", head: "a-b" }, "/--a-b"],
    ["/{base}{head}", { base: "a", head: "bc" }, "/abc"],
  ])("%s with %j is %s", (path, input, wanted) => expect(write(path, input)()).toBe(wanted));
});

describe("an empty text that stands for a parameter that is left out", () => {
  const list: readonly Field[] = [{ name: "it", kind: ["string"], allowEmptyValue: true }];
  it("is not written for a list of one empty text", () => {
    expect(() => encodeQuery(list, { it: [""] })).toThrow(EncodingError);
    expect(encodeQuery(list, { it: ["", "a"] })).toBe("it=&it=a");
    expect(plain(decodeQuery(list, "it="))).toEqual({ value: {} });
  });
});

describe("names of an exploded object among cookies", () => {
  it.each([true, false])("come back as they are, allowReserved: %j", (allowReserved) => {
    const fields = [{ name: "it", kind: { "q&a": "string" }, allowReserved }] as const;
    const [[name, text] = ["", ""]] = encodeCookies(fields, { it: { "q&a": "x" } });
    const headers = headersOf({ cookie: `%zz=1; ${name}=${text}` });
    expect(plain(decodeCookie(fields, headers))).toEqual({ value: { it: { "q&a": "x" } } });
  });
});

describe("R55 a header value cannot split the header section", () => {
  it.each(["a\r\nX-Evil: 1", "a\nb", "a\0b"])("%j is refused", (value) => {
    expect(() => encodeHeaders([{ name: "X-It" }], { "X-It": value })).toThrow(EncodingError);
    expect(() => encodeCookies([{ name: "it", style: "cookie" }], { it: value })).toThrow(EncodingError);
    expect(
      encodeCookies([{ name: "it" }], { it: value })
        .flat()
        .join(),
    ).not.toMatch(/[\r\n\0]/);
  });
});

describe("names that several parameters of a query would take", () => {
  const fields = [
    { name: "version" },
    { name: "kernel", kind: { value: "string", version: "string", own: "string" } },
    { name: "disk", kind: { value: "string" } },
  ] as const;

  it("a parameter's own name is its own", () =>
    expect(plain(decodeQuery(fields, "version=1&own=2"))).toEqual({ value: { version: "1", kernel: { own: "2" } } }));

  it("what two objects would take is malformed", () =>
    expect(decodeQuery(fields, "value=1")).toMatchObject({ faults: [{ pointer: "#/kernel" }, { pointer: "#/disk" }] }));

  it("two objects with open names read none that nobody lists", () => {
    const open = [
      { name: "a", kind: { "*": "string", x: "string" } },
      { name: "b", kind: { "*": "string" } },
    ] as const;
    expect(plain(decodeQuery(open, "x=1"))).toEqual({ value: { a: { x: "1" } } });
    expect(decodeQuery(open, "y=1")).toHaveProperty("faults");
    expect(() => encodeQuery(open, { b: { y: "1" } })).toThrow("another parameter's");
    expect(() => encodeQuery(open, { b: { x: "1" } })).toThrow("another parameter's");
  });

  it.each([{ kernel: { version: "1" } }, { kernel: { value: "1" } }, { disk: { value: "1" } }])(
    "%j is not written: it would be read as another's",
    (input) => expect(() => encodeQuery(fields, input)).toThrow("another parameter's"),
  );

  it("what is its own is written", () => expect(encodeQuery(fields, { kernel: { own: "1" } })).toBe("own=1"));

  it("what another object with open names lists is left to it", () => {
    const open = [
      { name: "a", kind: { "*": "string" } },
      { name: "b", kind: { "*": "string", y: "string" } },
    ] as const;
    expect(plain(decodeQuery(open, "y=1"))).toEqual({ value: { b: { y: "1" } } });
  });

  const deep = [
    { name: "a", kind: { "*": "string" }, style: "deepObject" },
    { name: "a[b]" },
    { name: "a[c]", kind: { "*": "string" }, style: "deepObject" },
    { name: "rest", kind: { "*": "string" } },
  ] as const;
  it("what stands in brackets is the parameter's that is called so, or the nearest one's", () =>
    expect(plain(decodeQuery(deep, "a[b]=1&a[c][d]=2&a[e]=3&f=4"))).toEqual({
      value: { a: { e: "3" }, "a[b]": "1", "a[c]": { d: "2" }, rest: { f: "4" } },
    }));
  it.each([{ a: { b: "1" } }, { rest: { "a[e]": "1" } }, { rest: { "a[b]": "1" } }])(
    "%j is not written: it would be read in brackets",
    (input) => expect(() => encodeQuery(deep, input)).toThrow("another parameter's"),
  );
  it("a name of ours that is left over is malformed", () =>
    expect(decodeQuery([{ name: "a", kind: { b: "string" }, style: "deepObject" }], "a[b]=1&a=2")).toHaveProperty(
      "faults",
    ));
});
