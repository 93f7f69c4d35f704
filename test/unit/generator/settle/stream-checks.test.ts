import { describe, expect, it } from "vitest";
import { DiagnosticError } from "../../../../generator/code/diagnostic.js";
import { modelOf } from "../../../support/api-of.js";

const property = {
  type: "object",
  properties: { own: { type: "string", "x-sallyport": { read: "boss", write: "boss" } } },
};

const url = { type: "object", properties: { home: { type: "string", "x-sallyport": { url: {} } } } };

async function codesOf(
  sent: string,
  answered: string,
  thing: object = property,
  key: "schema" | "itemSchema" = "schema",
): Promise<readonly string[]> {
  const content = (type: string) => ({ [type]: { [key]: { $ref: "#/components/schemas/Thing" } } });
  const spec = {
    openapi: key === "schema" ? "3.1.1" : "3.2.0",
    info: { title: "T", version: "1" },
    "x-sallyport": { vocabulary: 1, roles: { boss: {} } },
    security: [{ oidc: [] }],
    paths: {
      "/a": {
        post: {
          operationId: "a",
          requestBody: { content: content(sent) },
          responses: { "200": { description: "", content: content(answered) } },
        },
      },
    },
    components: {
      schemas: { Thing: thing },
      securitySchemes: { oidc: { type: "openIdConnect", openIdConnectUrl: "https://id.example/x" } },
    },
  };
  return modelOf(spec).then(
    () => [],
    (thrown) =>
      thrown instanceof DiagnosticError ? thrown.diagnostics.map(({ code }) => code) : Promise.reject(thrown),
  );
}

describe("rules of properties hold on whole values only, and stop generation elsewhere", () => {
  it.each([
    ["application/json", "application/json", []],
    ["application/jsonl", "application/json", ["SP903"]],
    ["application/json-seq", "application/json", ["SP903"]],
    ["text/event-stream", "application/json", ["SP903"]],
    ["multipart/form-data", "application/json", ["SP903"]],
    ["application/json", "application/jsonl", ["SP903"]],
    ["application/json", "text/event-stream", ["SP903"]],
    ["application/json", "multipart/form-data", ["SP903"]],
  ])("sent as %s, answered as %s: %j", async (sent, answered, codes) => {
    expect(await codesOf(sent, answered)).toEqual(codes);
  });

  it.each([
    ["application/json", []],
    ["application/jsonl", []],
    ["text/event-stream", []],
    ["multipart/form-data", []],
    ["application/merge-patch+json", []],
    ["text/plain", []],
    ["application/octet-stream", ["SP903"]],
    ["image/*", ["SP903"]],
  ])("API7 URLs in what is sent as %s: %j", async (sent, codes) => {
    expect(await codesOf(sent, "application/jsonl", url)).toEqual(codes);
  });

  it("API7 URLs in items that come one by one", async () => {
    expect(await codesOf("application/jsonl", "application/jsonl", url, "itemSchema")).toEqual([]);
  });
});
