import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { emit } from "../../generator/generate.js";

const folder = fileURLToPath(new URL("access", import.meta.url));

describe("--only tests", () => {
  it("emits what it emitted before, and nothing else", async () => {
    const { files } = await emit({ spec: "spec.yaml", cwd: folder, only: ["tests"] });
    expect(files.map((one) => one.path)).toEqual(["security.test.ts"]);
    await expect(files[0]?.text).toMatchFileSnapshot(path.join(folder, "security-tests.txt"));
  });

  it("is asked for by name", async () => {
    const { files } = await emit({ spec: "spec.yaml", cwd: folder });
    expect(files.map((one) => one.path)).not.toContain("security.test.ts");
  });
});
