import { access, publicAccess } from "@sallyport/runtime/policy";
import { type Call, type Departure, type Log, Refusal, requestLog } from "@sallyport/runtime/server";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { isIterable } from "../../runtime/src/http/streams.js";
import { readable } from "../../runtime/src/observe/readable.js";
import { safeLog } from "../../runtime/src/observe/safe-log.js";
import { anyToken, apiPolicy, open } from "../support/contract.js";
import { exchangeOf } from "../support/exchange.js";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const unsafe = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const hostile = [
  'x\r\n{"level":30,"msg":"forged"}',
  "\u001b[2J\u001b]0;title\u0007",
  "a\u2028b\u2029c\u0085d",
  "\u202egnp.exe",
  "\ud800",
  "x".repeat(2_000_000),
];

/** pino as a server would have it, and the lines that it writes. */
function pinoLog() {
  const raw: string[] = [];
  const log: Log = pino({ level: "debug" }, { write: (line: string) => void raw.push(line) });
  return { log, raw, lines: () => raw.map((one) => JSON.parse(one) as Readonly<Record<string, unknown>>) };
}

/** Every name and every text of a value. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => [name, ...textsOf(one)]);
}

const shop = {
  getNote: {
    policy: { path: "/notes/{id}", access: anyToken, audit: access("note.read") },
    wire: { path: [{ name: "id" }] },
    schemas: { path: z.strictObject({ id: z.string() }) },
    handler: ({ log }: Call) => {
      log.info({ step: 1 }, "from a handler");
      return { status: 200, body: {} };
    },
  },
  fails: {
    handler: () => {
      throw new Error("pool is gone");
    },
  },
  many: {
    policy: { access: publicAccess },
    handler: () => new Refusal("conflict", { status: 409, title: "no" }),
  },
};

describe("the log of requests", () => {
  it("says ids, who it was, and how it ended, in one line, through pino", async () => {
    const { log, lines } = pinoLog();
    const { api, lines: trail } = open(shop, { log, observers: [requestLog(log)] });
    const headers = { authorization: "Bearer alice", traceparent };
    const reply = await api.handle(exchangeOf({ target: "/notes/hush-17", headers }));
    const requestId = reply?.headers[1];
    const ids = { requestId, traceId, operation: "getNote" };
    expect(lines()).toMatchObject([
      { level: 30, msg: "from a handler", step: 1, ...ids },
      {
        ...{ level: 30, msg: "request", ...ids, spanId: "b7ad6b7169203331", method: "GET", route: "/notes/{id}" },
        ...{ status: 200, principal: "alice", scheme: "oidc", address: "192.0.2.1", octets: 2 },
        durationMs: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(lines())).not.toMatch(/hush|Bearer/);
    expect(trail).toMatchObject([{ event: "note.read", requestId, traceId }]);
  });

  it("says why a call was refused, and is louder of failures", async () => {
    const { log, lines } = pinoLog();
    const { api } = open(shop, { log: pinoLog().log, observers: [requestLog(log)] });
    for (const target of ["/notes/1", "/many", "/fails"]) await api.handle(exchangeOf({ target }));
    await api.handle(exchangeOf({ target: "/fails", method: "DELETE" }));
    expect(lines().map(({ level, status, code, operation }) => [level, status, code, operation])).toEqual([
      [40, 401, "unauthenticated", "getNote"],
      [40, 409, "conflict", "many"],
      [50, 500, "internal", "fails"],
      [40, 405, "method_not_allowed", undefined],
    ]);
  });

  it("a failure of the server's own says the same ids", async () => {
    const { log, lines } = pinoLog();
    const { api } = open(shop, { log });
    const reply = await api.handle(exchangeOf({ target: "/fails", headers: { traceparent } }));
    expect(lines()).toMatchObject([
      { level: 50, requestId: reply?.headers[1], traceId, operation: "fails", err: { message: "pool is gone" } },
    ]);
  });

  it("tells of calls that came decoded, once", async () => {
    const { log, lines } = pinoLog();
    const { api } = open(shop, { observers: [requestLog(log)] });
    const headers = { authorization: "Bearer alice" };
    await api.invoke("getNote", exchangeOf({ headers }), { id: "1" });
    await api.invoke("getNote", exchangeOf({}), { id: "1" });
    expect(lines().map(({ status, principal, code }) => [status, principal, code])).toEqual([
      [200, "alice", undefined],
      [401, undefined, "unauthenticated"],
    ]);
  });

  it("of a stream when its last piece is gone; nothing of what is another's", async () => {
    const ends: Departure[] = [];
    const observers = [{ begin: () => ({ end: (one: Departure) => void ends.push(one) }) }];
    const body = async function* () {
      yield { n: 1 };
    };
    const schemas = { responses: { 200: { "application/jsonl": z.unknown() } } };
    const { api } = open({ feed: { schemas, handler: () => ({ status: 200, body: body() }) } }, { observers });
    expect(await api.handle(exchangeOf({ target: "/elsewhere" }))).toBeUndefined();
    const reply = await api.handle(exchangeOf({ target: "/feed" }));
    expect(ends).toEqual([]);
    if (!isIterable(reply?.body)) throw new Error("no stream");
    for await (const _ of reply.body);
    expect(ends).toMatchObject([{ status: 200, operation: "feed", octets: 8 }]);
  });

  it.each([
    ["plain", "alice", undefined],
    ["last4", "alice-of-somewhere", "…here"],
    ["drop", "alice", undefined],
  ] as const)("R55 shows a caller's id as the scheme's sensitivity says: %s", async (mask, who, shown) => {
    const { log, lines } = pinoLog();
    const oidc = apiPolicy.schemes.oidc;
    if (oidc === undefined) throw new Error("no scheme");
    const schemes = { ...apiPolicy.schemes, oidc: { ...oidc, mask } };
    const { api, lines: trail } = open(shop, { observers: [requestLog(log)], policy: { schemes } });
    await api.handle(exchangeOf({ target: "/notes/1", headers: { authorization: `Bearer ${who}` } }));
    const expected = mask === "plain" ? who : shown;
    expect([lines()[0]?.principal, trail[0]?.principal]).toEqual([expected, expected]);
    expect(lines()[0]?.scheme).toBe("oidc");
  });

  it("an observer or a logger that fails changes nothing", async () => {
    const broken = () => {
      throw new Error("no disk");
    };
    const log = { debug: broken, info: broken, warn: broken, error: broken, child: broken };
    const within = <T>(run: () => T): T => {
      run();
      throw new Error("no context");
    };
    const observers = [{ begin: broken }, { begin: () => ({ within, end: broken }) }, requestLog(log)];
    const { api, runs } = open(shop, { log, observers });
    const headers = { authorization: "Bearer alice" };
    expect((await api.handle(exchangeOf({ target: "/notes/1", headers })))?.status).toBe(200);
    expect((await api.handle(exchangeOf({ target: "/fails" })))?.status).toBe(500);
    expect(runs).toEqual({ getNote: 1, fails: 1 });
  });
});

describe("R55 nothing that a caller sends forges or breaks a line of a logger of pino's", () => {
  it.each([true, false])(
    "no fact says otherwise what a line is bound to, or what its logger says (children: %s)",
    async (children) => {
      const { log, raw } = pinoLog();
      const { child: _, ...childless } = { ...log, warn: log.warn.bind(log) } as Log;
      const body = { requestId: "forged", operation: "forged", level: "info", time: "1999", msg: "forged", own: 1 };
      const { api } = open(
        {
          note: {
            policy: { path: "/note" },
            handler: ({ log: own }: Call) => {
              own.warn(body, "said");
              return { status: 204 };
            },
          },
        },
        { log: children ? log : (childless as Log) },
      );
      await api.handle(exchangeOf({ target: "/note" }));
      const [text = ""] = raw.filter((one) => one.includes('"own":1'));
      // Names that come twice would be read as the last of them.
      for (const name of ["requestId", "operation", "level", "time", "msg"])
        expect([name, text.split(`"${name}":`).length]).toEqual([name, 2]);
      expect(JSON.parse(text)).toMatchObject({
        operation: "note",
        level: 40,
        msg: "said",
        _requestId: "forged",
        _level: "info",
      });
    },
  );

  it("facts that cannot be read fail nobody who binds them", () => {
    const { log, lines } = pinoLog();
    const broken = {
      get a(): string {
        throw new Error("no");
      },
    };
    safeLog(log).child?.(broken).warn({ b: 1 });
    expect(lines()).toMatchObject([{ unreadable: true, b: 1 }]);
  });

  it("what is quoted like a token is looked through once", () => {
    const begun = performance.now();
    readable({ err: new Error("bad value ".concat("eyJ-".repeat(10_000))) });
    expect(performance.now() - begun).toBeLessThan(100);
    expect(readable({ message: "got eyJhbGciOi.eyJzdWIi.c2ln, and 'eyJa.eyJb.c'" })).toEqual({
      message: "got [hidden], and '[hidden]'",
    });
  });

  it.each(["access-token", "x-auth-token", "sessionToken", "privateKey", "pepper", "pwd", "otp", "client_assertion"])(
    "%s speaks of a secret",
    (name) => {
      expect(readable({ [name]: "hush" })).toEqual({ [name]: "[hidden]" });
    },
  );

  it.each(hostile)("%#: in what is logged of a request, and by a handler", async (text) => {
    const { log, raw, lines } = pinoLog();
    const { api } = open(
      {
        echo: {
          policy: { path: "/{echo}" },
          wire: { path: [{ name: "echo" }] },
          schemas: { path: z.looseObject({}) },
          handler: ({ log: own }: Call) => {
            own.warn({ [text]: text, list: [text], password: "hush" }, text);
            throw new Error(text, { cause: { deep: text } });
          },
        },
      },
      { log, observers: [requestLog(log)] },
    );
    const headers = { traceparent: text, "x-request-id": text, tracestate: text };
    await api.handle(exchangeOf({ target: "/x", method: text, headers }));
    await api.handle(exchangeOf({ target: "/x", headers }));
    expect(lines().map(({ msg }) => msg)).toHaveLength(4);
    for (const line of raw) {
      expect(line).toMatch(/^[^\n]*\n$/);
      expect(line).not.toMatch(unsafe);
      expect(line.length).toBeLessThan(20_000);
      expect(line).not.toContain("hush");
    }
    // Read back, as a viewer of logs does it, it is still safe to print.
    expect(textsOf(lines()).length).toBeGreaterThan(20);
    expect(textsOf(lines()).filter((one) => unsafe.test(one) || one.includes("\n"))).toEqual([]);
  });
});

describe("request ids", () => {
  const idOf = async (id: string | readonly string[], requestIds?: "accepted") => {
    const { api } = open({ a: {} }, requestIds === undefined ? {} : { requestIds });
    return (await api.handle(exchangeOf({ target: "/a", headers: { "x-request-id": id } })))?.headers[1];
  };
  const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

  it("are our own, unless the server was told to take those of its gateway", async () => {
    expect(await idOf("gateway-1234")).toMatch(uuid);
    expect(await idOf("gateway-1234", "accepted")).toBe("gateway-1234");
  });

  it.each([
    ["short"],
    ["x".repeat(129)],
    ["a b c d e f"],
    ["a\r\nSet-Cookie: x=1"],
    ["\u001b[2J12345678"],
    ["ﬀﬀﬀﬀﬀﬀﬀﬀ"],
    [""],
  ])("%j is not taken", async (id) => {
    expect(await idOf(id, "accepted")).toMatch(uuid);
  });

  it("two of them are none", async () => {
    expect(await idOf(["gateway-1234", "gateway-1234"], "accepted")).toMatch(uuid);
  });
});
