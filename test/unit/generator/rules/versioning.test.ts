import { describe, expect, it } from "vitest";
import { byAge } from "../../../../generator/lower/version-order.js";
import { runRules } from "../../../../generator/rules/run.js";
import { modelOf } from "../../../support/api-of.js";
import { gistOf } from "../../../support/files.js";
import { specOf } from "../../../support/spec.js";

const spec = (versioning: string, { url = "https://a.example/v2", operation = "" } = {}) => `openapi: 3.1.1
info: {title: T, version: "1"}
servers: [{url: "${url}"}]
x-sallyport:
  vocabulary: 1
  versioning: {${versioning}}
security: []
paths:
  /a:
    get: {operationId: getA, ${operation} responses: {"204": {description: Fine.}}}
`;
const said = (...given: Parameters<typeof spec>) => runRules(specOf(spec(...given))).map(({ code }) => code);
const both = "supported: {v1: {deprecatedAt: 2026-01-01, sunset: 2027-01-01, docs: https://a.example}, v2: {}}";

describe("rules of versions", () => {
  it("a description that fits together has no fault", () => {
    expect(runRules(specOf(spec(`strategy: header, current: v2, ${both}`))).map(gistOf)).toEqual([]);
    expect(said("strategy: path, current: v2")).toEqual([]);
    expect(
      said(`strategy: path, current: v2, ${both}`, { operation: "x-sallyport: {lifecycle: {since: v2}}," }),
    ).toEqual([]);
  });

  it.each([
    ["a current version that is not supported", `strategy: header, current: v3, ${both}`, {}, "SP370"],
    [
      "an end before the deprecation",
      "strategy: header, current: v2, supported: {v1: {deprecatedAt: 2027-01-01, sunset: 2026-01-01}, v2: {}}",
      {},
      "SP371",
    ],
    [
      "an end without deprecation",
      "strategy: header, current: v2, supported: {v1: {sunset: 2026-01-01}, v2: {}}",
      {},
      "SP372",
    ],
    [
      "a current version that ends",
      "strategy: header, current: v2, supported: {v2: {deprecatedAt: 2026-01-01}}",
      {},
      "SP373",
    ],
    [
      "an operation of an unknown version",
      `strategy: header, current: v2, ${both}`,
      { operation: "x-sallyport: {lifecycle: {since: v0}}," },
      "SP374",
    ],
    ["a server without the version", "strategy: path, current: v2", { url: "https://a.example" }, "SP375"],
    ["a server with it twice", "strategy: path, current: v2", { url: "https://a.example/v2/v2" }, "SP375"],
    ["a server with it in the host alone", "strategy: path, current: v2", { url: "https://v2/" }, "SP375"],
    [
      "a header that is an operation's own",
      `strategy: header, header: X-V, current: v2, ${both}`,
      { operation: "parameters: [{name: x-v, in: header, schema: {type: string}}]," },
      "SP376",
    ],
    [
      "a query parameter that is an operation's own",
      `strategy: query, current: v2, ${both}`,
      { operation: "parameters: [{name: version, in: query, schema: {type: string}}]," },
      "SP376",
    ],
  ])("%s", (_, versioning, more, code) => {
    expect(said(versioning, more)).toEqual([code]);
  });
});

describe("versions in the model", () => {
  it("are in the order of their age, whatever the spec's", () => {
    const versions = ["v10", "v2", "2026-02-01", "2026-01-31", "v2.10", "v2.9", "v2"];
    expect([...versions].sort(byAge)).toEqual(["2026-01-31", "2026-02-01", "v2", "v2", "v2.9", "v2.10", "v10"]);
  });

  it("have their defaults written down", async () => {
    const { api } = await modelOf({
      openapi: "3.1.1",
      info: { title: "T", version: "1" },
      servers: [{ url: "https://a.example" }],
      "x-sallyport": { vocabulary: 1, versioning: { strategy: "header", current: "v1" } },
      security: [],
      paths: { "/a": { get: { operationId: "getA", responses: { "204": { description: "Fine." } } } } },
    });
    expect(api.versioning).toEqual({
      strategy: "header",
      name: "API-Version",
      current: "v1",
      missing: "current",
      supported: [{ name: "v1", deprecatedAt: undefined, sunset: undefined, docs: undefined }],
    });
  });

  it("are not those of whom an API calls", async () => {
    const { webhooksOf } = await import("../../../../generator/source/outgoing.js");
    const hook = 'webhooks: {done: {post: {operationId: done, responses: {"204": {description: Fine.}}}}}\n';
    const found = webhooksOf(specOf(spec("strategy: header, current: v2") + hook));
    expect(found?.spec.root["x-sallyport"]).toEqual({ vocabulary: 1 });
  });
});
