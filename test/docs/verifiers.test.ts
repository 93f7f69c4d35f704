import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { anyOf } from "../../runtime/src/policy/index.js";
import { open } from "../support/contract.js";
import { exchangeWith } from "../support/exchange.js";
import { machine } from "./own-verifier.js";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
const access = anyOf({ allOf: [{ scheme: "key", needs: [] }] });

describe("docs/verifiers.md", () => {
  it("shows a verifier as it is", () => {
    expect(read("../../docs/verifiers.md")).toContain(`\`\`\`ts\n${read("own-verifier.ts").trimEnd()}\n\`\`\``);
  });

  it.each([
    [["m-17"], 200],
    [["m-18"], 401],
    [[], 401],
    [["m-17", "m-17"], 401],
  ])("which answers X-Machine %j with %s", async (lines, status) => {
    const { api } = open({ a: { policy: { access } } }, { schemes: { key: machine } });
    expect((await api.handle(exchangeWith({ "x-machine": lines }, "/a")))?.status).toBe(status);
  });
});
