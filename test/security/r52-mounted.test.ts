import { cors, type Versioning } from "@sallyport/runtime/policy";
import { type Api, StartError, usage, versions } from "@sallyport/runtime/server";
import { buildRouter, query } from "@sallyport/runtime/trpc";
import { describe, expect, it } from "vitest";
import { anyToken, open, type Sample } from "../support/contract.js";
import { exchangeWith } from "../support/exchange.js";
import { type Raw, send, serveLocally } from "../support/wire.js";

type Strategy = Versioning["strategy"];
const names = { header: "API-Version", query: "version" } as const;

/** An API of one version, as a description of its own would have it. */
function apiOf(
  strategy: Strategy,
  current: string,
  more: Partial<Versioning> & { readonly samples?: Readonly<Record<string, Sample>> } = {},
): Api {
  const { samples = {}, ...rest } = more;
  const versioning: Versioning = {
    strategy,
    ...(strategy === "header" || strategy === "query" ? { name: names[strategy] } : {}),
    current,
    missing: "reject",
    supported: [{ name: current }],
    ...rest,
  };
  const told = () => ({ status: 200, body: { from: current } });
  const policy = { cors: cors({ origins: ["https://app.example"] }) };
  const all = { both: { policy, handler: told }, [`only_${current}`]: { policy, handler: told }, ...samples };
  const basePath = strategy === "path" ? `/api/${current}` : "/api";
  return open(all, { policy: { versioning }, basePath, now: () => Date.parse("2026-11-01T00:00:00Z") }).api;
}

async function at(
  api: Api,
  use: (ask: (target: string, ...headers: readonly string[]) => Promise<Raw>) => Promise<void>,
  method = "GET",
): Promise<void> {
  const server = await serveLocally(api);
  try {
    await use((target, ...headers) => send(server, { method, target, headers }));
  } finally {
    await server.close();
  }
}

const ending = [{ name: "v1", deprecatedAt: "2026-01-01T00:00:00Z" }];

describe("R52 versions of two descriptions", () => {
  it("in the path: each at its own, and an old one names the same resource in the new one", async () => {
    const api = versions({ v1: apiOf("path", "v1", { supported: ending }), v2: apiOf("path", "v2") });
    await at(api, async (ask) => {
      const old = await ask("/api/v1/both");
      expect([old.json.from, old.headers.link]).toEqual(["v1", ['</api/v2/both>; rel="successor-version"']]);
      expect((await ask("/api/v2/both")).json.from).toBe("v2");
      expect((await ask("/api/v1/only_v1")).headers.link).toBeUndefined();
      for (const target of ["/api/v1/only_v2", "/api/v2/only_v1", "/api/both", "/api/v3/both", "/other"])
        expect([target, (await ask(target)).status]).toEqual([target, 404]);
    });
  });

  it("in the path: one may take requests without", async () => {
    const api = versions({ v1: apiOf("path", "v1"), v2: apiOf("path", "v2", { missing: "current" }) });
    await at(api, async (ask) => expect((await ask("/api/both")).json.from).toBe("v2"));
  });

  it("in the path: what one has beside its operations is found, though another takes paths without a version", async () => {
    const beside = apiOf("path", "v1");
    const v1: Api = {
      ...beside,
      handle: (exchange) =>
        exchange.target === "/.well-known/v1" ? { status: 200, headers: [], body: undefined } : beside.handle(exchange),
    };
    const api = versions({ v1, v2: apiOf("path", "v2", { missing: "current" }) });
    await at(api, async (ask) => {
      expect((await ask("/.well-known/v1")).status).toBe(200);
      expect((await ask("/api/v2/only_v1")).status).toBe(404);
    });
  });

  it("in the query and in media types", async () => {
    await at(versions({ v1: apiOf("query", "v1", { supported: ending }), v2: apiOf("query", "v2") }), async (ask) => {
      const old = await ask("/api/both?version=v1");
      expect([old.json.from, old.headers.link]).toEqual(["v1", ['</api/both?version=v2>; rel="successor-version"']]);
      expect((await ask("/api/both?version=v2")).json.from).toBe("v2");
      expect((await ask("/api/both")).status).toBe(400);
    });
    await at(versions({ v1: apiOf("mediaType", "v1"), v2: apiOf("mediaType", "v2") }), async (ask) => {
      expect((await ask("/api/both", "Accept: application/json;version=v1")).json.from).toBe("v1");
      const young = await ask("/api/both", "Accept: application/json;version=v9, application/json;version=v2;q=0.2");
      expect([young.json.from, young.headers["content-type"]]).toEqual(["v2", ["application/json;version=v2"]]);
      expect((await ask("/api/both", "Accept: application/json;version=v9")).status).toBe(406);
    });
  });

  it("R49 a preflight names no version: it is answered by one that has what it asks for", async () => {
    const asked = ["Origin: https://app.example", "Access-Control-Request-Method: GET"] as const;
    const samples = { both: { policy: { cors: cors({ origins: ["https://app.example"] }), access: anyToken } } };
    const api = versions({ v1: apiOf("header", "v1", { samples }), v2: apiOf("header", "v2") });
    await at(
      api,
      async (ask) => {
        for (const target of ["/api/only_v1", "/api/only_v2", "/api/both"])
          expect([target, (await ask(target, ...asked)).status]).toEqual([target, 204]);
        const fields = await ask("/api/both", ...asked, "Access-Control-Request-Headers: authorization, api-version");
        expect(fields.headers["access-control-allow-headers"]?.join()).toContain("Authorization");
        expect((await ask("/api/both", "Origin: https://evil.example", asked[1])).status).toBe(403);
      },
      "OPTIONS",
    );
  });

  it("one description may hold several of them", async () => {
    const first = apiOf("header", "v2", { supported: [{ name: "v1" }, { name: "v2" }] });
    await at(versions({ v1: first, v2: first, v3: apiOf("header", "v3") }), async (ask) => {
      expect((await ask("/api/both", "API-Version: v1")).json.from).toBe("v2");
      expect((await ask("/api/both", "API-Version: v3")).json.from).toBe("v3");
    });
  });

  it("tRPC enters the guards of the version that its header names", async () => {
    const api = versions({ v1: apiOf("header", "v1"), v2: apiOf("header", "v2", { missing: "current" }) });
    const router = buildRouter(api, { shop: { both: query("both"), only_v1: query("only_v1") } } as never);
    const caller = (headers: Readonly<Record<string, string>>) =>
      router.createCaller({ exchange: exchangeWith(headers), setHeader: () => {} }) as unknown as {
        readonly shop: Readonly<Record<"both" | "only_v1", () => Promise<unknown>>>;
      };
    expect(await caller({ "api-version": "v1" }).shop.both()).toEqual({ from: "v1" });
    expect(await caller({}).shop.both()).toEqual({ from: "v2" });
    await expect(caller({}).shop.only_v1()).rejects.toThrow("Not found");
  });

  it.each([
    ["nothing", {}],
    ["an API without versions", { v1: open({ a: {} }).api }],
    ["a name that its API does not serve", { v2: apiOf("header", "v1") }],
    ["a version that is left out", { v1: apiOf("header", "v1", { supported: [{ name: "v0" }, { name: "v1" }] }) }],
    ["two strategies", { v1: apiOf("header", "v1"), v2: apiOf("query", "v2") }],
    ["two fields", { v1: apiOf("header", "v1"), v2: apiOf("header", "v2", { name: "X-V" }) }],
    [
      "two that take requests without a version",
      { v1: apiOf("header", "v1", { missing: "current" }), v2: apiOf("header", "v2", { missing: "current" }) },
    ],
  ])("%s does not start", (_, apis) => {
    expect(() => versions(apis as Readonly<Record<string, Api>>)).toThrow(StartError);
  });

  it("of two that take requests without a version, the one that is said does", async () => {
    const apis = {
      v1: apiOf("header", "v1", { missing: "current" }),
      v2: apiOf("header", "v2", { missing: "current" }),
    };
    for (const missing of ["v1", "v2"])
      await at(versions(apis, { missing }), async (ask) => expect((await ask("/api/both")).json.from).toBe(missing));
    expect(() => versions(apis, { missing: "v3" })).toThrow(StartError);
  });
});

describe("usage by client and version", () => {
  const versioning: Versioning = {
    strategy: "header",
    name: "API-Version",
    current: "v2",
    missing: "current",
    supported: [...ending, { name: "v2" }],
  };
  const counted = async (calls: ReturnType<typeof usage>, asked: readonly (readonly string[])[]) => {
    const shop = open(
      { a: { policy: { access: anyToken } } },
      { policy: { versioning }, observers: [calls], now: () => 0 },
    );
    await at(shop.api, async (ask) => {
      for (const headers of asked) await ask("/a", ...headers);
      await ask("/nowhere", "API-Version: v1");
    });
  };
  const of = (who: string, version: string) => [`Authorization: Bearer ${who}`, `API-Version: ${version}`];

  it("says who still calls what ends; strangers are one row, however many they are", async () => {
    const calls = usage({ now: () => 0 });
    await counted(calls, [of("ann", "v1"), of("bob", "v2"), of("ann", "v1"), of("bad", "v1"), ["API-Version: v1"]]);
    const { rows, others, since } = calls.report();
    expect([since, others]).toEqual(["1970-01-01T00:00:00.000Z", 0]);
    expect(
      rows.map(({ operation, version, principal, calls: n, refused }) => [operation, version, principal, n, refused]),
    ).toEqual([
      ["a", "v1", "ann", 2, 0],
      ["a", "v1", undefined, 2, 2],
    ]);
  });

  it("all of it where that is wanted, and no more rows than there is room for", async () => {
    const calls = usage({ all: true, most: 2 });
    await counted(calls, [of("ann", "v1"), of("bob", "v2"), of("cid", "v2"), of("bob", "v2")]);
    expect(calls.report()).toMatchObject({ others: 1, rows: [{ principal: "ann" }, { principal: "bob", calls: 2 }] });
    expect(calls.reset().rows).toHaveLength(2);
    expect(calls.report()).toMatchObject({ others: 0, rows: [] });
    expect(() => usage({ most: 0 })).toThrow(RangeError);
  });
});
