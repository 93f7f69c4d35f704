import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmitOptions } from "../../generator/generate.js";
import { lower } from "../../generator/lower/lower.js";
import { render } from "../../generator/render/engine.js";
import { settle } from "../../generator/settle/settle.js";
import { loadSpec } from "../../generator/source/load.js";
import { usualNames } from "../../generator/view/file-names.js";
import { needed, viewsOf } from "../../generator/view/files.js";
import { defaultOptions } from "../../generator/view/zod/context.js";
import { crowded } from "../support/crowded-spec.js";
import { shapes } from "../support/shapes-spec.js";
import { typecheck } from "../support/typecheck.js";
import { witnessOf } from "../support/witness.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(path.join(root, ".cache-agreement-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const golden = path.join(root, "test/golden");
const goldens = readdirSync(golden).filter((name) => existsSync(path.join(golden, name, "expected")));
const specs: readonly (readonly [string, string])[] = [
  ...goldens.map((name) => [name, path.join(golden, name, "spec.yaml")] as const),
  ["bank", path.join(root, "examples/bank/bank.yaml")],
  ["quickstart", path.join(root, "examples/quickstart/notes.yaml")],
  ["crowded", path.join(folder, "crowded.json")],
  ["shapes", path.join(folder, "shapes.json")],
];

beforeAll(async () => {
  writeFileSync(path.join(folder, "crowded.json"), JSON.stringify(crowded));
  writeFileSync(path.join(folder, "shapes.json"), JSON.stringify(shapes));
  for (const [name, entry] of specs) await emitInto(path.join(folder, name), entry);
});

/** Every emitted file of a spec, and the witness beside them. */
async function emitInto(output: string, entry: string): Promise<void> {
  const spec = await loadSpec({ entry, overlays: [], cwd: root, allowWidening: false });
  const given = path.join(path.dirname(entry), "options.json");
  const {
    only = usualNames,
    int64 = "number",
    dates = "string",
  }: EmitOptions = existsSync(given) ? JSON.parse(readFileSync(given, "utf8")) : {};
  const values = { int64, dates };
  const api = settle(lower(spec, { values }));
  mkdirSync(output);
  for (const view of await viewsOf(api, spec, needed(only), { ...defaultOptions, values })) {
    const text = "text" in view ? view.text : `${render(view)}\n${view.body ?? ""}`;
    writeFileSync(path.join(output, view.path), text);
  }
  writeFileSync(path.join(output, "witness.ts"), witnessOf(api));
}

/**
 * Claims that do not hold, each for a reason. A claim that is listed and does hold fails the test as well: the list only gets shorter.
 */
const known: Readonly<Record<string, readonly string[]>> = {
  // A `$dynamicRef` is bound anew in every schema that extends the tree; a type in types.ts is bound once, where it is written.
  "dynamic-ref": ["StrictTree_response_type"],
};

/** The claims that a complaint is about, by spec, and whatever else was complained of. */
function failing(complaints: string): unknown {
  const found: Record<string, string[]> = {};
  for (const line of complaints.split("\n").filter((one) => /^\S/.test(one))) {
    const [, name = "elsewhere", at] = /([^/]+)\/witness\.ts\((\d+),/.exec(line) ?? [];
    const text =
      at === undefined ? line : readFileSync(path.join(folder, name, "witness.ts"), "utf8").split("\n")[Number(at) - 1];
    found[name] = [...(found[name] ?? []), /^export type (\S+)/.exec(text ?? "")?.[1] ?? line];
  }
  return found;
}

describe("zod's types and the printed ones", () => {
  it("are assignable to each other, in both directions, for every component and part of an operation", async () => {
    expect(failing(await typecheck(folder, "TypeScript 7"))).toEqual(known);
  }, 120_000);

  it("are seen to differ where either of them is changed", async () => {
    const file = path.join(folder, "shapes", "schemas.ts");
    const before = readFileSync(file, "utf8");
    const changed = before
      .replace(/export const Plain = z\.object\(\{/, "$&\n  extra: z.string(),")
      .replace(/export const Loop: z.ZodType<.*?> = /s, "export const Loop: z.ZodType<number> = ");
    expect(changed).not.toBe(before);
    writeFileSync(file, changed);
    const complaints = await typecheck(path.join(folder, "shapes"), "TypeScript 7");
    writeFileSync(file, before);
    expect(complaints).toContain("witness.ts");
    expect(complaints).toMatch(/'extra' is missing|Property 'extra'/);
  }, 120_000);
});
