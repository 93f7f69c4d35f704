import { describe, expect, it } from "vitest";
import { entries } from "../../scripts/corpus/entry.js";
import { generateEntry, type Outcome } from "../../scripts/corpus/generate.js";
import { install, locate } from "../../scripts/corpus/packages.js";
import { typecheckAll } from "../../scripts/corpus/typecheck.js";
import { compilers } from "../support/typecheck.js";

const sample = entries().filter((one) => one.sample);
// CI installs the packages that hold the descriptions. Elsewhere `npm run corpus` does, and nobody has to.
if (process.env.CI) install(sample);
const isThere = sample.every((one) => locate(one) !== undefined);

describe.skipIf(!isThere)("real descriptions (skipped until `npm run corpus` has installed them)", () => {
  const outcomes = new Map<string, Outcome>();

  it.each(sample.map((one) => [one.id, one] as const))(
    "%s generates",
    async (id, entry) => {
      const outcome = await generateEntry(entry);
      expect(outcome).toMatchObject({ output: expect.any(String), digest: expect.any(String) });
      outcomes.set(id, outcome);
    },
    300_000,
  );

  it.each(Object.keys(compilers) as (keyof typeof compilers)[])(
    "what is emitted passes strict %s without an error",
    async (compiler) => {
      const said = await typecheckAll([...outcomes.values()], compiler);
      expect([...said.keys()].sort()).toEqual(sample.map((one) => one.id).sort());
      expect([...said.values()].flat()).toEqual([]);
    },
    600_000,
  );
});

describe("the list of descriptions", () => {
  it("names each document once, with the digest of its bytes", () => {
    const all = entries();
    expect(all.length).toBeGreaterThanOrEqual(150);
    // GitHub's, in a test of its own, is the fifteenth.
    expect(sample).toHaveLength(14);
    expect(new Set(all.map((one) => one.id)).size).toBe(all.length);
    expect(new Set(all.map((one) => one.sha256)).size).toBe(all.length);
    expect(all.filter((one) => !/^[0-9a-f]{64}$/.test(one.sha256))).toEqual([]);
  });
});
