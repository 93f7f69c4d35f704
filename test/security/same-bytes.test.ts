import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { emit } from "../../generator/generate.js";
import { generate } from "../../generator/index.js";

const ledger = readFileSync(fileURLToPath(new URL("../golden/ledger/spec.yaml", import.meta.url)), "utf8");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sallyport-bytes-"));
  for (const name of ["a", "b/deep"]) {
    mkdirSync(path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, name, "spec.yaml"), ledger);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const texts = async (spec: string, cwd = folder) =>
  Object.fromEntries((await emit({ spec, cwd })).files.map((one) => [one.path, one.text]));

describe("R7 the same input gives the same bytes", () => {
  it("wherever it lies, whatever the working folder, time zone and clock, manifest included", async () => {
    const zone = process.env.TZ;
    await generate({ spec: "a/spec.yaml", output: "a/out", cwd: folder });
    process.env.TZ = "Pacific/Chatham";
    await generate({ spec: "spec.yaml", output: "out", cwd: path.join(folder, "b/deep") });
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
    const [a, b] = ["a/out", "b/deep/out"].map((out) => {
      const manifest = readFileSync(path.join(folder, out, "manifest.json"), "utf8");
      const names = Object.keys(JSON.parse(manifest).files);
      return [manifest, ...names.map((name) => readFileSync(path.join(folder, out, name), "utf8"))];
    });
    expect(a).toEqual(b);
    expect(a?.length).toBeGreaterThan(8);
  });

  it("in whatever order paths, methods, components, properties and schemes stand", async () => {
    const swapped = path.join(folder, "b", "spec.yaml");
    writeFileSync(swapped, stringify(reversed(parse(ledger))));
    expect(await texts(swapped)).toEqual(await texts("a/spec.yaml"));
  });

  it("and no secret of the environment reaches the output", async () => {
    process.env.LEDGER_ISSUER = "https://secret-issuer.example";
    const all = Object.values(await texts("a/spec.yaml")).join("\n");
    delete process.env.LEDGER_ISSUER;
    expect(all).toContain("LEDGER_ISSUER");
    expect(all).not.toContain("secret-issuer");
  });
});

/** The same document with the keys of each object in the opposite order. */
function reversed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(reversed);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .reverse()
      .map(([key, value]) => [key, reversed(value)]),
  );
}
