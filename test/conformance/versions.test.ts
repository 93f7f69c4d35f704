import { apiKeys, createApiKey, memoryKeys, type SharedHandlers, versions } from "@sallyport/runtime/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApi as createV1, type Handlers as V1 } from "../../examples/versions/generated/v1/server.js";
import { createApi as createV2, type Handlers as V2 } from "../../examples/versions/generated/v2/server.js";
import { send } from "../support/wire.js";
import { type Host, hosts } from "./hosts.js";

const shared = {
  rates: { listCurrencies: ({ version }) => ({ status: 200, body: [version ?? ""] }) },
} satisfies SharedHandlers<V1, V2>;

/** Two emitted servers, from two descriptions, as one API. */
function mounted(store: ReturnType<typeof memoryKeys>, now: () => number) {
  const options = { schemes: { key: apiKeys({ store }) }, now, audit: { write: () => undefined } };
  return versions({
    v1: createV1({
      ...options,
      handlers: { rates: { ...shared.rates, getRate: () => ({ status: 200, body: 1.5 }) } },
    }),
    v2: createV2({
      ...options,
      handlers: {
        rates: { ...shared.rates, getRate: () => ({ status: 200, body: { rate: "1.5", since: "2026-06-01" } }) },
      },
    }),
  });
}

describe.each(Object.keys(hosts))("R52 two descriptions beside each other on %s", (name) => {
  let time = Date.parse("2026-11-01T00:00:00Z");
  let host: Host;
  let key: string;
  beforeAll(async () => {
    const store = memoryKeys();
    ({ key } = await createApiKey({ store, owner: "ann" }));
    const start = hosts[name];
    if (start === undefined) throw new Error(`There is no host ${name}.`);
    host = await start(mounted(store, () => time));
  });
  afterAll(() => host.close());
  const ask = (target: string, ...headers: readonly string[]) =>
    send(host, { target, headers: [`X-Api-Key: ${key}`, ...headers] });

  it("each version answers as its own description says", async () => {
    const old = await ask("/rates/CHF", "API-Version: v1");
    expect([old.status, old.body.includes("1.5"), old.headers.deprecation]).toEqual([200, true, ["@1780272000"]]);
    const young = await ask("/rates/CHF", "API-Version: v2");
    expect([young.status, young.headers.deprecation]).toEqual([200, undefined]);
    expect(young.body).toContain('{"rate":"1.5","since":"2026-06-01"}');
    expect(young.headers.vary).toEqual(["API-Version"]);
  });

  it("a shared handler knows for which it answers", async () => {
    expect((await ask("/currencies", "API-Version: v1")).body).toContain('["v1"]');
    expect((await ask("/currencies", "API-Version: v2")).body).toContain('["v2"]');
  });

  it("the guards of each stay whole", async () => {
    for (const version of ["v1", "v2"]) {
      const stranger = await send(host, { target: "/rates/CHF", headers: [`API-Version: ${version}`] });
      expect([version, stranger.status, stranger.json.code]).toEqual([version, 401, "unauthenticated"]);
      expect((await ask("/rates/chf", `API-Version: ${version}`)).status).toBe(422);
    }
  });

  it("a request without a version is of the one that takes such, and an unknown version is none", async () => {
    expect((await ask("/currencies")).body).toContain('["v1"]');
    const unknown = await ask("/currencies", "API-Version: v3");
    expect([unknown.status, unknown.json.supported]).toEqual([400, ["v1", "v2"]]);
    const twice = await ask("/currencies", "API-Version: v1", "API-Version: v2");
    expect(twice.status).toBe(400);
  });

  it("one is 410 after its sunset, and the other goes on", async () => {
    time = Date.parse("2099-06-01T00:00:00Z");
    const gone = await ask("/currencies", "API-Version: v1");
    expect([gone.status, gone.json.supported]).toEqual([410, ["v2"]]);
    expect((await ask("/currencies", "API-Version: v2")).status).toBe(200);
  });
});
