import {
  atVersion,
  type ClientOptions,
  connect,
  type DeprecationNotice,
  type Operation,
} from "@sallyport/runtime/client";
import { deprecated, type Versioning } from "@sallyport/runtime/policy";
import { describe, expect, it, vi } from "vitest";
import { clientPolicy, json, operation, type Received, startOrigin } from "../../../support/client.js";

const supported = [{ name: "v1" }, { name: "v2" }];
const rules = (strategy: Versioning["strategy"], name?: string): Versioning => ({
  strategy,
  ...(name === undefined ? {} : { name }),
  current: "v1",
  missing: "current",
  supported,
});

/** Calls with a client that was generated for v1, and says what the server saw. */
async function called(
  versioning: Versioning,
  calls: readonly (readonly [Operation, object?])[],
  options: ClientOptions<object> = {},
  answered: Readonly<Record<string, string>> = {},
): Promise<readonly Received[]> {
  const origin = await startOrigin((_, response) => json(response, 200, {}, answered));
  const api = clientPolicy({ versioning });
  const caller = connect(api, atVersion(api, { baseUrl: origin.url, ...options }));
  for (const [one, input = {}] of calls) await caller.send(one, input);
  await caller.close();
  await origin.close();
  return origin.requests;
}

describe("a client of an API with versions", () => {
  const plain = operation();
  const find = operation({}, { query: [{ name: "q" }] });
  const post = operation({ method: "POST" }, { body: { media: ["application/json"], required: true } });

  it("names the version that it was generated for in the header", async () => {
    const [request] = await called(rules("header", "API-Version"), [[plain]]);
    expect(request?.headers["api-version"]).toBe("v1");
  });

  it("and in the query, beside what the operation has there", async () => {
    const requests = await called(rules("query", "version"), [[plain], [find, { q: "a&b" }]]);
    expect(requests.map(({ url }) => url)).toEqual(["/things?version=v1", "/things?q=a%26b&version=v1"]);
  });

  it("once, where a link that is followed names it, or another, already", async () => {
    const page = (query: string) => ({ ...plain, writes: [() => ({ query })] });
    const links = ["page=2&version=v1", "%76ersion=v2&page=2&versions=3", "version", "a=%zz&&b"];
    const requests = await called(
      rules("query", "version"),
      links.map((query) => [page(query)]),
    );
    expect(requests.map(({ url }) => url)).toEqual([
      "/things?page=2&version=v1",
      "/things?page=2&versions=3&version=v1",
      "/things?version=v1",
      "/things?a=%zz&b&version=v1",
    ]);
  });

  it.each([rules("header", "API-Version"), rules("query", "version"), rules("mediaType")])(
    "makes no signal that nobody asks for: $strategy",
    async (versioning) => {
      const api = clientPolicy({ versioning });
      const made = vi.spyOn(globalThis, "AbortController");
      const caller = connect(
        api,
        atVersion(api, {
          baseUrl: "https://api.test",
          transport: {
            send: async () => ({ status: 204, headers: {}, body: new Uint8Array() }),
            close: async () => {},
          },
        }),
      );
      await caller.send(plain, {});
      expect(made).not.toHaveBeenCalled();
      made.mockRestore();
    },
  );

  it("and in media types, before the weight of a range", async () => {
    const [read, write] = await called(rules("mediaType"), [[plain], [post, { body: {} }]]);
    expect(read?.headers.accept).toBe("application/json;version=v1, application/problem+json;q=0.9, */*;q=0.8");
    expect(write?.headers["content-type"]).toBe("application/json;version=v1");
  });

  it("in the path it stands already", async () => {
    const [request] = await called(rules("path"), [[plain]]);
    expect([request?.url, request?.headers["api-version"]]).toEqual(["/things", undefined]);
  });

  it("is told once that its version ends, and of an operation that ends by itself", async () => {
    const notices: DeprecationNotice[] = [];
    const life = deprecated({ deprecatedAt: "2026-01-01T00:00:00Z" });
    const calls = [operation({}, {}, "a"), operation({}, {}, "b"), operation({ lifecycle: life }, {}, "c")];
    await called(
      rules("header", "API-Version"),
      [...calls, ...calls].map((one) => [one]),
      { onDeprecation: (notice) => void notices.push(notice) },
      { deprecation: "@1767225600", sunset: "Tue, 01 Jun 2027 00:00:00 GMT" },
    );
    expect(notices.map((one) => [one.operation, one.version, one.sunset?.slice(0, 10)])).toEqual([
      ["a", "v1", "2027-06-01"],
      ["c", undefined, "2027-06-01"],
    ]);
  });
});
