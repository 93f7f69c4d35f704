import { trace } from "@opentelemetry/api";
import { type TelemetryOptions, telemetry } from "@sallyport/runtime/otel";
import { deprecated, limit } from "@sallyport/runtime/policy";
import { type Call, refuse } from "@sallyport/runtime/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, open } from "../../../support/contract.js";
import { exchangeOf } from "../../../support/exchange.js";
import { startTelemetry } from "../../../support/telemetry.js";

const id = "0af7651916cd43dd8448eb211c80319c";
const caller = "b7ad6b7169203331";
const traceparent = `00-${id}-${caller}-01`;
const headers = { authorization: "Bearer alice", host: "api.example:8443", traceparent, tracestate: "a=1" };

let sdk: ReturnType<typeof startTelemetry>;
beforeEach(() => {
  sdk = startTelemetry();
});
afterEach(() => sdk.stop());

function shop(options: TelemetryOptions = {}) {
  const seen: { trace: Call["trace"]; active: string | undefined }[] = [];
  const { api, lines } = open(
    {
      getNote: {
        policy: {
          path: "/notes/{id}",
          access: anyToken,
          audit: { level: "access", event: "note.read", fields: {} },
          lifecycle: deprecated({ deprecatedAt: "2020-01-01T00:00:00Z" }),
        },
        wire: { path: [{ name: "id" }], query: [{ name: "q" }] },
        schemas: { path: z.looseObject({}), query: z.looseObject({}) },
        handler: async (call: Call) => {
          await new Promise(setImmediate);
          seen.push({ trace: call.trace, active: trace.getActiveSpan()?.spanContext().spanId });
          return { status: 200, body: {} };
        },
      },
      fails: {
        handler: () => {
          throw new Error("hush");
        },
      },
      taken: {
        handler: () => {
          throw refuse(409, { title: "no" });
        },
      },
      rare: { policy: { limits: [limit("perIp", { limit: 1, window: "60s", key: ["ip"] })] } },
    },
    { observers: [telemetry({ ...sdk.options, ...options })] },
  );
  return { api, seen, lines };
}

describe("spans of a server", () => {
  it("by the conventions of HTTP, in the caller's trace; the handler runs inside", async () => {
    const { api, seen, lines } = shop();
    const reply = await api.handle(exchangeOf({ target: "/notes/secret-17?q=secret-18", headers }));
    const [span] = sdk.spans();
    expect(span).toMatchObject({
      name: "GET /notes/{id}",
      kind: 1,
      attributes: {
        "http.request.method": "GET",
        "http.route": "/notes/{id}",
        "http.response.status_code": 200,
        "url.scheme": "http",
        "server.address": "api.example",
        "server.port": 8443,
        "sallyport.operation": "getNote",
        "sallyport.request_id": reply?.headers[1],
      },
      status: { code: 0 },
      parentSpanContext: { traceId: id, spanId: caller, isRemote: true },
    });
    const { traceId, spanId } = span?.spanContext() ?? {};
    expect(traceId).toBe(id);
    expect(seen).toEqual([
      {
        trace: {
          id,
          spanId,
          sampled: true,
          headers: { traceparent: `00-${id}-${spanId}-01`, tracestate: "a=1" },
        },
        active: spanId,
      },
    ]);
    expect(lines).toMatchObject([{ traceId: id }]);
    expect(JSON.stringify([span?.name, span?.attributes])).not.toContain("secret");
  });

  it("a stranger's trace is linked to where the server says so, and decides nothing", async () => {
    const { api } = shop({ callers: "linked" });
    await api.handle(exchangeOf({ target: "/notes/1", headers }));
    const [span] = sdk.spans();
    expect(span?.spanContext().traceId).not.toBe(id);
    expect(span?.parentSpanContext).toBeUndefined();
    expect(span?.links).toMatchObject([{ context: { traceId: id, spanId: caller } }]);
  });

  it("what is no trace begins a new one", async () => {
    const { api, seen } = shop();
    await api.handle(
      exchangeOf({ target: "/notes/1", headers: { ...headers, traceparent: `00-${"0".repeat(32)}-${caller}-01` } }),
    );
    const [span] = sdk.spans();
    expect(span?.parentSpanContext).toBeUndefined();
    expect(seen[0]?.trace.id).toBe(span?.spanContext().traceId);
  });

  it("is inside of one that something else has made for the request", async () => {
    const { api } = shop();
    await sdk.options.tracer.startActiveSpan("outer", async (outer) => {
      await api.handle(exchangeOf({ target: "/notes/1", headers }));
      outer.end();
    });
    const [own, outer] = sdk.spans();
    expect(own).toMatchObject({ kind: 0, parentSpanContext: { spanId: outer?.spanContext().spanId } });
  });

  it.each([
    ["/fails", "GET", { "http.response.status_code": 500, "error.type": "500", "sallyport.refusal": "internal" }, 2],
    ["/taken", "GET", { "http.response.status_code": 409, "sallyport.refusal": "handler_problem" }, 0],
    ["/notes/1", "\u001b[2J", { "http.request.method": "_OTHER", "http.request.method_original": "\\u001b[2J" }, 2],
  ])("%s %s", async (target, method, attributes, code) => {
    await shop().api.handle(exchangeOf({ target, method }));
    const [span] = sdk.spans();
    expect(span).toMatchObject({ attributes, status: { code } });
    if (code === 0) expect(span?.attributes).not.toHaveProperty("error.type");
    expect(JSON.stringify([span?.attributes, span?.events, span?.status])).not.toContain("hush");
  });

  it("a call that is another's leaves none; one that came decoded leaves one", async () => {
    const { api } = shop();
    expect(await api.handle(exchangeOf({ target: "/elsewhere" }))).toBeUndefined();
    expect(sdk.spans()).toEqual([]);
    await api.invoke("getNote", exchangeOf({ headers }), { id: "1" });
    expect(sdk.spans()).toMatchObject([{ name: "GET /notes/{id}" }]);
  });

  it("without an SDK costs no answer", async () => {
    const { api } = open({ a: {} }, { observers: [telemetry()] });
    expect((await api.handle(exchangeOf({ target: "/a" })))?.status).toBe(200);
  });
});

describe("metrics of a server", () => {
  it("durations in seconds, with the boundaries that are advised, by route and never by path", async () => {
    const { api } = shop();
    for (const target of ["/notes/1", "/notes/2", "/fails"]) await api.handle(exchangeOf({ target, headers }));
    const metric = await sdk.metric("http.server.request.duration");
    expect(metric?.descriptor.unit).toBe("s");
    const usual = { "http.request.method": "GET", "url.scheme": "http" };
    expect(metric?.dataPoints.map(({ attributes, value }) => [attributes, value.count])).toEqual([
      [{ ...usual, "http.route": "/notes/{id}", "http.response.status_code": 200 }, 2],
      [{ ...usual, "http.route": "/fails", "http.response.status_code": 500, "error.type": "500" }, 1],
    ]);
    const [first] = metric?.dataPoints ?? [];
    expect(first?.value.buckets.boundaries).toEqual([
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]);
    // An hour would show that milliseconds were told.
    expect(first?.value.sum).toBeLessThan(1);
  });

  it("counts what was refused by its code, limited by the limit's name, and called though deprecated", async () => {
    const { api } = shop();
    for (const target of ["/notes/1", "/rare", "/rare", "/rare", "/taken"])
      await api.handle(exchangeOf({ target, headers }));
    await api.handle(exchangeOf({ target: "/notes/1" }));
    expect(await sdk.points("sallyport.server.refused")).toEqual([
      { attributes: { "sallyport.refusal": "rate_limited", "sallyport.operation": "rare" }, value: 2 },
      { attributes: { "sallyport.refusal": "handler_problem", "sallyport.operation": "taken" }, value: 1 },
      { attributes: { "sallyport.refusal": "unauthenticated", "sallyport.operation": "getNote" }, value: 1 },
    ]);
    expect(await sdk.points("sallyport.server.limited")).toEqual([
      { attributes: { "sallyport.limit": "perIp", "sallyport.operation": "rare" }, value: 2 },
    ]);
    expect(await sdk.points("sallyport.server.deprecated")).toEqual([
      { attributes: { "sallyport.operation": "getNote" }, value: 2 },
    ]);
  });
});
