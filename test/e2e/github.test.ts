import { mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generate } from "../../generator/index.js";
import { compilers, typecheck } from "../support/typecheck.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const output = path.join(root, ".cache", `github-${process.pid}`);
const spec = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");

describe("GitHub's REST description, with an overlay that says who may call", () => {
  beforeAll(async () => {
    mkdirSync(output, { recursive: true });
    await generate({ spec, overlays: [path.join(root, "examples/overlay/github.overlay.yaml")], output, cwd: root });
  }, 120_000);
  afterAll(() => rmSync(output, { recursive: true, force: true }));

  it.each(Object.keys(compilers) as (keyof typeof compilers)[])(
    "server, client and tRPC router pass strict %s without an error",
    async (compiler) => {
      expect(await typecheck(output, compiler)).toBe("");
    },
    300_000,
  );
});
