import { execFileSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { check } from "../../generator/index.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("the examples", () => {
  it.each([
    ["bank", "bank.yaml"],
    ["quickstart", "notes.yaml"],
    ["browser", "tasks.yaml"],
  ])("%s: the committed output is what the spec says today", async (name, spec) => {
    const folder = path.join("examples", name);
    const { changes } = await check({
      spec: path.join(folder, spec),
      output: path.join(folder, "generated"),
      cwd: root,
    });
    expect(changes.map((change) => change.patch)).toEqual([]);
  });

  it("a partner's program is tested against fakes, by another test runner than this one", async () => {
    const { changes } = await check({
      spec: "examples/bank/bank.yaml",
      output: "examples/partner/generated",
      only: ["client"],
      also: ["fakes"],
      cwd: root,
    });
    expect(changes.map((change) => change.patch)).toEqual([]);
    const told = run("examples/partner/rent.test.ts");
    expect(told).toMatch(/^. fail 0$/m);
    expect(told).toMatch(/^. pass 4$/m);
  }, 60_000);

  it.each(["v1", "v2"])("versions: the committed output of %s is what the spec says today", async (version) => {
    const { changes } = await check({
      spec: `examples/versions/${version}.yaml`,
      output: `examples/versions/generated/${version}`,
      only: ["types", "schemas", "policy", "wire", "server", "client", "env"],
      cwd: root,
    });
    expect(changes.map((change) => change.patch)).toEqual([]);
  });

  it("two versions beside each other answer as docs/versions.md says", () => {
    const told = run("examples/versions/story.ts");
    expect(told).toContain("{ rate: '0.9412', since: '2026-06-01' }");
    expect(told).toMatch(/getRate.*v1.*ann/);
  });

  it("the bank's story happens as it is told, in under a minute", () => {
    const told = run("examples/bank/story.ts");
    expect(told).toContain("Everything happened as told.");
    expect(told).toContain("one refresh, fifty answers");
  }, 240_000);

  it("R28 the emitted security tests pass against the bank, every one of them", async () => {
    const { changes } = await check({
      spec: "examples/bank/bank.yaml",
      output: "examples/bank/security",
      only: ["tests"],
      cwd: root,
    });
    expect(changes.map((change) => change.patch)).toEqual([]);
    const told = run("examples/bank/security/security.test.ts");
    expect(told).toMatch(/^. fail 0$/m);
    expect(told).toMatch(/^. skipped 0$/m);
    expect(Number(/^. pass (\d+)$/m.exec(told)?.[1])).toBeGreaterThan(60);
  }, 240_000);

  it("the quickstart answers what the README says", () => {
    expect(run("examples/quickstart/client.ts")).toContain("not_found");
  });
});

/** Runs an example as `npm run example` does, but from the sources. */
function run(file: string): string {
  return execFileSync(process.execPath, ["--conditions=sallyport-source", "--import", "tsx", file], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    // A stream that somebody leaves open would hold it for ever.
    timeout: 120_000,
  });
}
