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

  it.each<readonly [string, ...(readonly string[])[]]>([
    ["that stand as often as each other", ["account:read"], ["accounts:read"]],
    ["that stand more than once each", ["item:read"], ["item:read"], ["items:read"], ["items:read"]],
    ["too short to tell", ["a:get"], ["b:get"], ["b:get"], ["v1:set"], ["v2:set"], ["v2:set"]],
    ["two letters apart", ["reader"], ["reads"], ["reads"]],
  ])("nothing is told of words %s", (_, root = [], ...operations) => {
    expect(warned(root, ...operations)).toEqual([]);
  });
});
