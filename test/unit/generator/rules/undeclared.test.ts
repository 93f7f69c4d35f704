import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { DiagnosticError } from "../../../../generator/code/diagnostic.js";
import { emit } from "../../../../generator/generate.js";
import { scratch } from "../../../support/files.js";

const folder = scratch();

const spec = readFileSync("test/golden/undeclared-everywhere/spec.yaml", "utf8");
const schemed = `${spec}components:\n  securitySchemes:\n    key: {type: apiKey, in: header, name: X-Key}\n`;

it.each([
  ["no scheme", spec, '"token"'],
  ["a scheme", schemed, '"key"'],
])("R10 the overlay that is proposed for a description with %s makes it one that generates", async (_, text, name) => {
  const cwd = folder({ "spec.yaml": text });
  const thrown = await emit({ spec: "spec.yaml", cwd }).catch((error: unknown) => error);
  const { diagnostics } = thrown as DiagnosticError;
  expect(thrown).toBeInstanceOf(DiagnosticError);
  expect(diagnostics.map(({ code }) => code)).toEqual(["SP201"]);
  writeFileSync(path.join(cwd, "overlay.yaml"), diagnostics[0]?.example ?? "");
  const { files } = await emit({ spec: "spec.yaml", overlays: ["overlay.yaml"], cwd });
  const policy = files.find((one) => one.path === "policy.ts")?.text ?? "";
  expect(policy.split(`access: anyOf(allOf(scheme(${name})))`)).toHaveLength(6);
});

it("a client of a description that is silent needs no word about it", async () => {
  const { files } = await emit({
    spec: "spec.yaml",
    cwd: "test/golden/undeclared-everywhere",
    only: ["types", "client"],
  });
  expect(files.map((one) => one.path)).toEqual(expect.arrayContaining(["client.ts", "types.ts"]));
});
