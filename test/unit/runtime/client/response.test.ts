import { connect, type DeprecationNotice, noticing } from "@sallyport/runtime/client";
import { describe, expect, it } from "vitest";
import { createTransport as fetchTransport } from "../../../../runtime/src/client/transports/fetch.js";
import { callOnce, clientPolicy, failureOf, operation, startOrigin } from "../../../support/client.js";

type Headers = Readonly<Record<string, string>>;

/** One call against a server that answers this. */
async function answered(
  transport: "undici" | "fetch",
  status: number,
  headers: Headers,
  body: string | Buffer = "",
): Promise<unknown> {
  const origin = await startOrigin((_request, response) => void response.writeHead(status, headers).end(body));
  const own =
    transport === "undici"
      ? {}
      : { transport: fetchTransport({ origin: origin.url, tls: undefined, server: undefined }) };
  try {
    return await callOnce({ baseUrl: origin.url, ...own });
  } finally {
    await origin.close();
  }
}

const json = { "content-type": "application/json; charset=utf-8" };
const problem = { "content-type": "application/problem+json" };

describe.each(["undici", "fetch"] as const)("answers, over %s", (over) => {
  it.each([
    [200, json, '{"a":"ä"}', { a: "ä" }],
    [201, { "content-type": "application/vnd.shop.v1+json" }, "[1]", [1]],
    [200, { "content-type": "text/plain" }, "hello", "hello"],
    [204, {}, "", undefined],
    [200, {}, "", undefined],
  ])("a %i is read by its type (%#)", async (status, headers, body, expected) => {
    expect(await answered(over, status, headers as Headers, body)).toEqual(expected);
  });

  it("other media are octets", async () => {
    const octets = await answered(over, 200, { "content-type": "application/pdf" }, Buffer.from([0, 255, 1]));
    expect(octets).toBeInstanceOf(Uint8Array);
    expect([...(octets as Uint8Array)]).toEqual([0, 255, 1]);
  });

  it.each(["{", '{"a":"\xff"}'])("JSON that is none is response_invalid (%#)", async (text) => {
    const failure = await failureOf(answered(over, 200, json, Buffer.from(text, "latin1")));
    expect(failure).toMatchObject({ code: "response_invalid", status: 200 });
  });

  it.each([
    [400, "invalid_input"],
    [401, "unauthenticated"],
    [403, "forbidden"],
    [404, "not_found"],
    [409, "conflict"],
    [410, "gone"],
    [418, "http_error"],
    [422, "invalid_input"],
    [429, "rate_limited"],
    [500, "server_error"],
    [503, "server_error"],
  ])("a %i is %s, with all that the server said", async (status, code) => {
    const document = {
      type: "https://shop.example/oops",
      title: "Oops",
      status: 999,
      detail: "why",
      errors: [{ in: "body", pointer: "#/a", detail: "is wrong" }],
      balance: 3,
    };
    const headers = { ...problem, "x-request-id": "req-1", "retry-after": "3" };
    const failure = await failureOf(answered(over, status, headers, JSON.stringify(document)));
    expect(failure).toMatchObject({
      name: "Failure",
      code,
      status,
      requestId: "req-1",
      retryAfter: 3_000,
      operation: "getThings",
      attempts: 1,
    });
    expect(failure.problem).toEqual({ ...document, status });
  });

  it.each([
    ["{", undefined],
    ["[]", undefined],
    ["null", undefined],
    ['"no"', undefined],
    ["{}", { type: "about:blank", title: "", status: 500 }],
    ['{"type":1,"title":[],"detail":{},"instance":2,"errors":"x"}', { type: "about:blank", title: "", status: 500 }],
    ['{"errors":[null,1,{"detail":"d"}]}', { type: "about:blank", title: "", status: 500, errors: [{ detail: "d" }] }],
  ])("a sloppy problem document %s still is a failure", async (body, expected) => {
    const failure = await failureOf(answered(over, 500, problem, body));
    expect(failure.code).toBe("server_error");
    expect(failure.problem).toEqual(expected);
  });

  it("a __proto__ in a problem document changes no prototype", async () => {
    const failure = await failureOf(answered(over, 400, problem, '{"__proto__":{"polluted":true}}'));
    expect(Object.getPrototypeOf(failure.problem)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("nobody at home is network", async () => {
    const transport =
      over === "undici"
        ? {}
        : { transport: fetchTransport({ origin: "http://127.0.0.1:1", tls: undefined, server: undefined }) };
    const failure = await failureOf(callOnce({ baseUrl: "http://127.0.0.1:1", ...transport }));
    expect(failure).toMatchObject({ code: "network", attempts: 1, status: undefined });
  });
});

describe("deprecation", () => {
  it("is told once an operation, with its dates and links", async () => {
    const headers = {
      deprecation: "@1767225600",
      sunset: "Fri, 01 Jan 2027 00:00:00 GMT",
      link: '<https://shop.example/v2>; rel="successor-version", <https://shop.example/d>; rel="deprecation"',
    };
    const origin = await startOrigin((_request, response) => void response.writeHead(200, headers).end());
    const told: DeprecationNotice[] = [];
    const onDeprecation = (notice: DeprecationNotice) => void told.push(notice);
    const caller = connect(clientPolicy(), noticing(clientPolicy(), { baseUrl: origin.url, onDeprecation }));
    await caller.send(operation(), {});
    await caller.send(operation(), {});
    await caller.send(operation({}, {}, "listThings"), {});
    await caller.close();
    await origin.close();
    expect(told.map(({ operation }) => operation)).toEqual(["getThings", "listThings"]);
    expect(told[0]).toEqual({
      operation: "getThings",
      deprecatedAt: "2026-01-01T00:00:00.000Z",
      sunset: "2027-01-01T00:00:00.000Z",
      links: [
        { rel: "successor-version", href: "https://shop.example/v2" },
        { rel: "deprecation", href: "https://shop.example/d" },
      ],
    });
  });

  it("nonsense in its headers breaks no call", async () => {
    const headers = { deprecation: "@999999999999", sunset: "never", link: "<<>;rel=,<\u009b>; rel=x" };
    const origin = await startOrigin((_request, response) => void response.writeHead(200, headers).end());
    const told: DeprecationNotice[] = [];
    const onDeprecation = (notice: DeprecationNotice) => void told.push(notice);
    await callOnce(noticing(clientPolicy(), { baseUrl: origin.url, onDeprecation }));
    await origin.close();
    expect(told).toHaveLength(1);
    expect(told[0]?.links).toEqual([]);
  });
});
