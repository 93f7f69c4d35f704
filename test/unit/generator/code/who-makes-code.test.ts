import { describe, expect, it } from "vitest";
import { sources } from "../../../architecture/sources.js";

const generator = sources().filter((one) => one.file.startsWith("generator/"));

/** Files outside `generator/code` that import a name from a file of it. */
function importersOf(file: string, name: string): readonly string[] {
  const from = file.replace(/^.*\//, "").replace(/\.ts$/, ".js");
  const statement = new RegExp(`import[^;]*\\b${name}\\b[^;]*from "[^"]*code/${from}"`);
  return generator
    .filter((one) => !one.file.startsWith("generator/code/") && statement.test(one.text))
    .map((one) => one.file);
}

describe("R1 code is made in generator/code only", () => {
  it.each(["text", "toCode", "toNode", "concat", "group", "useOf"])("nobody else imports %s", (name) => {
    expect(importersOf("generator/code/layout.ts", name)).toEqual([]);
  });

  it("only the template engine fills templates", () => {
    expect(importersOf("generator/code/template.ts", "filled")).toEqual(["generator/render/engine.ts"]);
  });

  it("nobody quotes by hand", () => {
    expect(importersOf("generator/code/quote.ts", "quote")).toEqual([]);
  });
});
