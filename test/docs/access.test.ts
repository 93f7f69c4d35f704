import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

describe("docs/security-tests.md", () => {
  it("shows the setup of the bank", () => {
    const [, text = ""] = /^```ts\n([\s\S]*?)^```$/m.exec(read("docs/security-tests.md")) ?? [];
    expect(text).not.toBe("");
    expect(read("examples/bank/security/security.setup.ts")).toContain(text);
  });
});

describe("docs/access.md", () => {
  it("shows what the case `access` says and emits", () => {
    const shown = [...read("docs/access.md").matchAll(/^```(yaml|ts)\n([\s\S]*?)^```$/gm)];
    const sources: Readonly<Record<string, string>> = {
      yaml: read("test/golden/access/spec.yaml"),
      ts: read("test/golden/access/expected/policy.ts") + read("test/golden/access/expected/server.ts"),
    };
    expect(shown.length).toBeGreaterThan(4);
    for (const [, language = "", text = ""] of shown) expect(sources[language]).toContain(text);
  });
});
