import { describe, expect, it } from "vitest";
import { DiagnosticError } from "../../generator/code/diagnostic.js";
import { checkSecrets } from "../../generator/output/no-secrets.js";
import { secretFaults } from "../../generator/rules/secrets.js";
import { specOf } from "../support/spec.js";

// Made up, and put together here, so that scanners of this repository find nothing.
const token = ["ghp", "R7kW2mZ9qT4xV1nB8cL5sD3fH6jG0pY7uE2a"].join("_");
const key = `-----BEGIN ${"PRIVATE"} KEY-----\\n${"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj".repeat(2)}`;
const jwt = ["eyJhbGciOiJSUzI1NiJ9", "eyJzdWIiOiJhbm4iLCJpYXQiOjE1MTYyMzkwMjJ9", "TCYt5XsITJX1CxPCT8yAV9TVkIEq"].join(
  ".",
);

const said = (lines: string) =>
  secretFaults(specOf(`openapi: 3.1.1\ninfo: {title: T, version: "1"}\n${lines}`)).map(
    ({ code, severity, at }) => `${code} ${severity} ${at?.line}`,
  );

describe("R7 secrets in a description", () => {
  it.each<[string, string, string[]]>([
    ["a token in a description", `tags: [{name: a, description: "try ${token}"}]`, ["SP230 error 3"]],
    ["a key in a default", `components: {schemas: {A: {default: "${key}"}}}`, ["SP230 error 3"]],
    ["a token in an example", `components: {schemas: {A: {example: "${token}"}}}`, ["SP230 warning 3"]],
    ["a JWT, which documents often show", `tags: [{name: a, description: "${jwt}"}]`, ["SP230 warning 3"]],
    ["a placeholder", `tags: [{name: a, description: "AKIAIOSFODNN7EXAMPLE ghp_${"x".repeat(36)}"}]`, []],
    ["a password in a URL", 'servers: [{url: "https://ann:hunter2@api.example"}]', ["SP231 error 3"]],
    ["an @ in a path of a URL", 'servers: [{url: "https://api.example/@ann"}]', []],
    [
      "a random value under a telling name",
      'components: {schemas: {A: {properties: {apiKey: {default: "q8Zt3Lw0Xc5Vb7Nm2Kj9Hg4Fd"}}}}}',
      ["SP230 warning 3"],
    ],
    [
      "a random value of a parameter with a telling name",
      'components: {parameters: {P: {name: X-Token, in: header, example: "q8Zt3Lw0Xc5Vb7Nm2Kj9Hg4Fd"}}}',
      ["SP230 warning 3"],
    ],
    [
      "a random value under another name",
      'components: {schemas: {A: {properties: {etag: {default: "q8Zt3Lw0Xc5Vb7Nm2Kj9Hg4Fd"}}}}}',
      [],
    ],
    [
      "words under a telling name",
      'components: {schemas: {A: {properties: {password: {description: "at least 20 characters, 3 of them digits"}}}}}',
      [],
    ],
  ])("%s", (_name, lines, expected) => {
    expect(said(lines)).toEqual(expected);
  });

  it("no complaint quotes the secret", () => {
    const faults = secretFaults(specOf(`openapi: 3.1.1\ninfo: {title: T, description: "${token}"}`));
    expect(faults).toHaveLength(1);
    expect(JSON.stringify(faults)).not.toContain(token);
  });
});

it("R7 output that would hold a secret is not written, wherever it came from", () => {
  const check = (text: string) => () => checkSecrets([{ path: "a.ts", text }]);
  expect(check(`ghp_${"x".repeat(36)} ${jwt}`)).not.toThrow();
  expect(check(`ghp_${"x".repeat(36)} and ${token}`)).toThrow(DiagnosticError);
  expect(check(token)).toThrow(/SP077 a\.ts would hold/);
  expect(check(token)).not.toThrow(token);
});
