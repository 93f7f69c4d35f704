import { describe, expect, it } from "vitest";
import { securityFaults } from "../../../../generator/rules/security.js";
import { specOf } from "../view/spec.js";

const warned = (root: readonly string[], ...operations: readonly (readonly string[])[]) =>
  securityFaults(
    specOf({
      security: [{ oidc: root }],
      paths: Object.fromEntries(operations.map((oidc, at) => [`/p${at}`, { get: { security: [{ oidc }] } }])),
      components: { securitySchemes: { oidc: { type: "openIdConnect", openIdConnectUrl: "https://id.example/c" } } },
    }),
    {},
  ).map(({ code, severity, fix }) => [code, severity, fix]);

describe("scopes of an OpenID provider", () => {
  it("a word that stands once, a letter from one that stands more often, is told", () => {
    const told = [["SP207", "warning", 'Did you mean "accounts:read"?']];
    expect(warned(["acounts:read"], ["accounts:write"], ["accounts:write", "accounts:read"])).toEqual(told);
    expect(warned(["accounts:raed"], ["accounts:read"], ["accounts:read"])).toEqual(told);
  });

  it.each([
    { why: "that stand as often as each other", root: ["account:read"], others: [["accounts:read"]] },
    {
      why: "that stand more than once each",
      root: ["item:read"],
      others: [["item:read"], ["items:read"], ["items:read"]],
    },
    { why: "too short to tell", root: ["a:get"], others: [["b:get"], ["b:get"], ["v1:set"], ["v2:set"], ["v2:set"]] },
    { why: "two letters apart", root: ["reader"], others: [["reads"], ["reads"]] },
  ])("nothing is told of words $why", ({ root, others }) => {
    expect(warned(root, ...others)).toEqual([]);
  });
});
