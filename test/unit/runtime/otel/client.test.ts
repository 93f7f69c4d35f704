import { type ClientOptions, connect, Failure, type Incoming, type Outgoing } from "@sallyport/runtime/client";
import { callTelemetry } from "@sallyport/runtime/otel";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clientPolicy, failureOf, noRetries, operation } from "../../../support/client.js";
import { startTelemetry } from "../../../support/telemetry.js";

let sdk: ReturnType<typeof startTelemetry>;
beforeEach(() => {
  sdk = startTelemetry();
});
afterEach(() => sdk.stop());

function opened(reply: (count: number) => Partial<Incoming> | Error, options: ClientOptions<object> = {}) {
  const sent: Outgoing[] = [];
  const retries = { ...noRetries, maxAttempts: 3, statuses: [503], when: "always" } as const;
  const caller = connect(clientPolicy({ retries }), {
    baseUrl: "https://api.test/v1",
    sleep: async () => {},
    interceptors: [...callTelemetry(sdk.options)],
    transport: {
      send: async (outgoing) => {
        const answer = reply(sent.push(outgoing));
        if (answer instanceof Error) throw answer;
        return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from("{}"), ...answer };
      },
      close: async () => {},
    },
    ...options,
  });
  return { caller, sent };
}

const byId = operation({ path: "/things/{id}" }, { path: [{ name: "id" }] }, "getThing");

describe("spans of a client", () => {
  it("one a request that is sent, inside of one for the call; each request says which is its span", async () => {
    const { caller, sent } = opened((count) => (count < 3 ? { status: 503 } : {}));
    await caller.send(byId, { id: "secret-id" });
    const spans = sdk.spans();
    const call = spans.at(-1);
    const requests = spans.slice(0, -1);
    expect(call).toMatchObject({ name: "getThing", kind: 0, attributes: { "sallyport.requests": 3 } });
    expect(requests.map(({ name, kind }) => [name, kind])).toEqual(Array(3).fill(["GET /things/{id}", 2]));
    expect(requests.map(({ attributes }) => attributes["http.request.resend_count"])).toEqual([undefined, 1, 2]);
    expect(requests[0]?.attributes).toEqual({
      "http.request.method": "GET",
      "http.response.status_code": 503,
      "error.type": "503",
      "server.address": "api.test",
      "server.port": 443,
      "url.full": "https://api.test",
      "url.scheme": "https",
      "url.template": "/things/{id}",
    });
    for (const [at, request] of requests.entries()) {
      expect(request.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
      const { traceId, spanId } = request.spanContext();
      expect(traceId).toBe(call?.spanContext().traceId);
      expect(sent[at]?.headers.traceparent).toBe(`00-${traceId}-${spanId}-01`);
    }
    expect(JSON.stringify(spans.map(({ name, attributes }) => [name, attributes]))).not.toContain("secret-id");
  });

  it("two calls at once are told apart", async () => {
    const { caller } = opened(() => ({}));
    await Promise.all([caller.send(byId, { id: "1" }), caller.send(byId, { id: "2" })]);
    const spans = sdk.spans();
    const calls = spans.filter(({ kind }) => kind === 0);
    const parents = spans.filter(({ kind }) => kind === 2).map(({ parentSpanContext }) => parentSpanContext?.spanId);
    expect(new Set(parents)).toEqual(new Set(calls.map((one) => one.spanContext().spanId)));
    expect(new Set(parents).size).toBe(2);
    expect(spans.map(({ attributes }) => attributes["http.request.resend_count"])).toEqual(Array(4).fill(undefined));
  });

  it("a failure is one in both, by its code; a call that sends nothing has its own span alone", async () => {
    const { caller } = opened(() => new Failure("tls", "no"));
    await failureOf(caller.send(byId, { id: "1" }));
    expect(sdk.spans()).toMatchObject([
      { kind: 2, attributes: { "error.type": "tls" }, status: { code: 2 } },
      { kind: 0, attributes: { "error.type": "tls", "sallyport.requests": 1 }, status: { code: 2 } },
    ]);
    const needy = operation(
      { access: { kind: "restricted", anyOf: [{ allOf: [{ scheme: "oidc", needs: [] }] }] } },
      {},
      "mine",
    );
    await failureOf(caller.send(needy, {}));
    expect(sdk.spans().at(-1)).toMatchObject({
      name: "mine",
      attributes: { "error.type": "credential_missing", "sallyport.requests": 0 },
    });
  });

  it("the end of a call is what it is, not what a transport makes of it", async () => {
    const { caller } = opened(() => ({}), {
      transport: {
        send: ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("socket closed")))),
        close: async () => {},
      },
    });
    await failureOf(caller.send(byId, { id: "1" }, { timeout: "20ms" }));
    await expect.poll(() => sdk.spans().length).toBe(2);
    expect(sdk.spans().map(({ attributes }) => attributes["error.type"])).toEqual(["timeout", "timeout"]);
  });

  it("nobody is told where that is not wanted, or there is no trace", async () => {
    const silent = opened(() => ({}), { interceptors: [...callTelemetry({ ...sdk.options, propagate: false })] });
    await silent.caller.send(byId, { id: "1" });
    expect(sdk.spans()).toHaveLength(2);
    const without = opened(() => ({}), { interceptors: [...callTelemetry()] });
    await without.caller.send(byId, { id: "1" });
    const sent = [...silent.sent, ...without.sent];
    expect(sent).toHaveLength(2);
    for (const { headers } of sent) expect(headers.traceparent).toBeUndefined();
  });
});

it("durations of a client's requests in seconds, without anything of a path", async () => {
  const { caller } = opened((count) => (count === 1 ? { status: 503 } : {}));
  await caller.send(byId, { id: "1" });
  const metric = await sdk.metric("http.client.request.duration");
  expect(metric?.descriptor.unit).toBe("s");
  const usual = {
    "http.request.method": "GET",
    "server.address": "api.test",
    "server.port": 443,
    "url.scheme": "https",
  };
  expect(metric?.dataPoints.map(({ attributes, value }) => [attributes, value.count])).toEqual([
    [{ ...usual, "http.response.status_code": 503, "error.type": "503" }, 1],
    [{ ...usual, "http.response.status_code": 200 }, 1],
  ]);
});
