import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

describe("the README", () => {
  it.each(["examples/quickstart/server.ts", "examples/quickstart/client.ts"])("shows %s as it is", (file) => {
    expect(read("README.md")).toContain(`\`\`\`ts\n${read(file).trimEnd()}\n\`\`\``);
  });
});
