import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runRules } from "../../generator/rules/run.js";
import { specOf } from "../support/spec.js";
import { typecheck } from "../support/typecheck.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(path.join(root, "docs/api-keys.md"), "utf8");
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text = ""]) => text);

describe("docs/api-keys.md", () => {
  let folder: string;
  beforeAll(() => {
    mkdirSync(path.join(root, ".cache"), { recursive: true });
    folder = mkdtempSync(path.join(root, ".cache/docs-"));
    writeFileSync(path.join(folder, "package.json"), '{"type":"module"}');
    cpSync(path.join(root, "examples/quickstart/generated/policy.ts"), path.join(folder, "generated/policy.ts"));
    blocks("ts").forEach((text, at) => {
      writeFileSync(path.join(folder, `${at}.ts`), text);
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("shows a spec that has no fault", () => {
    const [scheme = ""] = blocks("yaml");
    const spec = `openapi: 3.1.0
info: {title: T, version: "1"}
servers: [{url: "https://a.example"}]
security: [{partnerKey: []}]
paths: {/a: {get: {operationId: a, responses: {"204": {description: None.}}}}}
${scheme}`;
    expect(scheme).toContain("hmac-sha256");
    expect(runRules(specOf(spec))).toEqual([]);
  });

  it("shows code that compiles", async () => {
    expect(blocks("ts")).toHaveLength(2);
    expect(await typecheck(folder, "TypeScript 7")).toBe("");
  });

  it("shows code that does what it says", () => {
    const said = execFileSync(process.execPath, ["--conditions=sallyport-source", "--import", "tsx", "1.ts"], {
      cwd: folder,
      encoding: "utf8",
    });
    const events = [...said.matchAll(/"event":"(\S+?)"/g)].map(([, event]) => event);
    expect(events).toEqual(["api_key.created", "api_key.rotated", "api_key.revoked"]);
    expect(said).toMatch(/Shown once: note_[0-9a-f]{16}_[0-9a-f]{48}, then note_/);
  });
});
