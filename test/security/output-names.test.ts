import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiagnosticError } from "../../generator/code/diagnostic.js";
import { checkNames } from "../../generator/output/names.js";
import { planOutput } from "../../generator/output/plan.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sallyport-names-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string) => ({ path: name, text: "" });

describe("R3 output names", () => {
  it.each([
    "../a.ts",
    "a/../../b.ts",
    "/etc/passwd",
    "a\\..\\b.ts",
    "C:a.ts",
    "",
    ".",
    "..",
    "a//b.ts",
    "a\0.ts",
    "con.ts",
    "a/nul",
    "a b.ts",
    "ä.ts",
  ])("%j is refused", (name) => {
    expect(() => checkNames([file(name)])).toThrow(/SP071/);
  });

  it("that differ in case only are refused", () => {
    expect(() => checkNames([file("client/Repos.ts"), file("client/repos.ts")])).toThrow(/SP072/);
  });

  it("that are plain pass", () => {
    expect(() => checkNames([file("server.ts"), file(".env.example"), file("client/repos.ts")])).not.toThrow();
  });

  it.each(["a.ts", "sub/a.ts"])("a symbolic link at %s is never written through", (name) => {
    const outside = path.join(folder, "outside");
    const output = path.join(folder, "out");
    mkdirSync(outside);
    mkdirSync(output);
    writeFileSync(path.join(outside, "a.ts"), "mine");
    if (name === "a.ts") symlinkSync(path.join(outside, "a.ts"), path.join(output, "a.ts"));
    else symlinkSync(outside, path.join(output, "sub"));
    const plan = () => planOutput(output, [file(name)]);
    expect(plan).toThrow(DiagnosticError);
    expect(plan).toThrow("symbolic link");
    expect(readdirSync(outside)).toEqual(["a.ts"]);
  });
});
