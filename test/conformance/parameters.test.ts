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
} from "../../runtime/src/http/fields.js";
import type { Field } from "../../runtime/src/policy/index.js";
import { list, nested, object, type Sample, scalar, scalars, shut, types } from "../support/samples.js";
import { wiresOf } from "../support/wires.js";

type Place = "path" | "query" | "querystring" | "header" | "cookie";
type Input = Readonly<Record<string, unknown>>;

/** What the client puts on the wire for one parameter. */
function encode(place: Place, fields: readonly Field[], input: Input): string {
  switch (place) {
    case "path":
      return encodePath("/{it}", fields, input).slice(1);
    case "header":
      return encodeHeaders(fields, input).it ?? "";
    case "cookie":
      return encodeCookies(fields, input)
        .map(([name, text]) => `${name}=${text}`)
        .join("; ");
    default:
      return encodeQuery(fields, input);
  }
}

/** What the server makes of it. */
function decode(place: Place, fields: readonly Field[], text: string, sent: boolean): unknown {
  const headers = (wanted: string) => ({ all: (name: string) => (name === wanted && sent ? [text] : []) });
  const decoded =
    place === "path"
      ? decodePath(fields, { it: text })
      : place === "header"
        ? decodeHeader(fields, headers("it"))
        : place === "cookie"
          ? decodeCookie(fields, headers("cookie"))
          : decodeQuery(fields, text);
  if ("faults" in decoded) throw new Error(JSON.stringify(decoded.faults));
  return decoded.value.it;
}

const fieldsOf = (place: Place, parameter: object): readonly Field[] => {
  const required = place === "path" ? { required: true } : {};
  const [wire] = wiresOf([{ parameters: [{ name: "it", in: place, ...required, ...parameter }] }]);
  return wire?.[place === "querystring" ? "query" : place] ?? [];
};

describe("the table of styles of OpenAPI 3.2, 4.12.2.3", () => {
  const color = {
    string: { type: "string" },
    array: { type: "array", items: { type: "string" } },
    object: { type: "object", properties: { R: { type: "integer" }, G: { type: "integer" }, B: { type: "integer" } } },
  } as const;
  const values = { string: "blue", array: ["blue", "black", "brown"], object: { R: 100, G: 200, B: 150 } } as const;
  const rows: readonly (readonly [
    Place,
    string,
    boolean,
    string | undefined,
    string | undefined,
    string | undefined,
  ])[] = [
    ["path", "matrix", false, ";it=blue", ";it=blue,black,brown", ";it=R,100,G,200,B,150"],
    ["path", "matrix", true, ";it=blue", ";it=blue;it=black;it=brown", ";R=100;G=200;B=150"],
    ["path", "label", false, ".blue", ".blue,black,brown", ".R,100,G,200,B,150"],
    ["path", "label", true, ".blue", ".blue.black.brown", ".R=100.G=200.B=150"],
    ["path", "simple", false, "blue", "blue,black,brown", "R,100,G,200,B,150"],
    ["path", "simple", true, "blue", "blue,black,brown", "R=100,G=200,B=150"],
    ["header", "simple", false, "blue", "blue,black,brown", "R,100,G,200,B,150"],
    ["header", "simple", true, "blue", "blue,black,brown", "R=100,G=200,B=150"],
    ["query", "form", false, "it=blue", "it=blue,black,brown", "it=R,100,G,200,B,150"],
    ["query", "form", true, "it=blue", "it=blue&it=black&it=brown", "R=100&G=200&B=150"],
    ["query", "spaceDelimited", false, "it=blue", "it=blue%20black%20brown", "it=R%20100%20G%20200%20B%20150"],
    ["query", "spaceDelimited", true, "it=blue", "it=blue&it=black&it=brown", "R=100&G=200&B=150"],
    ["query", "pipeDelimited", false, "it=blue", "it=blue%7Cblack%7Cbrown", "it=R%7C100%7CG%7C200%7CB%7C150"],
    ["query", "pipeDelimited", true, "it=blue", "it=blue&it=black&it=brown", "R=100&G=200&B=150"],
    [
      "query",
      "deepObject",
      true,
      "it=blue",
      "it%5B0%5D=blue&it%5B1%5D=black&it%5B2%5D=brown",
      "it%5BR%5D=100&it%5BG%5D=200&it%5BB%5D=150",
    ],
    [
      "query",
      "deepObject",
      false,
      "it=blue",
      "it%5B0%5D=blue&it%5B1%5D=black&it%5B2%5D=brown",
      "it%5BR%5D=100&it%5BG%5D=200&it%5BB%5D=150",
    ],
    ["cookie", "form", false, "it=blue", "it=blue,black,brown", "it=R,100,G,200,B,150"],
    ["cookie", "form", true, "it=blue", "it=blue; it=black; it=brown", "R=100; G=200; B=150"],
    ["cookie", "cookie", false, "it=blue", "it=blue,black,brown", "it=R,100,G,200,B,150"],
    ["cookie", "cookie", true, "it=blue", "it=blue; it=black; it=brown", "R=100; G=200; B=150"],
  ];
  for (const [place, style, explode, ...texts] of rows) {
    for (const [at, type] of (["string", "array", "object"] as const).entries()) {
      it(`${place} ${style} explode=${explode} ${type}: ${texts[at]}`, () => {
        const fields = fieldsOf(place, { style, explode, schema: color[type] });
        const text = encode(place, fields, { it: values[type] });
        expect(text).toBe(texts[at]);
        expect(plain(decode(place, fields, text, true))).toEqual(values[type]);
      });
    }
  }

  it("an empty text is a text", () => {
    const empty = ["query form it=", "cookie form it=", "cookie cookie it=", "header simple "];
    for (const row of empty) {
      const [place, style, text] = row.split(" ") as [Place, string, string];
      const fields = fieldsOf(place, { style, schema: color.string });
      expect(encode(place, fields, { it: "" })).toBe(text);
      expect(decode(place, fields, text, true)).toBe("");
    }
    // RFC 6570, 3.2.7: what a client of another make may send; ours refuses it (R58).
    expect(decode("path", fieldsOf("path", { style: "matrix", schema: color.string }), ";it", true)).toBe("");
  });
});

const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** Empty lists and objects have no text where they are spread: they come as absent (docs/wire.md). */
function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function withoutEmpty(form: unknown): unknown {
  const lists = ([, one]: [string, unknown]) => !Array.isArray(one) || one.length > 0;
  return Object.fromEntries(Object.entries(form as object).filter(lists));
}

const seed = 20_261_125;
const tries = { schemas: 6, values: 25 };
const counts = { equal: 0, refused: 0 };

function agree(place: Place, parameter: (schema: object) => object, type: fc.Arbitrary<Sample>): number {
  const samples = fc.sample(type, { numRuns: tries.schemas, seed });
  const required = place === "path" ? { required: true } : {};
  const wires = wiresOf(
    samples.map(({ schema }) => ({ parameters: [{ name: "it", in: place, ...required, ...parameter(schema) }] })),
  );
  let equal = 0;
  for (const [at, { values }] of samples.entries()) {
    const fields = wires[at]?.[place === "querystring" ? "query" : place] ?? [];
    expect(fields).toHaveLength(1);
    const isForm = fields[0]?.form !== undefined;
    const check = (value: unknown) => {
      let sent: string;
      try {
        sent = encode(place, fields, { it: value });
      } catch (thrown) {
        if (!(thrown instanceof EncodingError)) throw thrown;
        counts.refused++;
        return;
      }
      const received = plain(decode(place, fields, sent, sent !== "" || place === "header"));
      const wanted = isForm ? withoutEmpty(value) : value;
      if (received === undefined) expect(isEmpty(wanted)).toBe(true);
      else expect(received).toEqual(plain(wanted));
      equal++;
    };
    fc.assert(fc.property(values, check), { numRuns: tries.values, seed });
  }
  counts.equal += equal;
  return equal;
}

describe("random values of random schemas come back equal, or are refused by the client", () => {
  const styles = {
    path: ["simple", "label", "matrix"],
    query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
    header: ["simple"],
    cookie: ["form", "cookie"],
  } as const;
  for (const place of ["path", "query", "header", "cookie"] as const) {
    for (const style of styles[place]) {
      for (const explode of [false, true]) {
        for (const [type, samples] of Object.entries(types)) {
          // An object whose names are open takes every cookie: generation stops on it (SP172).
          const closed = place === "cookie" && explode && (type === "object" || type === "nested");
          const some = closed ? samples.map(shut) : samples;
          it(`${place} ${style} explode=${explode} ${type}`, () => {
            expect(agree(place, (schema) => ({ style, explode, schema }), some)).toBeGreaterThan(tries.schemas);
          });
          if (place === "path" || place === "query")
            it(`${place} ${style} explode=${explode} ${type}, allowReserved`, () => {
              const parameter = (schema: object) => ({ style, explode, allowReserved: true, schema });
              expect(agree(place, parameter, some)).toBeGreaterThan(tries.schemas);
            });
        }
      }
    }
    it(`${place} content: application/json`, () => {
      const parameter = (schema: object) => ({ content: { "application/json": { schema } } });
      expect(agree(place, parameter, fc.oneof(...Object.values(types)))).toBeGreaterThan(tries.schemas);
    });
    it(`${place} content: text/plain`, () => {
      const parameter = (schema: object) => ({ content: { "text/plain": { schema } } });
      expect(agree(place, parameter, fc.constant(scalars[0] as Sample))).toBeGreaterThan(tries.schemas);
    });
    it(`${place} content: application/x-www-form-urlencoded`, () => {
      const parameter = (schema: object) => ({ content: { "application/x-www-form-urlencoded": { schema } } });
      expect(agree(place, parameter, object(scalar).map(shut))).toBeGreaterThan(tries.schemas);
    });
  }
  it.each(["application/json", "text/plain", "application/x-www-form-urlencoded"])("querystring %s", (media) => {
    const type = {
      "application/json": nested,
      "text/plain": fc.constant(scalars[0] as Sample),
      "application/x-www-form-urlencoded": object(fc.oneof(scalar, list(scalar), nested)).map(shut),
    }[media] as fc.Arbitrary<Sample>;
    expect(agree("querystring", (schema) => ({ content: { [media]: { schema } } }), type)).toBeGreaterThan(
      tries.schemas,
    );
  });
  it("refusals are the exception", () => {
    expect(counts.equal).toBeGreaterThan(10_000);
    expect(counts.refused).toBeLessThan(counts.equal);
  });
});
