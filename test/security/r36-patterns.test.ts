import { describe, expect, it } from "vitest";
import { costOf } from "../../generator/rules/pattern-cost.js";
import { patternFaults } from "../../generator/rules/patterns.js";
import { schemaFor } from "../unit/generator/view/evaluate.js";
import { specOf } from "../unit/generator/view/spec.js";

const schema = (pattern: string, maxLength?: number) => ({
  type: "string",
  pattern,
  ...(maxLength === undefined ? {} : { maxLength }),
});
const complaints = (one: object, only?: readonly string[]) =>
  patternFaults(specOf({ components: { schemas: { A: one } } }), only === undefined ? {} : { only });
const codes = (pattern: string, maxLength?: number) => complaints(schema(pattern, maxLength)).map((one) => one.code);

const harmless = [
  "^[a-z0-9-]+$",
  "^\\d{4}-\\d{2}-\\d{2}$",
  "^[a-z0-9]+(?:-[a-z0-9]+)*$",
  "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
  "^x-",
  "^\\p{L}+ \\p{N}+$",
];
const quadratic = ["^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", "^\\s+|\\s+$", "[a-z]+$"];
const cubic = ["^.*foo.*bar.*$", "^[a-z]*[a-z]*[a-z]*$"];
const exponential = ["^(a+)+$", "^(a|a)*$", "^(\\w+\\s?)*$", "^([a-z]+)*\\d$", "^(.*)*$|^b"];
const unjudged = ["^(?=.*[A-Z])(?=.*\\d).{8,}$", "^(a)\\1+$"];

describe("R36 a pattern is proved harmless, or meets short texts only", () => {
  it.each(harmless)("%s is taken as it is", (pattern) => {
    expect(codes(pattern)).toEqual([]);
  });

  it.each(quadratic)("%s needs a maxLength", (pattern) => {
    expect([codes(pattern), codes(pattern, 3_163), codes(pattern, 3_162)]).toEqual([["SP430"], ["SP430"], []]);
  });

  it.each(cubic)("%s needs a small one", (pattern) => {
    expect([codes(pattern), codes(pattern, 216), codes(pattern, 215)]).toEqual([["SP430"], ["SP430"], []]);
  });

  it.each(exponential)("%s is refused at any length", (pattern) => {
    expect([codes(pattern), codes(pattern, 30)]).toEqual([["SP430"], ["SP430"]]);
  });

  it.each(unjudged)("%s, which nobody can judge, needs a small one", (pattern) => {
    expect([codes(pattern), codes(pattern, 257), codes(pattern, 256)]).toEqual([["SP431"], ["SP431"], []]);
  });

  it("names of properties have no length that would help", () => {
    expect(
      complaints({ patternProperties: { "^(a+)+$": {}, "^x-": {}, "[a-z]+$": {} } }).map((one) => one.code),
    ).toEqual(["SP430", "SP430"]);
  });

  it("the complaint shows a text, and says what would do", () => {
    const [fault] = complaints(schema("^(a+)+$"));
    expect(fault?.message).toMatch(/takes time without end: 'a' \+ 'a'\.repeat\(\d+\) \+ '\\x00' shows it/);
    const [slow] = complaints(schema("[a-z]+$"));
    expect(slow).toMatchObject({ severity: "error", fix: expect.stringContaining("maxLength: 3162") });
  });

  it("a client matches nothing that a stranger sends", () => {
    expect(complaints(schema("^(a+)+$"), ["types", "client"])).toEqual([]);
  });
});

describe("R36 what is let through keeps to 100 ms under attack", () => {
  const bounded = [
    ...harmless.map((pattern) => [pattern, undefined] as const),
    ...quadratic.map((pattern) => [pattern, 3_162] as const),
    ...cubic.map((pattern) => [pattern, 215] as const),
    ...unjudged.map((pattern) => [pattern, 256] as const),
  ];

  it.each(bounded)("%s within %s", (pattern, maxLength) => {
    const subject = schemaFor("request", schema(pattern, maxLength));
    const cost = costOf(pattern);
    const proof = "text" in cost ? String(new Function(`return ${cost.text}`)()) : "";
    const attacks = [proof, "a", "\t", "@.", "a1A", "foobar", "-a", "A=", " "].flatMap((text) =>
      [maxLength ?? 100_000, 100_000].map(
        (length) => `${text.padEnd(length, text === "" ? "a" : text).slice(0, length - 1)}\0`,
      ),
    );
    subject.safeParse("warm");
    const slowest = Math.max(
      ...attacks.map((attack) => {
        // The quickest of three: what is measured is the pattern, not what else the machine does.
        const times = [0, 0, 0].map(() => {
          const begun = performance.now();
          subject.safeParse(attack);
          return performance.now() - begun;
        });
        return Math.min(...times);
      }),
    );
    expect(slowest).toBeLessThan(100);
  });
});
