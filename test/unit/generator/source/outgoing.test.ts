import { describe, expect, it } from "vitest";
import { lower } from "../../../../generator/lower/lower.js";
import { runRules } from "../../../../generator/rules/run.js";
import { settle } from "../../../../generator/settle/settle.js";
import { callbacksOf, type Outgoing, webhooksOf } from "../../../../generator/source/outgoing.js";
import { specOf } from "../../../support/spec.js";

const ok = "responses: {'204': {description: Done.}}";
const called = (expression: string) =>
  `callbacks: {told: {${JSON.stringify(expression)}: {query: {${ok}}, additionalOperations: {COPY: {${ok}}}}}}`;
const text = `openapi: 3.2.0
info: {title: T, version: "1"}
security: [{key: []}]
servers: [{url: "https://api.example/v1"}]
paths:
  /a:
    query: {operationId: askA, ${ok}, ${called("{$request.body#/url}")}}
    additionalOperations: {LINK: {${ok}, ${called("$request.query.url")}}}
webhooks:
  a.b: {post: {${ok}}, query: {${ok}}, additionalOperations: {COPY: {${ok}}}}
  "a/b": {get: {security: [{key: []}], ${ok}}}
  "a-b": {get: {${ok}}}
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}
`;
const routes = (outgoing: Outgoing | undefined) =>
  outgoing === undefined
    ? []
    : settle(lower(outgoing.spec, { clientOnly: true })).operations.map(
        ({ method, path, access }) => `${method} ${path} ${access.kind}`,
      );

describe("what an API calls", () => {
  it("R14 webhooks by every method, each at a path of its own, without the root's security", () => {
    expect([...routes(webhooksOf(specOf(text)))].sort()).toEqual([
      "COPY /a-b-2 public",
      "GET /a-b public",
      "GET /a/b restricted",
      "POST /a-b-2 public",
      "QUERY /a-b-2 public",
    ]);
  });

  it("R14 callbacks of every method, by every method, with the expression of each", () => {
    const outgoing = callbacksOf(specOf(text));
    expect([...routes(outgoing)].sort()).toEqual([
      "COPY /LINK/a/told public",
      "COPY /askA/told public",
      "QUERY /LINK/a/told public",
      "QUERY /askA/told public",
    ]);
    expect(outgoing?.expressions.get("/askA/told")).toBe("{$request.body#/url}");
    expect(outgoing?.expressions.get("/LINK/a/told")).toBe("$request.query.url");
  });

  it("R10 a webhook that does not say who may call it is undeclared, at its own place", () => {
    const silent = `openapi: 3.1.1\nsecurity: []\npaths: {}\nwebhooks:\n  told:\n    post: {${ok}}\n`;
    const outgoing = webhooksOf(specOf(silent));
    const found = outgoing === undefined ? [] : runRules(outgoing.spec).map(({ code, at }) => `${code} ${at?.line}`);
    expect(found).toEqual(["SP201 6"]);
  });

  it("a description without any has none", () => {
    const bare = specOf("openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n");
    expect([webhooksOf(bare), callbacksOf(bare)]).toEqual([undefined, undefined]);
  });

  it.each([
    ["{$request.body#/url}", 0],
    ["https://h.example/{$request.path.id}?s={$statusCode}", 0],
    ["{$request.headers.url}", 1],
    ["https://h.example/", 1],
    ["{$request.body/url}", 1],
  ])("the key %s of a callback is no expression: %i", (expression, faults) => {
    const spec = specOf(text.replace("{$request.body#/url}", expression));
    expect(runRules(spec).filter(({ code }) => code === "SP166")).toHaveLength(faults);
  });
});
