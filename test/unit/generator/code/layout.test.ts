import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { docComment } from "../../../../generator/code/comment.js";
import { identifier, use, useModule, useType } from "../../../../generator/code/identifier.js";
import { literal } from "../../../../generator/code/literal.js";
import { print, usesOf } from "../../../../generator/code/print.js";
import { array, call, chained, object, parameters, typeLiteral, union } from "../../../../generator/code/shapes.js";
import { code, join, lines } from "../../../../generator/code/template.js";

const name = identifier;
const words = (count: number) => Array.from({ length: count }, (_, at) => `entry number ${at}`);

/** As Biome would print it. */
function formatted(source: string): string {
  const root = fileURLToPath(new URL("../../../../", import.meta.url));
  const biome = `${root}node_modules/@biomejs/biome/bin/biome`;
  return execFileSync(process.execPath, [biome, "format", "--stdin-file-path=x.ts"], {
    cwd: root,
    input: source,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
  });
}

describe("a shape stays on one line where it fits", () => {
  const short = object([
    { key: "a", value: literal(1) },
    { key: "b-c", value: array([name("x"), name("y")]) },
  ]);

  it("fits", () => {
    expect(print(short)).toBe('{ a: 1, "b-c": [x, y] }');
  });

  it("does not", () => {
    expect(print(short, { width: 10 })).toBe('{\n  a: 1,\n  "b-c": [\n    x,\n    y,\n  ],\n}');
  });

  it("is open where told", () => {
    expect(print(object([{ key: "a", value: literal(1) }], { open: true }))).toBe("{\n  a: 1,\n}");
  });

  it("counts what follows on the same line", () => {
    const statement = code`const x = ${array([name("aaaa"), name("bbbb")])};`;
    expect(print(statement, { width: 23 })).toBe("const x = [aaaa, bbbb];");
    expect(print(statement, { width: 22 })).toBe("const x = [\n  aaaa,\n  bbbb,\n];");
  });

  it("begins where the template left off", () => {
    expect(print(array([name("aa"), name("bb")]), { column: 3, indent: 2, width: 10 })).toBe(
      "[\n    aa,\n    bb,\n  ]",
    );
  });
});

describe("imports follow from use", () => {
  it("finds every one, wherever it stands", () => {
    const policy = "@sallyport/runtime/policy";
    const emitted = code`${useType("T", policy)} = ${call(use("anyOf", policy), [object([{ key: "a", value: chained(chained(use("z", "zod"), code`.a()`), code`.b()`) }])])} ${useModule("wire", "./wire.js")}`;
    expect(
      usesOf(emitted)
        .map((one) => `${one.typeOnly ? "type " : ""}${one.name} ${one.as} ${one.from}`)
        .sort(),
    ).toEqual([
      "* wire ./wire.js",
      "anyOf anyOf @sallyport/runtime/policy",
      "type T T @sallyport/runtime/policy",
      "z z zod",
    ]);
  });
});

describe("Biome has nothing to change", () => {
  const long = words(9);
  it.each([
    ["objects", code`export const a = ${literal({ a: 1, "b-c": "x", 200: [], nested: { list: long } })};`],
    ["lists of numbers", code`export const a = ${literal(Array.from({ length: 80 }, (_, at) => at * 37))};`],
    ["a call with an object", code`export const a = ${call(name("f"), [literal("x"), literal({ list: long })])};`],
    ["a call with a list", code`export const a = ${call(name("f"), [literal(long)])};`],
    ["a call with too much", code`export const a = ${call(name("f"), long.map(literal))};`],
    [
      "calls in calls",
      code`export const a = ${call(name("f"), [call(name("g"), long.slice(0, 3).map(literal)), call(name("g"), long.slice(0, 4).map(literal))])};`,
    ],
    ["quotes", code`export const a = ${literal(['"', "'", `"'`, `""'`, "\\", "\u2028"])};`],
    ["unions", code`export type A = ${union(long.map(literal))};`],
    ["short unions", code`export type A = ${union([literal("a"), literal("b")])};`],
    [
      "a chain",
      code`export const a = ${[code`.string()`, code`.min(1)`, code`.max(20)`, call(code`.regex`, [literal("a regular expression that is long")]), call(code`.describe`, [literal("and a text that is long")])].reduce(chained, name("z"))};`,
    ],
    ["type literals", code`export type A = ${typeLiteral(long.map((key) => ({ key, type: literal(key) })))};`],
    [
      "short type literals",
      code`export type A = ${typeLiteral([
        { key: "a", type: name("B") },
        { key: "c", optional: true, type: name("D") },
      ])};`,
    ],
    [
      "interfaces",
      code`export interface A ${typeLiteral([{ key: "a", type: union(long.map(literal)), doc: docComment("It.") }], { open: true })}`,
    ],
    [
      "parameters",
      code`export const a = (f: (${name("x")}: number) => void) => f;\nexport function g${parameters(long.map((_, at) => code`${name(`parameter${at}`)}: number`))}: void {}`,
    ],
    ["joined", lines([code`export type A = ${join([name("B"), name("C")], code` & `)};`])],
  ])("%s", (_, emitted) => {
    const source = `${print(emitted)}\n`;
    expect(formatted(source)).toBe(source);
  });
});

describe("speed", () => {
  it("lays out a large tree in linear time", () => {
    const entry = { path: "/a/b", access: ["x", "y"], limits: words(4), bounds: { body: "1MiB", depth: 32 } };
    const large = literal(Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`operation${at}`, entry])));
    const start = performance.now();
    expect(print(large).split("\n").length).toBeGreaterThan(5000);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
