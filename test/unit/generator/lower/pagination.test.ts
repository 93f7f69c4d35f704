import { describe, expect, it } from "vitest";
import { lower } from "../../../../generator/lower/lower.js";
import type { Pagination } from "../../../../generator/model/pagination.js";
import { modelOf } from "../../../support/api-of.js";

type Json = Record<string, unknown>;

const page = {
  type: "object",
  properties: {
    data: { type: "array", items: { type: "string" } },
    next: { type: "string" },
    meta: { type: "object", properties: { more: { type: "boolean" }, total: { type: "integer" } } },
  },
};
const parameter = (name: string, schema: object = { type: "integer" }) => ({ name, in: "query", schema });

function specWith(operation: Json, rest: Json = {}, method = "get"): object {
  return {
    openapi: "3.1.1",
    info: { title: "T", version: "1" },
    servers: [{ url: "https://t.example" }],
    security: [],
    ...rest,
    paths: {
      "/a": {
        [method]: {
          operationId: "list",
          parameters: [
            parameter("page"),
            parameter("offset"),
            parameter("after", { type: "string" }),
            parameter("limit"),
          ],
          responses: { 200: { description: "A page.", content: { "application/json": { schema: page } } } },
          ...operation,
        },
      },
    },
  };
}

/** How pages are gone through, and what was noticed. */
async function pagination(operation: Json, rest?: Json): Promise<readonly [Pagination | undefined, string[]]> {
  const { api, spec } = await modelOf(specWith(operation, rest));
  const { warnings } = lower(spec);
  return [api.operations[0]?.pagination, warnings.map(({ code, message }) => `${code} ${message}`)];
}

describe("what other tools say of pages", () => {
  const cursor = { type: "cursor", parameter: { in: "query", name: "after" }, items: "/data", next: "/next" };
  it.each([
    [
      "Speakeasy, cursor",
      {
        "x-speakeasy-pagination": {
          type: "cursor",
          inputs: [{ name: "after", in: "parameters", type: "cursor" }],
          outputs: { results: "$.data", nextCursor: "$.next" },
        },
      },
      cursor,
    ],
    [
      "Speakeasy, page",
      {
        "x-speakeasy-pagination": {
          type: "offsetLimit",
          inputs: [
            { name: "page", in: "parameters", type: "page" },
            { name: "limit", in: "parameters", type: "limit" },
          ],
          outputs: { results: "$.data", numPages: "$.meta.pages" },
        },
      },
      { type: "page", parameter: { in: "query", name: "page" }, first: 1, items: "/data" },
    ],
    [
      "Speakeasy, url",
      { "x-speakeasy-pagination": { type: "url", outputs: { results: "$.data", nextUrl: "$.next" } } },
      { type: "link", parameter: undefined, items: "/data", next: "/next" },
    ],
    [
      "Fern, cursor",
      {
        "x-fern-pagination": { cursor: "$request.after", next_cursor: "$response.next", results: "$response.data" },
      },
      cursor,
    ],
    [
      "Fern, offset in items",
      {
        "x-fern-pagination": {
          offset: "$request.offset",
          step: "$request.limit",
          results: "$response.data",
          "has-next-page": "$response.meta.more",
        },
      },
      { type: "offset", parameter: { in: "query", name: "offset" }, first: 0, items: "/data", more: "/meta/more" },
    ],
    [
      "Microsoft",
      { "x-ms-pageable": { nextLinkName: "next", itemName: "data" } },
      { type: "link", items: "/data", next: "/next" },
    ],
  ])("%s", async (_, said, expected) => {
    const [found, warnings] = await pagination(said);
    expect(found).toMatchObject(expected);
    expect(warnings).toEqual([]);
  });

  it("Fern at the root, where the operation says true", async () => {
    const root = { "x-fern-pagination": { offset: "$request.page", results: "$response.data" } };
    expect((await pagination({ "x-fern-pagination": true }, root))[0]).toMatchObject({ type: "page", items: "/data" });
    expect((await pagination({}, root))[0]).toBeUndefined();
  });

  it.each([
    ["x-speakeasy-pagination", { type: "cursor", outputs: { nextCursor: "$.data[-1].id" } }, "no plain paths"],
    ["x-speakeasy-pagination", { type: "magic" }, "none of cursor"],
    ["x-fern-pagination", { type: "custom" }, "neither a cursor nor an offset"],
    ["x-fern-pagination", { offset: "$request.nothing", results: "$response.data" }, "there is no query:nothing"],
    ["x-ms-pageable", { nextLinkName: "next", operationName: "listNext" }, "another operation"],
    ["x-ms-pageable", { nextLinkName: "nextLink" }, 'has no "/nextLink"'],
  ])("%s %j is a warning, and one page", async (key, said, words) => {
    const [found, warnings] = await pagination({ [key]: said });
    expect(found).toBeUndefined();
    expect(warnings.join()).toContain("SP353");
    expect(warnings.join()).toContain(words);
  });

  it("without a link there is one page, and nothing to say", async () => {
    expect(await pagination({ "x-ms-pageable": { nextLinkName: null } })).toEqual([undefined, []]);
  });
});

describe("pages by the vocabulary", () => {
  const said = (rest: Json) => ({
    "x-sallyport": {
      pagination: { type: "page", request: { page: "query:page" }, response: { items: "/data" }, ...rest },
    },
  });

  it("what the first page is called, the parameter says", async () => {
    const first = async (schema: object) =>
      (await pagination({ ...said({}), parameters: [parameter("page", schema)] }))[0]?.first;
    expect(await first({ type: "integer" })).toBe(1);
    expect(await first({ type: "integer", default: 5 })).toBe(5);
    expect(await first({ type: "integer", minimum: 0 })).toBe(0);
  });

  it("a page without a bound is a warning", async () => {
    const request = { page: "query:page", limit: "query:limit" };
    expect((await pagination(said({ request })))[1].join()).toMatch(/SP352 GET \/a: query:limit has no maximum/);
    const bounded = [parameter("page"), parameter("limit", { type: "integer", maximum: 100 })];
    expect((await pagination({ ...said({ request }), parameters: bounded }))[1]).toEqual([]);
  });

  it("what is inherited holds where it fits, and says nothing elsewhere", async () => {
    const defaults = { "x-sallyport": { defaults: said({})["x-sallyport"] } };
    expect((await pagination({}, defaults))[0]).toMatchObject({ type: "page", maxPages: 1_000 });
    const other = { responses: { 204: { description: "Nothing." } } };
    expect(await pagination(other, defaults)).toEqual([undefined, []]);
  });

  it("another tool's annotation of the operation is nearer than what the operation inherits", async () => {
    const defaults = { "x-sallyport": { defaults: said({})["x-sallyport"] } };
    const near = { "x-ms-pageable": { nextLinkName: "next", itemName: "data" } };
    expect((await pagination(near, defaults))[0]).toMatchObject({ type: "link", next: "/next" });
    const unread = { "x-ms-pageable": { nextLinkName: "next", operationName: "listNext" } };
    const [found, warnings] = await pagination(unread, defaults);
    expect([found, warnings.join()]).toEqual([undefined, expect.stringMatching(/^SP353 .*another operation$/)]);
  });

  it.each([
    { "x-ms-pageable": { nextLinkName: "next", operationName: "listNext" } },
    { "x-speakeasy-pagination": { type: "magic" } },
  ])("nobody minds that %j cannot be followed where the operation says it itself", async (foreign) => {
    const [found, warnings] = await pagination({ ...said({}), ...foreign });
    expect([found?.type, warnings]).toEqual(["page", []]);
  });

  it("two forms that say the same are one", async () => {
    const twice = { ...said({}), "x-fern-pagination": { offset: "$request.page", results: "$response.data" } };
    expect((await pagination(twice))[0]).toMatchObject({ type: "page" });
  });
});
