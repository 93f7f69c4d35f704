import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { structuredPatch } from "diff";
import { afterAll, describe, expect, it } from "vitest";
import { emit } from "../../generator/generate.js";

const folder = mkdtempSync(path.join(tmpdir(), "sallyport-diff-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const original = readFileSync(new URL("ledger/spec.yaml", import.meta.url), "utf8");

async function emitted(text: string): Promise<ReadonlyMap<string, string>> {
  writeFileSync(path.join(folder, "spec.yaml"), text);
  const { files } = await emit({ spec: "spec.yaml", cwd: folder });
  return new Map(files.filter((file) => file.path.endsWith(".ts")).map((file) => [file.path, file.text]));
}

/** Lines that a reviewer sees removed or added, by file. */
async function changedLines(edit: (text: string) => string): Promise<Readonly<Record<string, number>>> {
  const changed = edit(original);
  expect(changed).not.toBe(original);
  const [before, after] = [await emitted(original), await emitted(changed)];
  const counts: Record<string, number> = {};
  for (const file of new Set([...before.keys(), ...after.keys()])) {
    const patch = structuredPatch(file, file, before.get(file) ?? "", after.get(file) ?? "", "", "", { context: 0 });
    const lines = patch.hunks.flatMap((hunk) => hunk.lines).filter((line) => /^[+-]/.test(line)).length;
    if (lines > 0) counts[file] = lines;
  }
  return counts;
}

const total = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

describe("a diff is as large as its meaning", () => {
  it("a weakened scope changes two lines, both in policy.ts", async () => {
    expect(
      await changedLines((text) =>
        text.replace("- {oidc: [accounts:write], partnerKey: []}", "- {oidc: [accounts:read], partnerKey: []}"),
      ),
    ).toEqual({
      "policy.ts": 2,
    });
  });

  it("a key AND a token made a key OR a token changes a line of policy.ts, and what its handler knows of the caller", async () => {
    const either = "- {oidc: [accounts:write]}\n        - {partnerKey: []}";
    expect(await changedLines((text) => text.replace("- {oidc: [accounts:write], partnerKey: []}", either))).toEqual({
      "policy.ts": 2,
      // A key has no claims.
      "server.ts": 2,
    });
  });

  it("authentication removed from a DELETE shows in policy.ts and in the handler's type, in four lines at most", async () => {
    const guarded = original.replace("authz: admin\n        rateLimits: [perIp, perUser]", "rateLimits: [perIp]");
    const open = guarded.replace("security:\n        - {oidc: [accounts:write], partnerKey: []}", "security: []");
    expect(open).not.toBe(guarded);
    const [before, after] = [await emitted(guarded), await emitted(open)];
    const removed = (file: string) =>
      structuredPatch(file, file, before.get(file) ?? "", after.get(file) ?? "", "", "", { context: 0 }).hunks.flatMap(
        (hunk) => hunk.lines,
      );
    expect(removed("policy.ts").length).toBe(2);
    expect(removed("server.ts")).toEqual(['-  readonly principal: Principal<Role, "sub">;']);
    expect([...before.keys()].filter((file) => before.get(file) !== after.get(file))).toEqual([
      "policy.ts",
      "server.ts",
    ]);
  });

  it("two paths swapped change nothing", async () => {
    const swap = (text: string) => {
      const start = text.indexOf("  /accounts/{accountId}:\n");
      const middle = text.indexOf("  /accounts/{accountId}/payments:\n");
      const end = text.indexOf("  /health:\n");
      return text.slice(0, start) + text.slice(middle, end) + text.slice(start, middle) + text.slice(end);
    };
    expect(await changedLines(swap)).toEqual({});
  });

  it("one operation added shows only where it belongs", async () => {
    const added = `  /branches:
    get:
      operationId: listBranches
      tags: [branches]
      summary: Every branch.
      responses:
        "200": {description: The branches., content: {application/json: {schema: {type: array, items: {type: string}}}}}
components:
`;
    const counts = await changedLines((text) => text.replace("components:\n", added));
    expect(counts["policy.ts"]).toBeLessThanOrEqual(8);
    expect(total(counts)).toBeLessThanOrEqual(120);
    console.log("one operation (and a group) added:", counts);
  });

  it("R7 the same input gives the same bytes", async () => {
    expect(await emitted(original)).toEqual(await emitted(original));
  });
});
