import { anonymous, anyOf, type Limit, limit, publicAccess } from "@sallyport/runtime/policy";
import type { LimitStore } from "@sallyport/runtime/server";
import { describe, expect, it } from "vitest";
import { rateLimitsOf } from "../../runtime/src/client/rate-limit.js";
import { anyToken, open, type Sample } from "../support/contract.js";
import { type Raw, send, serveLocally } from "../support/wire.js";

const perIp = limit("perIp", { limit: 3, window: "60s", key: ["ip"] });
const perUser = limit("perUser", { limit: 2, window: "1h", key: ["principal"], burst: 2 });
const limited: Readonly<Record<string, Sample>> = {
  open: { policy: { access: publicAccess, limits: [perIp] } },
  strict: { policy: { access: publicAccess, limits: [{ ...perIp, onStoreError: "deny" }] } },
  own: { policy: { access: anyToken, limits: [perUser] } },
  both: { policy: { access: anyToken, limits: [perIp, perUser] } },
  maybe: {
    policy: { access: anyOf(anonymous, ...(anyToken.kind === "restricted" ? anyToken.anyOf : [])), limits: [perUser] },
  },
};
const as = (who: string) => [`Authorization: Bearer ${who}`];

async function withServer<T>(
  options: Parameters<typeof open>[1],
  use: (
    ask: (target: string, headers?: readonly string[]) => Promise<Raw>,
    shop: ReturnType<typeof open>,
  ) => Promise<T>,
): Promise<T> {
  const shop = open(limited, options);
  const server = await serveLocally(shop.api);
  try {
    return await use((target, headers = []) => send(server, { target, headers }), shop);
  } finally {
    await server.close();
  }
}

describe("R45 a limit that has run out", () => {
  it("is 429 with the problem, Retry-After and structured fields", async () => {
    await withServer({}, async (ask) => {
      for (const left of [2, 1, 0]) {
        const reply = await ask("/open");
        expect([reply.status, reply.headers["ratelimit-policy"]]).toEqual([200, ['"perIp";q=3;w=60']]);
        expect(reply.headers.ratelimit?.[0]).toMatch(new RegExp(`^"perIp";r=${left};t=\\d+$`));
      }
      const reply = await ask("/open");
      expect(reply.status).toBe(429);
      expect(reply.headers["content-type"]).toEqual(["application/problem+json"]);
      expect(reply.json).toMatchObject({
        type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
        status: 429,
        code: "rate_limited",
        "violated-policies": ["perIp"],
      });
      const wait = Number(reply.headers["retry-after"]?.[0]);
      const [, left, reset] = /^"perIp";r=(\d+);t=(\d+)$/.exec(reply.headers.ratelimit?.[0] ?? "") ?? [];
      expect(Number.isInteger(wait) && wait >= 1).toBe(true);
      expect([Number(left), wait >= Number(reset)]).toEqual([0, true]);
      expect(reply.headers.ratelimit).toHaveLength(1);
    });
  });

  it("names the partition where the description does, and no caller's", async () => {
    const of = (name: string, ...key: Limit["key"]) => limit(name, { limit: 3, window: "60s", key });
    const keys = {
      operation: [of("operation", "operation")],
      written: [of("written", "const:eu west", "operation")],
      others: [of("ip", "ip"), of("mixed", "ip", "operation"), of("who", "principal")],
    };
    const policies = Object.entries(keys).map(([id, limits]) => [id, { policy: { access: anyToken, limits } }]);
    const shop = open(Object.fromEntries(policies));
    const server = await serveLocally(shop.api);
    const said = async (id: string) => {
      const reply = await send(server, { target: `/${id}`, headers: as("ann") });
      return reply.headers["ratelimit-policy"]?.[0] ?? "";
    };
    const partition = (text: string) => `;pk=:${Buffer.from(text).toString("base64")}:`;
    expect(await said("operation")).toBe(`"operation";q=3;w=60${partition("operation")}`);
    expect(await said("written")).toBe(`"written";q=3;w=60${partition("eu%20west|written")}`);
    expect(await said("others")).toBe('"ip";q=3;w=60, "mixed";q=3;w=60, "who";q=3;w=60');
    // What the client makes of it.
    const headers = { "ratelimit-policy": await said("written"), ratelimit: '"written";r=2;t=9' };
    expect(rateLimitsOf(headers, 0)).toEqual([{ name: "written", remaining: 2, reset: 9_000 }]);
    await server.close();
  });

  it("leaves room again when Retry-After is over, and not a second before", async () => {
    let now = 1_800_000_000_000;
    await withServer({ now: () => now }, async (ask) => {
      for (let at = 0; at < 3; at++) await ask("/open");
      const wait = Number((await ask("/open")).headers["retry-after"]?.[0]);
      now += (wait - 1) * 1000;
      expect((await ask("/open")).status).toBe(429);
      now += 1000;
      expect((await ask("/open")).status).toBe(200);
    });
  });

  it("R39 a hundred at once at limit-1: exactly one passes", async () => {
    const narrow = { narrow: { policy: { limits: [limit("n", { limit: 5, window: "1h", key: ["ip"] })] } } };
    const shop = open(narrow);
    const server = await serveLocally(shop.api);
    for (let at = 0; at < 4; at++) await send(server, { target: "/narrow" });
    const replies = await Promise.all(Array.from({ length: 100 }, () => send(server, { target: "/narrow" })));
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
    expect(replies.filter((reply) => reply.status === 429)).toHaveLength(99);
    expect(shop.runs.narrow).toBe(5);
    await server.close();
  });

  it("counts a caller by who it is, not by its token", async () => {
    await withServer({}, async (ask) => {
      expect((await ask("/own", as("alice"))).status).toBe(200);
      expect((await ask("/own", as("alice scope=read"))).status).toBe(200);
      expect((await ask("/own", as("alice scope=other"))).status).toBe(429);
      expect((await ask("/own", as("bob"))).status).toBe(200);
      expect((await ask("/own", as("alice|x"))).status).toBe(200);
    });
  });

  it("counts anonymous callers apart from principals", async () => {
    await withServer({}, async (ask) => {
      expect((await ask("/maybe")).status).toBe(200);
      expect((await ask("/maybe")).status).toBe(200);
      expect((await ask("/maybe")).status).toBe(429);
      expect((await ask("/maybe", as("127.0.0.1"))).status).toBe(200);
      expect((await ask("/maybe", as("anonymous:127.0.0.1"))).status).toBe(200);
    });
  });

  it("limits guesses at credentials by address, before a credential is looked at", async () => {
    await withServer({}, async (ask) => {
      for (let at = 0; at < 3; at++) expect((await ask("/both", as("bad"))).status).toBe(401);
      expect((await ask("/both", as("bad"))).status).toBe(429);
      expect((await ask("/both", as("alice"))).status).toBe(429);
    });
  });

  it("shows no principal counter on a 401, and both counters to the caller itself", async () => {
    await withServer({}, async (ask) => {
      const denied = await ask("/both", as("bad"));
      expect(denied.status).toBe(401);
      expect(denied.headers["ratelimit-policy"]).toEqual(['"perIp";q=3;w=60']);
      expect(denied.headers.ratelimit?.[0]).not.toContain("perUser");
      const allowed = await ask("/both", as("alice"));
      expect(allowed.headers["ratelimit-policy"]).toEqual(['"perIp";q=3;w=60, "perUser";q=2;w=3600']);
    });
  });

  it("R40 counts the address of the socket, whatever a header claims", async () => {
    await withServer({}, async (ask) => {
      const claim = (at: number) => [
        `X-Forwarded-For: 10.0.0.${at}`,
        `Forwarded: for=10.0.0.${at}`,
        `X-Real-IP: 10.0.0.${at}`,
      ];
      for (let at = 0; at < 3; at++) await ask("/open", claim(at));
      expect((await ask("/open", claim(9))).status).toBe(429);
    });
  });

  it("R55 leaves a security line", async () => {
    await withServer({}, async (ask, shop) => {
      for (let at = 0; at < 3; at++) await ask("/own", as("alice"));
      expect(shop.lines).toMatchObject([
        { event: "limit.refused", level: "security", code: "rate_limited", principal: "alice", status: 429 },
      ]);
    });
  });
});

describe("R12, R44 a limit store that fails lets nobody through where the limit says so", () => {
  const stores: Readonly<Record<string, LimitStore>> = {
    throws: {
      take: () => {
        throw new Error("redis password");
      },
    },
    rejects: { take: () => Promise.reject(new Error("redis password")) },
    "answers for too few": { take: () => [] },
    "answers nonsense": { take: () => [{}] as never },
    "answers nothing": { take: () => undefined as never },
    hangs: { take: () => new Promise<never>(() => {}) },
  };

  it.each(Object.keys(stores))("one that %s is 503 within half a second", async (name) => {
    await withServer({ limits: stores[name] as LimitStore }, async (ask, shop) => {
      const start = performance.now();
      const reply = await ask("/strict");
      expect([reply.status, reply.json.code]).toEqual([503, "unavailable"]);
      expect(reply.body).not.toContain("redis");
      expect(performance.now() - start).toBeLessThan(500);
      expect(shop.runs.strict).toBeUndefined();
    });
  });
});
