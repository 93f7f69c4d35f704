import { connect, Failure, HttpFailure, type Result, type Transport } from "@sallyport/runtime/client";
import { describe, expect, expectTypeOf, it } from "vitest";
import { clientPolicy, noRetries, operation } from "../../../support/client.js";

const retries = { ...noRetries, maxAttempts: 2, statuses: [503], network: true, when: "idempotent" } as const;

function open(answers: readonly (readonly [number, object?, Record<string, string>?] | Error)[]) {
  let at = 0;
  const transport: Transport = {
    send: async () => {
      const answer = answers[at++] ?? new Error("no more");
      if (answer instanceof Error) throw answer;
      const [status, body = {}, headers = {}] = answer;
      const type = status < 400 ? "application/json" : "application/problem+json";
      return { status, headers: { "content-type": type, ...headers }, body: Buffer.from(JSON.stringify(body)) };
    },
    close: async () => {},
  };
  return connect(clientPolicy({ retries }), { baseUrl: "https://api.test", transport, sleep: async () => {} });
}

describe("safe()", () => {
  it("a success is a value, and what came with it", async () => {
    const result = await open([[200, { id: 1 }, { etag: '"v1"' }]])
      .send<{ id: number }>(operation(), {})
      .safe();
    expectTypeOf(result).toEqualTypeOf<Result<{ id: number }>>();
    if (!result.ok) throw result.failure;
    expect(result.value).toEqual({ id: 1 });
    expect([result.response.status, result.response.headers.etag]).toEqual([200, '"v1"']);
  });

  it("a failure does not reject: it has the problem, the request's id, the attempts and the answer", async () => {
    const problem = { type: "https://api.test/full", title: "Full", detail: "no room", status: 503, room: 0 };
    const result = await open([new Failure("network", "broke"), [503, problem, { "x-request-id": "r1" }]])
      .send(operation(), {})
      .safe();
    if (result.ok) throw new Error("it succeeded");
    expect(result.failure).toBeInstanceOf(HttpFailure);
    expect(result.failure).toMatchObject({
      code: "server_error",
      status: 503,
      problem,
      requestId: "r1",
      attempts: 2,
      operation: "getThings",
    });
    expect(result.response?.headers["x-request-id"]).toBe("r1");
  });

  it("without an answer there is a cause, and no response: not that of an attempt before either", async () => {
    const cause = new Error("ECONNRESET");
    const result = await open([[503], new Failure("network", "broke", { cause })])
      .send(operation(), {})
      .safe();
    expect(result).toMatchObject({ ok: false, failure: { code: "network", cause, attempts: 2 }, response: undefined });
  });

  it("input that cannot be sent is a failure like any", async () => {
    const result = await open([]).send(operation(), { unknown: 1 }).safe();
    expect(result).toMatchObject({ ok: false, failure: { code: "invalid_input", attempts: 0 }, response: undefined });
  });

  it("a mistake in a step of one's own is no result", async () => {
    const mistake = new TypeError("undefined is not a function");
    await expect(open([mistake]).send(operation(), {}).safe()).rejects.toBe(mistake);
  });

  it("the same call can be awaited as well: it is made once", async () => {
    const call = open([[200, { n: 1 }]]).send(operation(), {});
    expect(await call).toEqual({ n: 1 });
    expect(await call.safe()).toMatchObject({ ok: true, value: { n: 1 } });
  });
});
