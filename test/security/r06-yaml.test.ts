import { describe, expect, it } from "vitest";
import { loadSpec } from "../../generator/source/load.js";
import { complaintsOf, gistOf, scratch } from "../support/files.js";

const write = scratch();
const head = 'openapi: 3.1.1\ninfo: {title: T, version: "1"}\npaths: {}\n';

async function complaints(text: string | Uint8Array, name = "spec.yaml") {
  const folder = write({ [name]: text });
  return (await complaintsOf(loadSpec({ entry: name, cwd: folder, limits: { fileBytes: 1_000_000 } }))).map(gistOf);
}

const bomb = (levels: number) =>
  `${head}x-bomb:\n  - &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n${Array.from({ length: levels }, (_, i) => `  - &a${i + 1} [${Array(9).fill(`*a${i}`).join(", ")}]\n`).join("")}`;

describe("R6 a hostile document is refused with a clear word, quickly", () => {
  it.each([
    ["an alias bomb", bomb(9), "SP008"],
    ["an alias inside its anchor", `${head}x-loop: &a {self: *a}\n`, "SP008"],
    ["deep flow nesting", `${head}x-deep: ${"[".repeat(300)}${"]".repeat(300)}\n`, "SP006"],
    ["a duplicate key", `${head}x-a: 1\nx-a: 2\n`, "SP007"],
    ["a merge key", `${head}x-base: &b {a: 1}\nx-more: {<<: *b}\n`, "SP009"],
    ["a merge key with __proto__", `${head}x-base: &b {__proto__: {polluted: 1}}\nx-more: {<<: *b}\n`, "SP009"],
    ["a tag of JavaScript", `${head}x-f: !!js/function "function () {}"\n`, "SP009"],
    ["a tag of its own", `${head}x-f: !evil {a: 1}\n`, "SP009"],
    ["a key that is a list", `${head}? [a, b]\n: 1\n`, "SP009"],
    ["two documents", `${head}---\na: 1\n`, "SP005"],
    ["an unclosed bracket", `${head}x: [1, 2\n`, "SP005"],
    ["a huge file", `${head}x: ${"a".repeat(1_000_000)}\n`, "SP003"],
    ["nothing", "", "SP004"],
    ["a list", "- a\n", "SP004"],
    ["a scalar", "openapi\n", "SP004"],
  ])("%s", async (_what, text, code) => {
    const start = Date.now();
    const found = await complaints(text);
    expect(found.map((gist) => gist.split(" ")[0])).toContain(code);
    expect(Date.now() - start).toBeLessThan(2_000);
  });

  it.each([
    ["a duplicate key", '{"openapi": "3.1.1", "a": 1, "a": 2}', "SP007 spec.json:1:30"],
    ["a comma too many", '{"openapi": "3.1.1",}', "SP005 spec.json:1:21"],
    ["single quotes", "{'openapi': 1}", "SP005 spec.json:1:2"],
    ["a control character in a string", '{"a": "\u0001"}', "SP005 spec.json:1:7"],
    ["an end too early", '{"a": [1, 2', "SP005 spec.json:1:12"],
    ["text behind the end", '{"a": 1} x', "SP005 spec.json:1:10"],
  ])("JSON: %s", async (_what, text, gist) => expect(await complaints(text, "spec.json")).toEqual([gist]));

  it("JSON that nests too deep", async () => {
    expect((await complaints(`{"a": ${"[".repeat(5_000)}`, "spec.json"))[0]).toMatch(/^SP006/);
  });

  it("what is not UTF-8", async () => expect(await complaints(new Uint8Array([0x6f, 0xff, 0xfe]))).toEqual(["SP002"]));

  it("__proto__ is a key like any other", async () => {
    const folder = write({ "spec.yaml": `${head}x-a: {__proto__: {polluted: 1}}\n` });
    const spec = await loadSpec({ entry: "spec.yaml", cwd: folder });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(spec.root["x-a"] ?? {})).toEqual(["__proto__"]);
  });

  it("values are YAML 1.2's: no is a word, 0o17 is a number, 1_000 is not", async () => {
    const folder = write({ "spec.yaml": `${head}x-a: [no, on, 0o17, 1_000, 012, ~, 2026-01-01]\n` });
    const spec = await loadSpec({ entry: "spec.yaml", cwd: folder });
    expect(spec.root["x-a"]).toEqual(["no", "on", 15, "1_000", 12, null, "2026-01-01"]);
  });
});
