import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("docs/diagnostics.md", () => {
  it("has an entry for every code, and none for a code that nothing says", () => {
    const used = new Set(
      readdirSync(`${root}generator`, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts") && !name.endsWith("precompiled.ts"))
        .flatMap((name) =>
          [...readFileSync(`${root}generator/${name}`, "utf8").matchAll(/"(SP\d{3})"/g)].map(([, code]) => code),
        ),
    );
    const explained = [...readFileSync(`${root}docs/diagnostics.md`, "utf8").matchAll(/^## (SP\d{3})$/gm)].map(
      ([, code]) => code,
    );
    expect(explained).toEqual([...used].sort());
  });
});
