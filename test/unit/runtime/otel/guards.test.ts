import { trace } from "@opentelemetry/api";
import { type TelemetryOptions, telemetry } from "@sallyport/runtime/otel";
import { limit } from "@sallyport/runtime/policy";
import type { Observer } from "@sallyport/runtime/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, open } from "../../../support/contract.js";
import { exchangeOf } from "../../../support/exchange.js";
import { startTelemetry } from "../../../support/telemetry.js";

let sdk: ReturnType<typeof startTelemetry>;
beforeEach(() => {
  sdk = startTelemetry();
});
afterEach(() => sdk.stop());

const headers = { authorization: "Bearer alice scope=notes" };
let active: string | undefined;

function shop(observers: readonly Observer[]) {
  return open(
    {
      getNote: {
        policy: {
          path: "/notes/{id}",
          access: { kind: "restricted", anyOf: [{ allOf: [{ scheme: "oidc", needs: ["notes"] }] }] },
          limits: [limit("perUser", { limit: 3, window: "60s", key: ["principal"] })],
        },
        wire: { path: [{ name: "id" }], query: [{ name: "q" }] },
        schemas: { path: z.looseObject({}), query: z.strictObject({ q: z.string().max(9).optional() }) },
        handler: async () => {
          await new Promise(setImmediate);
          active = trace.getActiveSpan()?.spanContext().spanId;
          return { status: 200, body: {} };
        },
      },
      fails: {
        policy: { access: anyToken },
        handler: () => {
          throw new Error("hush");
        },
      },
    },
    { observers },
  ).api;
}
const watched = (options: TelemetryOptions = { guards: true }) => shop([telemetry({ ...sdk.options, ...options })]);
const ask = async (api: ReturnType<typeof shop>, target: string, more: object = headers) =>
  (await api.handle(exchangeOf({ target, headers: more as Record<string, string> })))?.status;
const guardsSeen = () => sdk.spans().flatMap(({ attributes }) => attributes["sallyport.guard"] ?? []);

describe("spans of guards", () => {
  it("each guard of the operation has one, in order, inside of the request's; the handler runs in its own", async () => {
    expect(await ask(watched(), "/notes/secret-17?q=secret-18")).toBe(200);
    const spans = sdk.spans();
    const request = spans.find(({ name }) => name === "GET /notes/{id}");
    const own = spans.filter((one) => one !== request);
    expect(own.map(({ name }) => name)).toEqual([
      "transport",
      "authenticate",
      "limits by principal",
      "authorize",
      "negotiate",
      "decode",
      "validate",
      "handler",
      "project",
    ]);
    for (const { parentSpanContext, kind, status } of own)
      expect([parentSpanContext?.spanId, kind, status.code]).toEqual([request?.spanContext().spanId, 0, 0]);
    expect(active).toBe(spans.find(({ name }) => name === "handler")?.spanContext().spanId);
    expect(JSON.stringify(spans.map(({ name, attributes, events }) => [name, attributes, events]))).not.toMatch(
      /secret|alice/,
    );
  });

  it.each([
    ["/notes/1", {}, 401, "authenticate", "unauthenticated", 0],
    ["/notes/1", { authorization: "Bearer bad" }, 401, "authenticate", "invalid_token", 0],
    ["/notes/1", { authorization: "Bearer down" }, 503, "authenticate", "unavailable", 2],
    ["/notes/1", { authorization: "Bearer throws" }, 500, "authenticate", "internal", 2],
    ["/notes/1", { authorization: "Bearer bob" }, 403, "authorize", "insufficient_scope", 0],
    ["/notes/1?q=0123456789", headers, 422, "validate", "invalid_input", 0],
    ["/fails", headers, 500, "handler", "internal", 2],
  ])(
    "%s %j: the last one says that it refused, and nothing of why",
    async (target, more, status, guard, code, state) => {
      expect(await ask(watched(), target, more)).toBe(status);
      expect(guardsSeen().at(-1)).toBe(guard);
      const span = sdk.spans().find(({ name }) => name === guard);
      expect(span).toMatchObject({ attributes: { "sallyport.refusal": code }, status: { code: state } });
      expect(JSON.stringify([span?.attributes, span?.events, span?.status])).not.toMatch(/hush|secret/);
    },
  );

  it("a limit that has no room is the span of its guard", async () => {
    const api = watched();
    for (let call = 0; call < 4; call++) await ask(api, "/notes/1");
    expect(sdk.spans().filter(({ attributes }) => attributes["sallyport.refusal"] === "rate_limited")).toMatchObject([
      { name: "limits by principal" },
      { name: "GET /notes/{id}" },
    ]);
  });

  it("there are none where nobody asks for them, and none of what is not sampled", async () => {
    await ask(watched({}), "/notes/1");
    expect(guardsSeen()).toEqual([]);
    const begun: string[] = [];
    const tracer = {
      ...sdk.options.tracer,
      startSpan: (name: string) => {
        begun.push(name);
        return trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 0 });
      },
    } as unknown as NonNullable<TelemetryOptions["tracer"]>;
    expect(await ask(watched({ guards: true, tracer }), "/notes/1")).toBe(200);
    expect(begun).toEqual(["GET"]);
  });

  it("tRPC's calls have them too", async () => {
    await watched().invoke("getNote", exchangeOf({ headers }), { id: "1" });
    expect(guardsSeen()).toEqual(expect.arrayContaining(["authenticate", "unflatten", "validate", "handler"]));
  });

  it("R12 one who watches and throws, or runs nothing, changes no answer", async () => {
    const broken = (): never => {
      throw new Error("watching failed");
    };
    const hostile: readonly Observer[] = [
      { guards: true, begin: () => ({ end: broken, guard: broken }) },
      { guards: true, begin: () => ({ end: broken, guard: () => ({ within: broken, end: broken }) }) },
      { guards: true, begin: () => ({ end: broken, guard: () => ({ within: (() => {}) as never, end: broken }) }) },
      { guards: true, begin: () => undefined },
    ];
    for (const one of hostile) {
      const api = shop([one]);
      expect([await ask(api, "/notes/1"), await ask(api, "/notes/1", {}), await ask(api, "/fails")]).toEqual([
        200, 401, 500,
      ]);
    }
  });
});
