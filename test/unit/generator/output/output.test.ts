import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiagnosticError } from "../../../../generator/code/diagnostic.js";
import type { Emitted } from "../../../../generator/output/emitted.js";
import { manifestFile } from "../../../../generator/output/manifest.js";
import { patchesOf } from "../../../../generator/output/patch.js";
import { planOutput } from "../../../../generator/output/plan.js";
import { prove } from "../../../../generator/output/prove.js";
import { writeOutput } from "../../../../generator/output/write.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sallyport-output-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const about = { version: "1.0.0", policyFormat: 1, input: "0".repeat(64), options: {} };
const withManifest = (files: readonly Emitted[]) => [...files, manifestFile(about, files)];

async function write(files: readonly Emitted[]) {
  const plan = planOutput(folder, withManifest(files));
  await writeOutput(plan);
  return plan;
}

const statuses = async (files: readonly Emitted[]) =>
  Object.fromEntries((await write(files)).steps.map((one) => [one.path, one.status]));
const codeOf = (run: Promise<unknown>) =>
  run.then(
    () => "nothing thrown",
    (error: unknown) =>
      error instanceof DiagnosticError ? `${error.diagnostics[0]?.code} ${error.exitCode}` : String(error),
  );
const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
const a = { path: "a.ts", text: "export const a = 1;\n" };
const b = { path: "b.ts", text: "export const b = 1;\n" };

describe("writing", () => {
  it("makes the folder, writes, and leaves no temporary file", async () => {
    folder = path.join(folder, "deep/er");
    expect(await statuses([a, b])).toEqual({ "a.ts": "written", "b.ts": "written", "manifest.json": "written" });
    expect(readdirSync(folder).sort()).toEqual(["a.ts", "b.ts", "manifest.json"]);
  });

  it("writes what changed and nothing else", async () => {
    await write([a, b]);
    const next = { ...b, text: "export const b = 2;\n" };
    expect(await statuses([a, next])).toEqual({ "a.ts": "unchanged", "b.ts": "written", "manifest.json": "written" });
    expect(read("b.ts")).toBe(next.text);
    expect(await statuses([a, next])).toEqual({
      "a.ts": "unchanged",
      "b.ts": "unchanged",
      "manifest.json": "unchanged",
    });
  });

  it("removes its own stale files", async () => {
    await write([a, b]);
    expect(await statuses([a])).toEqual({ "a.ts": "unchanged", "b.ts": "removed", "manifest.json": "written" });
    expect(existsSync(path.join(folder, "b.ts"))).toBe(false);
  });

  it("keeps a stale file that somebody changed, and says so", async () => {
    await write([a, b]);
    writeFileSync(path.join(folder, "b.ts"), "mine");
    const plan = await write([a]);
    expect(plan.warnings.map((one) => one.code)).toEqual(["SP076"]);
    expect(read("b.ts")).toBe("mine");
  });

  it("never touches files that it did not write", async () => {
    writeFileSync(path.join(folder, "other.ts"), "mine");
    await write([a]);
    await write([]);
    expect(read("other.ts")).toBe("mine");
  });

  it("refuses a foreign file in its way, and writes nothing", async () => {
    writeFileSync(path.join(folder, "b.ts"), "mine");
    expect(await codeOf(write([a, b]))).toBe("SP075 2");
    expect(readdirSync(folder)).toEqual(["b.ts"]);
    expect(read("b.ts")).toBe("mine");
  });

  it("refuses a foreign manifest.json", async () => {
    writeFileSync(path.join(folder, "manifest.json"), '{"name":"my web app"}');
    expect(await codeOf(write([a]))).toBe("SP075 2");
  });

  it("refuses a folder in its way", async () => {
    mkdirSync(path.join(folder, "a.ts"));
    expect(await codeOf(write([a]))).toBe("SP075 2");
  });

  it("says that a folder cannot be made", async () => {
    const mine = folder;
    folder = "/proc/sallyport";
    expect(await codeOf(write([a]))).toBe("SP074 2");
    folder = mine;
  });

  it("says that the output folder is a file", async () => {
    writeFileSync(path.join(folder, "out"), "");
    folder = path.join(folder, "out");
    expect(await codeOf(write([a]))).toBe("SP074 2");
    folder = path.dirname(folder);
  });

  it("R7 the manifest has no date and does not depend on the order of files", () => {
    expect(manifestFile(about, [a, b])).toEqual(manifestFile(about, [b, a]));
    expect(Object.keys(JSON.parse(manifestFile(about, [a]).text))).toEqual([
      "generator",
      "policyFormat",
      "input",
      "options",
      "files",
    ]);
  });
});

describe("a manifest that somebody edited", () => {
  it("cannot make us remove a file elsewhere", async () => {
    const outside = path.join(folder, "precious");
    writeFileSync(outside, "");
    folder = path.join(folder, "out");
    mkdirSync(folder);
    const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    writeFileSync(
      path.join(folder, "manifest.json"),
      JSON.stringify({ generator: { name: "sallyport" }, files: { "../precious": digest } }),
    );
    await write([a]);
    expect(existsSync(outside)).toBe(true);
    folder = path.dirname(folder);
  });
});

describe("proving that files parse", () => {
  it("passes what parses, types included", async () => {
    await expect(
      prove([a, { path: "t.ts", text: "export interface T<in out A> { readonly a?: A }\n" }]),
    ).resolves.toBeUndefined();
  });

  it("names the file and the line of what does not", async () => {
    const thrown = await prove([a, { path: "bad.ts", text: "export const a = 1;\nexport const = ;\n" }]).catch(
      (e: unknown) => e,
    );
    expect(thrown).toBeInstanceOf(DiagnosticError);
    expect(String(thrown)).toContain("SP073 bad.ts would not parse (line 2");
  });
});

describe("patches", () => {
  it("show new, changed and stale files as a unified diff", async () => {
    await write([a, b]);
    const plan = planOutput(folder, [
      { ...a, text: "export const a = 2;\n" },
      { path: "c.ts", text: "export {};\n" },
    ]);
    const patches = patchesOf(plan);
    expect(patches.map((one) => one.path)).toEqual(["a.ts", "c.ts", "b.ts"]);
    expect(patches[0]?.patch).toContain("-export const a = 1;\n+export const a = 2;\n");
    expect(patches[1]?.patch).toContain("--- /dev/null");
    expect(patches[2]?.patch).toContain("+++ /dev/null");
  });
});
