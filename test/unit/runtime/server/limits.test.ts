import { limit, publicAccess } from "@sallyport/runtime/policy";
import { Refusal, type Verifier } from "@sallyport/runtime/server";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ask } from "../../../support/asking.js";
import { anyToken, apiPolicy, identity, keys, logins, open, type Sample, tokens } from "../../../support/contract.js";

const as = (who: string) => ({ headers: { authorization: `Bearer ${who}` } });
const login: Sample = {
  policy: { method: "POST", access: publicAccess },
  wire: { body: { media: ["application/json"], required: true } },
  schemas: { body: { "application/json": z.object({ email: z.string() }) } },
};

/** Verifies `Bearer NAME FACT=VALUE …`: what it says are claims, roles, tenant and client. */
function claiming(): Verifier<"token"> {
  return {
    kind: "token",
    bind: (context) => ({
      ...tokens().bind(context),
      verify: ({ headers }) => {
        const [, who = "", ...facts] = (headers.all("authorization")[0] ?? "").split(" ");
        const claims = Object.fromEntries(facts.map((one) => one.split("=")));
        const { role = "", tenant, client } = claims;
        if (who === "") return new Refusal("invalid_token", { status: 401, title: "bad" });
        return identity("oidc", who, {
          claims: { sub: who, ...claims },
          tenant,
          client,
          roles: new Set(role.split(",")),
        });
      },
    }),
  };
}

function shop(samples: Readonly<Record<string, Sample>>, options: Parameters<typeof open>[1] = {}) {
  return open(samples, { schemes: { oidc: claiming(), key: keys(), login: logins() }, ...options });
}

describe("what a limit counts by", () => {
  it.each([
    ["client", ["ann client=app", "bob client=app"], "cleo client=other"],
    ["tenant", ["ann tenant=t1", "bob tenant=t1"], "ann tenant=t2"],
    ["principal", ["ann tenant=t1", "ann tenant=t2"], "bob"],
  ] as const)("%s: those who share it share the counter", async (part, same, other) => {
    const { api } = shop({
      a: { policy: { access: anyToken, limits: [limit("l", { limit: 2, window: "1h", key: [part] })] } },
    });
    for (const who of same) expect((await ask(api, "/a", as(who))).status).toBe(200);
    expect((await ask(api, "/a", as(same[0]))).status).toBe(429);
    expect((await ask(api, "/a", as(other))).status).toBe(200);
  });

  it("client, tenant, apiKey: whoever has none counts for itself, and not with all who have none", async () => {
    for (const part of ["client", "tenant", "apiKey"] as const) {
      const { api } = shop({
        a: { policy: { access: anyToken, limits: [limit("l", { limit: 1, window: "1h", key: [part] })] } },
      });
      expect((await ask(api, "/a", as("ann"))).status).toBe(200);
      expect((await ask(api, "/a", as("ann"))).status).toBe(429);
      expect((await ask(api, "/a", as("bob"))).status).toBe(200);
    }
  });

  it("operation and const: operations apart, or together", async () => {
    const apart = limit("apart", { limit: 1, window: "1h", key: ["ip", "operation"] });
    const together = limit("together", { limit: 3, window: "1h", key: ["const:all"] });
    const policy = { access: publicAccess, limits: [apart, together] };
    const { api } = shop({ a: { policy }, b: { policy } });
    expect((await ask(api, "/a")).status).toBe(200);
    expect((await ask(api, "/a")).json["violated-policies"]).toEqual(["apart"]);
    expect((await ask(api, "/b")).status).toBe(200);
    expect((await ask(api, "/a", { address: "192.0.2.2" })).status).toBe(200);
    expect((await ask(api, "/b", { address: "192.0.2.3" })).json["violated-policies"]).toEqual(["together"]);
  });

  it("what the request says: as it was validated, without regard to its spelling", async () => {
    const byEmail = limit("byEmail", { limit: 2, window: "1h", key: ["body:/email"] });
    const { api, runs } = shop({ login: { ...login, policy: { ...login.policy, limits: [byEmail] } } });
    const post = (body: string) => ask(api, "/login", { method: "POST", body });
    expect((await post('{"email":"ann@x.test"}')).status).toBe(200);
    expect((await post('{"email":"\\u0041NN@x.test "}')).status).toBe(200);
    expect((await post('{"email":"ann@x.test"}')).status).toBe(429);
    expect((await post('{"email":"bob@x.test"}')).status).toBe(200);
    expect(runs.login).toBe(3);
  });

  it("path, query and header parameters, of which one that is not sent is a value too", async () => {
    const key = ["path:id", "query:q", "header:X-Device"] as const;
    const field = z.object({ q: z.string().optional() });
    const sample: Sample = {
      policy: { path: "/things/{id}", limits: [limit("l", { limit: 1, window: "1h", key })] },
      wire: { path: [{ name: "id" }], query: [{ name: "q" }], header: [{ name: "X-Device" }] },
      schemas: {
        path: z.object({ id: z.string() }),
        query: field,
        header: z.object({ "X-Device": z.string().optional() }),
      },
    };
    const { api } = shop({ a: sample });
    expect((await ask(api, "/things/1")).status).toBe(200);
    expect((await ask(api, "/things/%31")).status).toBe(429);
    expect((await ask(api, "/things/2")).status).toBe(200);
    expect((await ask(api, "/things/1?q=absent")).status).toBe(200);
    expect((await ask(api, "/things/1?q=")).status).toBe(200);
    expect((await ask(api, "/things/1", { headers: { "x-device": "d" } })).status).toBe(200);
    expect((await ask(api, "/things/1", { headers: { "x-device": "d" } })).status).toBe(429);
  });
});

describe("how much", () => {
  const tiers = { by: "claim:plan", of: { free: { limit: 1 }, pro: { limit: 3, burst: 2 } } } as const;

  it("tiers: as the plan says that the credential proves, else as the limit says", async () => {
    const perUser = limit("perUser", { limit: 2, window: "1h", key: ["principal"], tiers });
    const { api } = shop({ a: { policy: { access: anyToken, limits: [perUser] } } });
    const allowed = async (who: string) => {
      for (let n = 0; ; n += 1) if ((await ask(api, "/a", as(who))).status === 429) return n;
    };
    expect(await allowed("ann plan=free")).toBe(1);
    expect(await allowed("bob plan=pro")).toBe(2);
    expect(await allowed("cleo plan=gold")).toBe(2);
    expect(await allowed("dan plan=constructor")).toBe(2);
    expect(await allowed("eve")).toBe(2);
    expect((await ask(api, "/a", as("fay plan=pro"))).header("ratelimit-policy")).toBe('"perUser";q=3;w=3600');
  });

  it("tiers by principal.plan: the claim that the scheme calls so", async () => {
    const perUser = limit("perUser", {
      limit: 5,
      window: "1h",
      key: ["principal"],
      tiers: { by: "principal.plan", of: { free: { limit: 1 } } },
    });
    const oidc = { ...apiPolicy.schemes.oidc, principal: { id: ["sub"], plan: "/tier" } } as never;
    const { api } = shop(
      { a: { policy: { access: anyToken, limits: [perUser] } } },
      { policy: { schemes: { ...apiPolicy.schemes, oidc } } },
    );
    expect((await ask(api, "/a", as("ann tier=free"))).header("ratelimit")).toMatch(/^"perUser";r=0;/);
    expect((await ask(api, "/a", as("bob plan=free"))).header("ratelimit")).toMatch(/^"perUser";r=4;/);
  });

  it("exempt: roles that are not counted, inherited ones included; nobody is exempt before they are known", async () => {
    const perIp = limit("perIp", { limit: 1, window: "1h", key: ["ip"], exempt: ["editor"] });
    const { api } = shop({ a: { policy: { access: anyToken, limits: [perIp] } } });
    for (let n = 0; n < 3; n += 1) expect((await ask(api, "/a", as("root role=admin"))).status).toBe(200);
    expect((await ask(api, "/a", as("ann role=viewer"))).status).toBe(200);
    expect((await ask(api, "/a", as("ann role=viewer"))).status).toBe(429);
    expect((await ask(api, "/a", as("root role=editor"))).header("ratelimit")).toBeUndefined();
  });

  it("cost: what one call counts for", async () => {
    const shared = limit("shared", { limit: 10, window: "1h", key: ["ip"] });
    const { api } = shop({ a: { policy: { limits: [shared], cost: 4 } }, b: { policy: { limits: [shared] } } });
    expect((await ask(api, "/a")).header("ratelimit")).toMatch(/;r=6;/);
    expect((await ask(api, "/b")).header("ratelimit")).toMatch(/;r=5;/);
    expect((await ask(api, "/a")).status).toBe(200);
    expect((await ask(api, "/a")).status).toBe(429);
    expect((await ask(api, "/b")).status).toBe(200);
  });

  it.each(["fixed", "sliding", "tokenBucket"] as const)("%s counts", async (algorithm) => {
    let now = 1_800_000_000_000;
    const { api } = shop(
      { a: { policy: { limits: [limit("l", { limit: 3, window: "60s", key: ["ip"], algorithm })] } } },
      { now: () => now },
    );
    for (let n = 0; n < 3; n += 1) expect((await ask(api, "/a")).status).toBe(200);
    const refused = await ask(api, "/a");
    expect(refused.status).toBe(429);
    const wait = Number(refused.header("retry-after"));
    expect(refused.header("ratelimit")).toBe(`"l";r=0;t=${wait}`);
    now += wait * 1_000;
    expect((await ask(api, "/a")).status).toBe(200);
  });

  it("R39 of a hundred at once at limit-1 exactly one passes, by every algorithm and key", async () => {
    for (const algorithm of ["fixed", "sliding", "tokenBucket"] as const) {
      const limits = [limit("l", { limit: 10, window: "1h", key: ["principal"], algorithm })];
      const { api, runs } = shop({ a: { policy: { access: anyToken, limits } } });
      for (let n = 0; n < 9; n += 1) await ask(api, "/a", as("ann"));
      const statuses = await Promise.all(
        Array.from({ length: 100 }, async () => (await ask(api, "/a", as("ann"))).status),
      );
      expect([statuses.filter((one) => one === 200).length, runs.a]).toEqual([1, 10]);
    }
  });
});

describe("content-bytes", () => {
  const bytes = (limitOf: number) =>
    limit("bytes", { limit: limitOf, window: "60s", key: ["ip"], unit: "content-bytes" });
  const upload = (limits: readonly ReturnType<typeof limit>[], handler: () => unknown): Sample => ({
    policy: { method: "POST", limits },
    wire: { body: { media: ["application/json"], required: true } },
    schemas: { body: { "application/json": z.string() } },
    handler,
  });

  it("counts what is sent before it is read, and what is answered when it is", async () => {
    const { api } = shop({ a: upload([bytes(1_000)], () => ({ status: 200, body: "y".repeat(298) })) });
    const post = (size: number) => ask(api, "/a", { method: "POST", body: JSON.stringify("x".repeat(size - 2)) });
    const first = await post(400);
    expect([first.status, first.header("ratelimit-policy")]).toEqual([200, '"bytes";q=1000;w=60;qu="content-bytes"']);
    expect(first.header("ratelimit")).toMatch(/^"bytes";r=600;/);
    // 400 came, 300 went: 300 are left.
    expect((await post(301)).status).toBe(429);
    expect((await post(200)).header("ratelimit")).toMatch(/;r=100;/);
  });

  it("an answer that was larger than what was left is owed", async () => {
    let now = 1_800_000_000_000;
    const { api } = shop(
      { a: upload([bytes(1_000)], () => ({ status: 200, body: "y".repeat(1_498) })) },
      { now: () => now },
    );
    const post = () => ask(api, "/a", { method: "POST", body: '"x"' });
    expect((await post()).status).toBe(200);
    now += 30_000;
    expect((await post()).status).toBe(429);
    now += 1_500;
    expect((await post()).status).toBe(200);
  });

  it("a request that does not say how long it is counts for as much as the operation takes", async () => {
    const { api } = shop({ a: upload([bytes(1_500)], () => ({ status: 200, body: "" })) });
    const chunked = () => ask(api, "/a", { method: "POST", body: '"x"', headers: { "transfer-encoding": "chunked" } });
    expect((await chunked()).header("ratelimit")).toMatch(/;r=476;/);
    expect((await chunked()).status).toBe(429);
  });

  it("counts a stream by what of it was sent", async () => {
    const items = async function* () {
      yield "x".repeat(100);
      yield "x".repeat(100);
    };
    const stream: Sample = {
      policy: { limits: [bytes(300)] },
      schemas: { responses: { 200: { "application/jsonl": z.string() } } },
      handler: () => ({ status: 200, body: items() }),
    };
    const { api } = shop({ a: stream });
    expect((await ask(api, "/a")).body.length).toBe(206);
    expect((await ask(api, "/a")).header("ratelimit")).toMatch(/;r=92;/);
  });
});

describe("header fields", () => {
  const named = (headers: "legacy" | "both" | "none") =>
    limit(headers, { limit: 2, window: "60s", key: ["ip"], headers });

  it("draft, legacy, both or none: as each limit says", async () => {
    const { api } = shop({
      legacy: { policy: { limits: [named("legacy")] } },
      both: { policy: { limits: [named("both")] } },
      none: { policy: { limits: [named("none")] } },
    });
    const legacy = await ask(api, "/legacy");
    expect(legacy.header("ratelimit")).toBeUndefined();
    expect(["limit", "remaining", "reset"].map((one) => legacy.header(`x-ratelimit-${one}`))).toEqual(["2", "1", "30"]);
    const both = await ask(api, "/both");
    expect([both.header("ratelimit"), both.header("x-ratelimit-remaining")]).toEqual(['"both";r=1;t=30', "1"]);
    await ask(api, "/none");
    await ask(api, "/none");
    const none = await ask(api, "/none");
    expect([none.status, none.header("ratelimit"), none.header("x-ratelimit-limit")]).toEqual([
      429,
      undefined,
      undefined,
    ]);
    expect(none.header("retry-after")).toBe("30");
  });
});
