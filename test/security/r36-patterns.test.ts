import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DiagnosticError } from "../../generator/code/diagnostic.js";
import { type EmitOptions, emit, type FileName } from "../../generator/generate.js";
import { costOf } from "../../generator/patterns/cost.js";
import { patternFaults } from "../../generator/rules/patterns.js";
import { schemaFor } from "../unit/generator/view/evaluate.js";
import { specOf } from "../unit/generator/view/spec.js";

const schema = (pattern: string, maxLength?: number) => ({
  type: "string",
  pattern,
  ...(maxLength === undefined ? {} : { maxLength }),
});
const complaints = (one: object) => patternFaults(specOf({ components: { schemas: { A: one } } }));
const codes = (pattern: string, maxLength?: number) => complaints(schema(pattern, maxLength)).map((one) => one.code);

const harmless = [
  "^[a-z0-9-]+$",
  "^\\d{4}-\\d{2}-\\d{2}$",
  "^[a-z0-9]+(?:-[a-z0-9]+)*$",
  "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
  "^x-",
  "^\\p{L}+ \\p{N}+$",
];
const quadratic = [
  "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$",
  "^\\s+|\\s+$",
  "[a-z]+$",
  "^(?=.*[A-Z])(?=.*\\d).{8,}$",
  "^(?!.*--)[a-z-]{1,63}$",
];
const cubic = ["^.*foo.*bar.*$", "^[a-z]*[a-z]*[a-z]*$"];
const exponential = [
  "^(a+)+$",
  "^(a|a)*$",
  "^(\\w+\\s?)*$",
  "^([a-z]+)*\\d$",
  "^(.*)*$|^b",
  "^(?=(a+)+$).",
  "^(a+)+\\1$",
  "^(a)(?=(?:\\1|a)+$)",
  "^(?<x>a)(?=(?:\\k<x>|a)+$)",
  "^(a)(?=b|(?!(?:\\1|a)+$))",
];
const unjudged = ["^[a-z]+(?<!-)$", "(?<=(a+)+)b"];

describe("R36 a pattern is proved harmless, or meets short texts only", () => {
  it.each(harmless)("%s is taken as it is", (pattern) => {
    expect(codes(pattern)).toEqual([]);
  });

  it.each(quadratic)("%s is tried on texts of 3,162 characters or less", (pattern) => {
    expect([codes(pattern), codes(pattern, 3_163), codes(pattern, 3_162)]).toEqual([["SP430"], ["SP430"], []]);
  });

  it.each(cubic)("%s on 215", (pattern) => {
    expect([codes(pattern), codes(pattern, 216), codes(pattern, 215)]).toEqual([["SP430"], ["SP430"], []]);
  });

  it.each(exponential)("%s is refused at any length", (pattern) => {
    expect([codes(pattern), codes(pattern, 30)]).toEqual([["SP430"], ["SP430"]]);
  });

  it.each(unjudged)("%s, which nobody can judge, needs a small maxLength", (pattern) => {
    expect([codes(pattern), codes(pattern, 24), codes(pattern, 23)]).toEqual([["SP431"], ["SP431"], []]);
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
    expect(slow).toMatchObject({ severity: "warning", fix: expect.stringContaining("maxLength: 3162") });
  });

  it.each(["not", "if", "oneOf", "contains"])(
    "below %s a refusal could accept, so there a maxLength is asked for",
    (key) => {
      const slow = schema("[a-z]+$");
      const below = {
        components: {
          schemas: {
            A: {
              [key]:
                key === "oneOf"
                  ? [{ $ref: "#/components/schemas/B" }]
                  : { properties: { b: { $ref: "#/components/schemas/B" } } },
            },
            B: slow,
            C: { ...slow },
          },
        },
      };
      expect(
        patternFaults(specOf(below))
          .map((one) => one.severity)
          .sort(),
      ).toEqual(["error", "warning"]);
    },
  );

  it("so it could where a schema on the way to another holds beside its $ref", () => {
    const of = (name: string) => ({ $ref: `#/components/schemas/${name}` });
    const chain = {
      A: { not: of("B") },
      B: { ...of("C"), minLength: 1 },
      C: { ...of("D"), ...schema("[a-z]+$") },
      D: { ...of("E"), maxLength: 100_000 },
      E: { type: "string" },
    };
    const faults = patternFaults(specOf({ components: { schemas: chain } }));
    expect(faults.map(({ code, severity }) => [code, severity])).toEqual([["SP430", "error"]]);
  });

  it("what is too long for a pattern is refused, whatever the pattern would say", () => {
    const subject = schemaFor("request", schema("[a-z]+$"));
    expect([3_162, 3_163].map((length) => subject.safeParse("a".repeat(length)).success)).toEqual([true, false]);
  });

  it("JSON Schema's verdict alone has no bound that JSON Schema does not know", () => {
    expect(schemaFor("plain", schema("[a-z]+$")).safeParse("a".repeat(3_163)).success).toBe(true);
  });
});

describe("R36 patterns are judged wherever a text is matched against them", () => {
  const cwd = mkdtempSync(path.join(tmpdir(), "sallyport-r36-"));
  const body = (pattern: string) => ({
    post: {
      operationId: "tell",
      security: [],
      requestBody: { content: { "application/json": { schema: schema(pattern) } } },
      responses: { 204: { description: "Done." } },
    },
  });
  const root = { openapi: "3.1.1", info: { title: "T", version: "1" }, servers: [{ url: "https://api.example.com" }] };
  const written = {
    path: { ...root, paths: { "/a": body("^(a+)+$") } },
    webhook: { ...root, webhooks: { a: body("^(a+)+$") } },
  };
  beforeAll(() => {
    for (const [name, spec] of Object.entries(written))
      writeFileSync(path.join(cwd, `${name}.json`), JSON.stringify(spec));
  });
  afterAll(() => rmSync(cwd, { recursive: true }));
  const emitted = (spec: keyof typeof written, options: Partial<EmitOptions>) =>
    emit({ spec: `${spec}.json`, cwd, ...options }).then(
      () => [],
      (thrown: DiagnosticError) => thrown.diagnostics.map((one) => one.code),
    );

  it.each<readonly [readonly FileName[]]>([[["server"]], [["trpc"]], [["schemas"]], [["client", "schemas"]]])(
    "--only %s",
    async (only) => {
      expect(await emitted("path", { only })).toEqual(["SP430"]);
    },
  );

  it("--only client --also webhooks, whose receivers anybody can call", async () => {
    expect(await emitted("webhook", { only: ["client"], also: ["webhooks"] })).toEqual(["SP430"]);
    expect(await emitted("path", { only: ["client"], also: ["webhooks"] })).toEqual([]);
  });

  it("a client that checks no answers matches nothing", async () => {
    expect(await emitted("path", { only: ["types", "client"] })).toEqual([]);
  });
});

describe("R36 what is let through keeps to 100 ms under attack", () => {
  const bounded = [
    ...harmless.map((pattern) => [pattern, undefined] as const),
    ...[...quadratic, ...cubic].map((pattern) => [pattern, undefined] as const),
    ...unjudged.map((pattern) => [pattern, 23] as const),
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
