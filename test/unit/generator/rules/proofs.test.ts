import { describe, expect, it } from "vitest";
import { runRules } from "../../../../generator/rules/run.js";
import { gistOf } from "../../../support/files.js";
import { specOf } from "../../../support/spec.js";

/** What the rules say of a scheme, and of an operation that asks for it. */
function said(scheme: string, operation = "{}", security = "[{s: []}]"): readonly string[] {
  const text = `openapi: 3.1.1
info: {title: T, version: "1"}
servers: [{url: "https://a.example"}]
x-sallyport: {vocabulary: 1}
security: ${security}
paths:
  /a:
    get:
      operationId: getA
      x-sallyport: ${operation}
      responses: {"200": {description: Fine.}}
components:
  securitySchemes:
    s: ${scheme}
    key: {type: apiKey, in: header, name: X-Key}
`;
  return runRules(specOf(text)).map((one) => gistOf(one).replace(/ spec.yaml:(\d+):\d+$/, " $1"));
}
const bearer = (annotation: string) => `{type: http, scheme: bearer, x-sallyport: ${annotation}}`;
const cookie = (name: string, rules: string) =>
  `{type: apiKey, in: cookie, name: ${name}, x-sallyport: {cookie: ${rules}}}`;
const certificate = (principal: string) => `{type: mutualTLS, x-sallyport: {principal: ${principal}}}`;

describe("rules of tokens and proofs", () => {
  it.each([
    ["introspection", bearer("{introspection: {endpoint: https://a.example/i}}"), []],
    [
      "by an endpoint of the environment",
      bearer("{jwt: {revocation: introspect}, introspection: {endpoint: env:I}}"),
      [],
    ],
    ["without an endpoint", bearer("{jwt: {revocation: introspect}}"), ["SP212 14"]],
    ["over plain http", bearer("{introspection: {endpoint: http://a.example/i}}"), ["SP208 14"]],
    ["proofs", bearer("{binding: dpop, dpop: {nonce: required}}"), []],
    ["rules for proofs that nobody asks for", bearer("{dpop: {nonce: required}}"), ["SP213 14"]],
    ["rules for proofs beside certificates", bearer("{binding: mtls, dpop: {nonce: off}}"), ["SP213 14"]],
    ["proofs of a key", "{type: apiKey, in: header, name: K, x-sallyport: {binding: dpop}}", ["SP211 14"]],
    ["a certificate", certificate("{id: [subject.CN, san.uri], tenant: subject.O}"), []],
    ["a certificate that code maps", "{type: mutualTLS}", []],
    [
      "claims of a certificate",
      certificate("{id: [sub], tenant: tid, roles: {claim: /roles}}"),
      ["SP215 14", "SP215 14", "SP215 14"],
    ],
    ["a cookie", cookie("sid", "{sameSite: strict, csrf: header}"), []],
    ["a cookie of one host", cookie("__Host-sid", "{hostPrefix: true}"), []],
    ["a cookie whose name says otherwise", cookie("sid", "{hostPrefix: true}"), ["SP214 14"]],
    ["or the other way round", cookie("__Host-sid", "{hostPrefix: false}"), ["SP214 14"]],
    [
      "cookie rules of a header",
      "{type: apiKey, in: header, name: K, x-sallyport: {cookie: {csrf: origin}}}",
      ["SP211 14"],
    ],
  ])("%s", (_, scheme, complaints) => {
    expect(said(scheme)).toEqual(complaints);
  });

  it("a sign-in is asked of whoever can have one", () => {
    const token = bearer("{jwt: {audience: [a]}}");
    const rule = "{stepUp: {acr: [mfa]}}";
    expect(said(token, rule)).toEqual([]);
    expect(said(token, rule, "[{s: [], key: []}]")).toEqual([]);
    expect(said(token, rule, "[{s: []}, {key: []}]")).toEqual(["SP216 10"]);
    expect(said(token, rule, "[{key: []}]")).toEqual(["SP216 10"]);
    expect(said(token, "{stepUp: {}}", "[{key: []}]")).toEqual([]);
    expect(said(token, rule, "[]")).toEqual(["SP206 10"]);
    expect(said(token, rule, "[{s: []}, {}]")).toEqual(["SP206 10"]);
  });
});
