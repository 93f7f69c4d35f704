import { anyOf } from "@sallyport/runtime/policy";
import { type IdempotencyStore, memoryIdempotency, refuse } from "@sallyport/runtime/server";
import { beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { ask } from "../support/asking.js";
import { anyToken, open, type Sample } from "../support/contract.js";

const rule = {
  header: "Idempotency-Key",
  required: true,
  ttl: "24h",
  scope: ["principal", "operation"],
  fingerprint: "body",
} as const;

type Pay = { readonly body: { readonly to: string }; readonly idempotencyKey?: string };
let handler: (call: Pay) => unknown = () => ({});
let paid: string[] = [];

function bank(options: Parameters<typeof open>[1] = {}, facts: Partial<typeof rule> = {}) {
  const pay = (path: string): Sample => ({
    policy: { method: "POST", path, access: anyToken, idempotency: { ...rule, ...facts } },
    wire: { body: { media: ["application/json"], required: true } },
    schemas: {
      body: { "application/json": z.object({ to: z.string(), b: z.unknown().optional() }) },
      responses: { 201: { "application/json": z.object({ id: z.number() }) } },
    },
    handler: ((call: Pay) => handler(call)) as never,
  });
  const shop = open({ pay: pay("/pay"), other: pay("/other") }, options);
  const call = (
    key: string | undefined,
    { to = "bob", who = "ann", path = "/pay", body = JSON.stringify({ to }) } = {},
  ) =>
    ask(shop.api, path, {
      method: "POST",
      body,
      headers: { authorization: `Bearer ${who}`, ...(key === undefined ? {} : { "idempotency-key": key }) },
    });
  return { ...shop, call };
}

beforeEach(() => {
  paid = [];
  handler = ({ body }) => {
    paid.push(body.to);
    return { status: 201, headers: { location: `/payments/${paid.length}` }, body: { id: paid.length, secret: "s" } };
  };
});

describe("R53 a call may be repeated with its key", () => {
  it("R53 the handler runs once; the answer is given again: status, headers and body, octet by octet", async () => {
    const { call } = bank();
    const [first, second] = [await call('"k1"'), await call('"k1"')];
    expect([first.status, first.header("location"), first.body]).toEqual([201, "/payments/1", '{"id":1}']);
    expect([second.status, second.header("location"), second.body]).toEqual([201, "/payments/1", '{"id":1}']);
    expect(second.header("x-request-id")).not.toBe(first.header("x-request-id"));
    expect((await call('"k2"')).json.id).toBe(2);
    expect(paid).toHaveLength(2);
  });

  it("R53 a required key that is missing, malformed or sent twice is 400", async () => {
    const { call, api } = bank();
    for (const key of [undefined, "", '""', '"open', "two words", '"\u00e9"', `"${"x".repeat(256)}"`])
      expect([key, (await call(key)).status]).toEqual([key, 400]);
    const twice = { "idempotency-key": ["a", "b"] as never, authorization: "Bearer ann" };
    expect((await ask(api, "/pay", { method: "POST", body: '{"to":"bob"}', headers: twice })).status).toBe(400);
    expect(paid).toEqual([]);
  });

  it("R53 an attempt is its own, though its request id comes from outside a second time", async () => {
    const store = memoryIdempotency();
    const owners: string[] = [];
    const begin: IdempotencyStore["begin"] = (key, claim, now) => {
      owners.push(claim.owner);
      return store.begin(key, claim, now);
    };
    const { api } = bank({ idempotency: { store: { ...store, begin } }, requestIds: "accepted" });
    const headers = { authorization: "Bearer ann", "x-request-id": "the-same-id-twice" };
    for (const key of ["k1", "k2"])
      await ask(api, "/pay", { method: "POST", body: '{"to":"bob"}', headers: { ...headers, "idempotency-key": key } });
    expect(new Set(owners).size).toBe(2);
    expect(owners).not.toContain("the-same-id-twice");
  });

  it("R53 an answer of one version is none of another, whatever the fingerprint", async () => {
    const versioning = {
      strategy: "header",
      name: "API-Version",
      current: "v2",
      missing: "current",
      supported: [{ name: "v1" }, { name: "v2" }],
    } as const;
    for (const fingerprint of ["body", "none"] as const) {
      const { api } = bank({ policy: { versioning } }, { fingerprint: fingerprint as never });
      const headers = { authorization: "Bearer ann", "idempotency-key": "k" };
      const as = async (version: string) =>
        (
          await ask(api, "/pay", {
            method: "POST",
            body: '{"to":"bob"}',
            headers: { ...headers, "api-version": version },
          })
        ).status;
      expect([fingerprint, await as("v1"), await as("v2"), await as("v1")]).toEqual([fingerprint, 201, 422, 201]);
    }
  });

  it("one that is not required may be left out, and then each call is one", async () => {
    const { call } = bank({}, { required: false as never });
    expect([(await call(undefined)).status, (await call(undefined)).status]).toEqual([201, 201]);
    expect(paid).toHaveLength(2);
  });

  it("a key is one whether it is quoted or not", async () => {
    const { call } = bank();
    await call('"8e03978e-40d5-43dd-bc93-6894a57f9324"');
    await call("8e03978e-40d5-43dd-bc93-6894a57f9324");
    expect(paid).toHaveLength(1);
  });

  it("R53 the same key with another input is 422, and the same input spelt otherwise is the same", async () => {
    const { call } = bank();
    await call("k", { body: '{"to":"bob","b":{"x":1,"y":2}}' });
    expect((await call("k", { body: '{"b": {"y":2, "x":1}, "to":"bob"}' })).status).toBe(201);
    expect((await call("k", { to: "eve" })).status).toBe(422);
    expect(paid).toEqual(["bob"]);
  });

  it("R53 of a hundred at once one runs, and the others are told that it does", async () => {
    const { call } = bank();
    let finish = () => {};
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const work = handler;
    handler = async (one) => {
      await gate;
      return work(one);
    };
    const calls = Array.from({ length: 100 }, () => call("k"));
    const early = await Promise.all(calls.slice(1));
    expect(new Set(early.map(({ status, header }) => `${status} ${header("retry-after")}`))).toEqual(
      new Set(["409 1"]),
    );
    finish();
    expect((await calls[0])?.status).toBe(201);
    expect((await call("k")).status).toBe(201);
    expect(paid).toHaveLength(1);
  });

  it("R53 another's key is another key, and so is the same key of another operation", async () => {
    const { call } = bank();
    expect((await call("k")).json.id).toBe(1);
    expect((await call("k", { who: "eve", to: "eve" })).json.id).toBe(2);
    expect((await call("k", { path: "/other" })).json.id).toBe(3);
    expect((await call("k")).json.id).toBe(1);
  });

  it("R53 who may not call gets no answer that was kept", async () => {
    const { call } = bank();
    await call("k");
    expect((await call("k", { who: "bad" })).status).toBe(401);
  });

  it("R53 a key is free again when its time is over", async () => {
    let now = 1_800_000_000_000;
    const { call } = bank({ now: () => now });
    await call("k");
    now += 86_399_999;
    expect((await call("k")).json.id).toBe(1);
    now += 1;
    expect((await call("k")).json.id).toBe(2);
  });

  it("what a handler refuses is its answer; what it refuses for now leaves nothing", async () => {
    const { call } = bank();
    const work = handler;
    handler = () => {
      paid.push("refused");
      throw refuse(409, { title: "No money", detail: "Nothing was paid." });
    };
    const first = await call("k");
    expect([first.status, first.json.title]).toEqual([409, "No money"]);
    handler = work;
    const again = await call("k");
    expect([again.status, again.json.title, again.json.detail]).toEqual([409, "No money", "Nothing was paid."]);
    expect(paid).toEqual(["refused"]);
    handler = () => {
      throw refuse(503, { title: "Later" });
    };
    expect((await call("k2")).status).toBe(503);
    handler = work;
    expect((await call("k2")).status).toBe(201);
  });

  it("the handler is told the key", async () => {
    let told: string | undefined;
    handler = ({ idempotencyKey }) => {
      told = idempotencyKey;
      return { status: 201, body: { id: 1 } };
    };
    await bank().call('"a \\"b\\""');
    expect(told).toBe('a "b"');
  });
});

describe("R53 when nobody knows how a call ended", () => {
  const broken: Readonly<Record<string, (call: Pay) => unknown>> = {
    "the handler failed": () => {
      throw new Error("connection lost");
    },
    "the answer is none that may be sent": () => ({ status: 201, body: { id: "no number" } }),
    "the status is not declared": () => ({ status: 200, body: {} }),
  };

  it.each(Object.keys(broken))("%s: a repeat is not run, and told so", async (what) => {
    const { call } = bank();
    handler = broken[what] as typeof handler;
    expect((await call("k")).status).toBe(500);
    handler = () => expect.fail("it ran again");
    const again = await call("k");
    expect([again.status, again.header("retry-after"), again.json.detail]).toEqual([
      409,
      undefined,
      "Find out whether it was done before you repeat it with another key.",
    ]);
  });

  it("rerun: the handler runs again, where it is safe to", async () => {
    const { call } = bank({ idempotency: { whenUnknown: "rerun" } });
    const work = handler;
    handler = broken["the handler failed"] as typeof handler;
    expect((await call("k")).status).toBe(500);
    handler = work;
    expect((await call("k")).status).toBe(201);
    expect((await call("k")).status).toBe(201);
    expect(paid).toHaveLength(1);
  });

  it("a process that dies: running until its lease is over, then unknown", async () => {
    let now = 1_800_000_000_000;
    const facts = { idempotency: { store: memoryIdempotency(), lease: "30s" }, now: () => now } as const;
    const [dead, alive] = [bank(facts), bank(facts)];
    handler = () => new Promise(() => {});
    void dead.call("k");
    await vi.waitFor(() => expect(dead.runs.pay).toBe(1));
    now += 29_999;
    expect((await alive.call("k")).json.title).toBe("A request with this idempotency key is under way");
    now += 1;
    expect((await alive.call("k")).json.title).toBe("Nobody knows how the request with this idempotency key ended");
  });

  it("a handler that works for longer than a lease says so, and is not taken for dead", async () => {
    let finish = () => {};
    const work = handler;
    handler = (one) =>
      new Promise((resolve) => {
        finish = () => resolve(work(one));
      });
    const renewed: string[] = [];
    const memory = memoryIdempotency();
    const store: IdempotencyStore = { ...memory, renew: (...all) => void renewed.push(all[0]) };
    const { call } = bank({ idempotency: { store, lease: "30ms" } });
    const first = call("k");
    await vi.waitFor(() => expect(renewed.length).toBeGreaterThan(1));
    finish();
    expect((await first).status).toBe(201);
    const after = renewed.length;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(renewed).toHaveLength(after);
  });
});

describe("R12 R53 a store that fails refuses before the handler runs", () => {
  const failing: Readonly<Record<string, () => never>> = {
    throws: () => {
      throw new Error("secret of the store");
    },
    rejects: () => Promise.reject(new Error("secret of the store")) as never,
    hangs: () => new Promise(() => {}) as never,
    "answers nothing": () => undefined as never,
    "answers nonsense": () => ({ kind: "fine" }) as never,
    "answers a result that is none": () => ({ kind: "done", result: "{" }) as never,
  };

  it.each(Object.keys(failing))("one that %s", async (how) => {
    const store: IdempotencyStore = { begin: failing[how] as never, renew: () => {}, settle: () => {} };
    const { call } = bank({ idempotency: { store }, patience: 30 });
    const answer = await call("k");
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.body).not.toContain("secret");
    expect(paid).toEqual([]);
  });

  it("one that fails at the end: the caller is told the truth, and the log what is missing", async () => {
    const store: IdempotencyStore = {
      begin: () => ({ kind: "new" }),
      renew: () => {},
      settle: failing.rejects as never,
    };
    const { call, log } = bank({ idempotency: { store } });
    expect((await call("k")).status).toBe(201);
    expect(log.map(({ message }) => message)).toContain("The idempotency store has failed");
  });
});

describe("R53 a policy under which answers would be anybody's does not start", () => {
  const start =
    (policy: Sample["policy"], rest: Partial<Sample> = {}) =>
    () =>
      open({ a: { policy: { method: "POST", access: anyToken, idempotency: rule, ...policy }, ...rest } });

  it.each([
    ["a public operation", start({ access: { kind: "public" } }), /nobody in particular/],
    ["a scope of nobody", start({ idempotency: { ...rule, scope: ["operation"] } }), /nobody in particular/],
    ["a ttl of nothing", start({ idempotency: { ...rule, ttl: "0s" } }), /no duration/],
    ["a header that is none", start({ idempotency: { ...rule, header: "a b" } }), /no name/],
    [
      "an answer that is a stream",
      start({}, { schemas: { responses: { 200: { "text/event-stream": z.unknown() } } } }),
      /stream/,
    ],
  ])("%s", (_what, open, message) => expect(open).toThrow(message));

  it("anonymous callers are told apart by where they come from", async () => {
    const access = anyOf({ allOf: [] }, ...(anyToken.kind === "restricted" ? anyToken.anyOf : []));
    const { api, runs } = open({ a: { policy: { method: "POST", access, idempotency: rule } } });
    const call = (address: string) => ask(api, "/a", { method: "POST", address, headers: { "idempotency-key": "k" } });
    for (const address of ["192.0.2.1", "192.0.2.2", "192.0.2.1"]) expect((await call(address)).status).toBe(200);
    expect(runs.a).toBe(2);
  });
});
