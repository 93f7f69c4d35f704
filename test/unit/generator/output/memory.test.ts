import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { generate } from "../../../../generator/generate.js";
import { recallLine, rememberLine } from "../../../../generator/output/line.js";
import { recall, remember } from "../../../../generator/output/memory.js";

const spec = `openapi: 3.1.1
info: { title: T, version: "1" }
paths: {}
components: { schemas: { A: { $ref: "parts.yaml#/A" }, B: { type: string, default: 1 } } }
`;

describe("a run that could change nothing is remembered", () => {
  let cwd = "";
  const asked = () => ({ spec: "spec.yaml", output: "out", overlays: ["overlay.yaml"], cwd });
  const write = (name: string, text: string) => writeFileSync(path.join(cwd, name), text);

  beforeEach(async () => {
    cwd = realpathSync(mkdtempSync(path.join(tmpdir(), "sallyport-memory-")));
    mkdirSync(path.join(cwd, "node_modules"));
    write("spec.yaml", spec);
    write("parts.yaml", "A: { type: string }\n");
    write(
      "overlay.yaml",
      "overlay: 1.0.0\ninfo: {title: O, version: '1'}\nactions: [{target: $.info, update: {title: U}}]\n",
    );
    await run();
  });
  afterEach(() => rmSync(cwd, { recursive: true, force: true }));

  async function run() {
    const { files, warnings, inputs } = await generate(asked());
    remember(asked(), { files: files.map((one) => one.path), warnings, inputs });
  }

  it("with its files and its warnings", async () => {
    expect(recall(asked())).toMatchObject({
      files: expect.arrayContaining(["manifest.json", "schemas.ts"]),
      warnings: [{ code: "SP411" }],
      inputs: expect.arrayContaining(["spec.yaml", "parts.yaml", "overlay.yaml"].map((one) => path.join(cwd, one))),
    });
  });

  it.each(["spec.yaml", "parts.yaml", "overlay.yaml", "out/policy.ts", "out/manifest.json"])(
    "until %s changes",
    async (name) => {
      write(name, `${readFileSync(path.join(cwd, name), "utf8")}\n`);
      expect(recall(asked())).toBeUndefined();
    },
  );

  it("until an emitted file is gone, or is a link to what it was", async () => {
    const [file, elsewhere] = [path.join(cwd, "out/policy.ts"), path.join(cwd, "policy.ts")];
    write("policy.ts", readFileSync(file, "utf8"));
    rmSync(file);
    expect(recall(asked())).toBeUndefined();
    symlinkSync(elsewhere, file);
    expect(recall(asked())).toBeUndefined();
  });

  it("until another option is given", async () => {
    const other = { ...asked(), allowWidening: true };
    expect(recall(other)).toBeUndefined();
  });

  it("whoever edits an emitted file and the manifest beside it is noticed all the same", async () => {
    const [file, manifest] = [path.join(cwd, "out/policy.ts"), path.join(cwd, "out/manifest.json")];
    const digest = (name: string) => JSON.parse(readFileSync(name, "utf8")).files["policy.ts"];
    const before = digest(manifest);
    const { sha256 } = await import("../../../../generator/output/manifest.js");
    write("out/policy.ts", `${readFileSync(file, "utf8")}// weaker\n`);
    write("out/manifest.json", readFileSync(manifest, "utf8").replace(before, sha256(readFileSync(file))));
    expect(digest(manifest)).not.toBe(before);
    expect(recall(asked())).toBeUndefined();
  });

  it("not where an input came through a link, which may lead elsewhere next time", async () => {
    write("real.yaml", readFileSync(path.join(cwd, "parts.yaml"), "utf8"));
    rmSync(path.join(cwd, "parts.yaml"));
    symlinkSync(path.join(cwd, "real.yaml"), path.join(cwd, "parts.yaml"));
    await run();
    expect(recall(asked())).toBeUndefined();
  });

  it("not where an input was changed while it ran", async () => {
    const { files, warnings, inputs } = await generate(asked());
    write("spec.yaml", spec.replace("type: string", "type: integer"));
    remember(asked(), { files: files.map((one) => one.path), warnings, inputs });
    expect(recall(asked())).toBeUndefined();
  });

  it("not where there is no node_modules to remember it in, nor when the memory is damaged", async () => {
    const { readdirSync } = await import("node:fs");
    const folder = path.join(cwd, "node_modules/.cache/sallyport");
    for (const name of readdirSync(folder)) writeFileSync(path.join(folder, name), "{");
    expect(recall(asked())).toBeUndefined();
    rmSync(path.join(cwd, "node_modules"), { recursive: true });
    await run();
    expect(recall(asked())).toBeUndefined();
  });

  it("and what was typed for it, by the words and the folder", async () => {
    const line = ["generate", "spec.yaml", "-o", "out"];
    expect(recallLine(line, cwd)).toBeUndefined();
    rememberLine(line, asked());
    expect(recallLine(line, cwd)).toEqual(asked());
    expect(recall(recallLine(line, cwd) ?? { ...asked(), spec: "none" })).toBeDefined();
    expect(recallLine([...line, "--formats"], cwd)).toBeUndefined();
    expect(recallLine(line, path.join(cwd, "out"))).toBeUndefined();
  });
});
