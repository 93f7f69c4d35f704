import { publicAccess } from "@sallyport/runtime/policy";
import { describe, expect, it } from "vitest";
import { flatOrder, httpOrder } from "../../../../runtime/src/server/order.js";
import { anyToken, open } from "../../../support/contract.js";

describe("the order of the guards", () => {
  it("is what the design says, and differs between HTTP and tRPC in the reading only", () => {
    const order = [
      "transport",
      "version",
      "lifecycle",
      "limits by address",
      "authenticate",
      "csrf",
      "limits by principal",
      "authorize",
      "step-up",
      "negotiate",
      "decode",
      "validate",
      "limits by input",
      "object",
      "write",
      "urls",
      "idempotency",
      "handler",
      "items",
      "project",
      "read",
      "cookies",
      "label",
    ];
    expect(httpOrder.guards).toEqual(order);
    expect(flatOrder.guards).toEqual(order.map((name) => (name === "decode" ? "unflatten" : name)));
  });

  it("a guard without work for an operation is not in its list", () => {
    const operation = (access: typeof anyToken) => ({
      id: "a",
      policy: { method: "GET", path: "/a", access },
      wire: {},
      schemas: { responses: {} },
      handler: () => ({ status: 200 }),
    });
    const verifiers = new Map([["oidc", {} as never]]);
    const ground = { api: { bounds: { body: "1KiB", depth: 1 }, schemes: {} }, verifiers } as never;
    expect(httpOrder.compile(operation(publicAccess), ground)).toHaveLength(5);
    expect(httpOrder.compile(operation(anyToken), ground)).toHaveLength(7);
  });

  it("permission comes before validation: a stranger learns nothing of the schema", async () => {
    const { api } = open({ a: { policy: { access: anyToken } } });
    const exchange = {
      method: "GET",
      target: "/a?unknown=%zz",
      headers: { all: () => [] },
      address: undefined,
      tls: undefined,
      signal: new AbortController().signal,
      read: async () => new Uint8Array(),
      chunks: async function* () {},
    };
    expect((await api.handle(exchange))?.status).toBe(401);
  });

  it("a path that is none of ours is left to whoever comes next", () => {
    const { api } = open({ a: {} });
    const headers = { all: () => [] };
    const rest = {
      headers,
      address: undefined,
      tls: undefined,
      signal: new AbortController().signal,
      read: async () => undefined,
      chunks: async function* () {},
    };
    expect(api.handle({ method: "GET", target: "/b", ...rest })).toBeUndefined();
    expect(api.handle({ method: "GET", target: "/a/../b", ...rest })).toBeUndefined();
  });
});
