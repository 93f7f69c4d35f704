import { owner } from "@sallyport/runtime/policy";
import { refuse } from "@sallyport/runtime/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, open } from "../support/contract.js";
import { send, serveLocally } from "../support/wire.js";

const answers = (handler: (call: never) => unknown, access?: typeof anyToken) => ({
  handler,
  ...(access === undefined ? {} : { policy: { access } }),
  schemas: {
    responses: {
      200: { "application/json": z.object({ id: z.string() }), "text/plain": z.string() },
      204: {},
      "4XX": { "application/json": z.object({ why: z.string() }) },
    },
  },
});
const shop = open(
  {
    throws: answers(() => {
      throw new Error("SELECT * FROM users WHERE password = 'hunter2'");
    }),
    rejects: answers(() => Promise.reject(new TypeError("hunter2"))),
    throwsText: answers(() => {
      throw "hunter2";
    }),
    nothing: answers(() => undefined),
    undeclared: answers(() => ({ status: 201, body: { id: "hunter2" } })),
    misfit: answers(() => ({ status: 200, body: { id: 7, note: "hunter2" } })),
    missing: answers(() => ({ status: 200 })),
    tooMuch: answers(() => ({ status: 204, body: { id: "x" } })),
    extra: answers(() => ({ status: 200, body: { id: "x", passwordHash: "hunter2" } })),
    declared: answers(() => ({ status: 404, body: { why: "gone fishing" } })),
    text: answers(() => ({ status: 200, headers: { "Content-Type": "text/plain" }, body: "héllo" })),
    otherType: answers(() => ({ status: 200, headers: { "Content-Type": "text/html" }, body: "<b>" })),
    empty: answers(() => ({ status: 204 })),
    refuses: answers(() => {
      throw refuse(409, {
        title: "Account is closed",
        detail: "It was closed by its owner.",
        extensions: { account: "a1", status: 200 },
      });
    }),
    refuses401: answers(() => {
      throw refuse(401);
    }, anyToken),
    refusesPublic401: answers(() => Promise.reject(refuse(401))),
    headers: answers(() => ({ status: 200, headers: { "X-Page": "2", Link: "</next>; rel=next" }, body: { id: "x" } })),
    split: answers(() => ({ status: 200, headers: { "X-Page": "2\r\nSet-Cookie: a=b" }, body: { id: "x" } })),
    nul: answers(() => ({ status: 200, headers: { "X-Page": "a\u0000b" }, body: { id: "x" } })),
    name: answers(() => ({ status: 200, headers: { "X Page": "2" }, body: { id: "x" } })),
    refusesSplit: answers(() => {
      throw refuse(409, { headers: ["X-Page", "2\r\nSet-Cookie: a=b"] });
    }),
    opens: answers(() => ({ status: 200, headers: { "Access-Control-Allow-Origin": "*" }, body: { id: "x" } })),
    weakens: answers(() => ({ status: 200, headers: { "Cache-Control": "public" }, body: { id: "x" } })),
    object: {
      policy: { path: "/object/{id}", access: anyToken, object: owner("Thing", { id: "path:id", field: "o" }) },
      wire: { path: [{ name: "id" }] },
      schemas: { path: z.strictObject({ id: z.string() }) },
    },
  },
  { objects: { Thing: () => "not an object" } },
);
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());
const ask = (target: string, headers: readonly string[] = []) => send(server, { target, headers });

describe("R51 what is unexpected says nothing outside", () => {
  it.each([
    "throws",
    "rejects",
    "throwsText",
    "nothing",
    "undeclared",
    "misfit",
    "missing",
    "tooMuch",
    "otherType",
    "split",
    "nul",
    "name",
    "weakens",
    "opens",
    "refusesSplit",
  ])("%s is a bare 500 with the request id", async (id) => {
    shop.log.length = 0;
    const reply = await ask(`/${id}`);
    expect(reply.status).toBe(500);
    const requestId = reply.headers["x-request-id"]?.[0];
    expect(reply.json).toEqual({
      type: "about:blank",
      title: "The server failed",
      status: 500,
      instance: `urn:request:${requestId}`,
      code: "internal",
    });
    expect(reply.headers["set-cookie"]).toBeUndefined();
    expect(shop.log).toHaveLength(1);
    expect(shop.log[0]?.facts).toMatchObject({ requestId, operation: id, code: "internal" });
  });

  it("a loader that answers no object is 500", async () => {
    expect((await ask("/object/1", ["Authorization: Bearer alice"])).status).toBe(500);
  });

  it("the log of an invalid response names the place, and no value", async () => {
    shop.log.length = 0;
    await ask("/misfit");
    const written = String((shop.log[0]?.facts as { err?: Error } | undefined)?.err?.message);
    expect(written).toContain("#/id");
    expect(written).not.toContain("hunter2");
  });

  it("a logger that throws changes nothing", async () => {
    const fail = () => {
      throw new Error("disk full");
    };
    const own = open({ a: { handler: fail } }, { log: { debug: fail, info: fail, warn: fail, error: fail } });
    const one = await serveLocally(own.api);
    expect((await send(one, { target: "/a" })).status).toBe(500);
    await one.close();
  });
});

describe("a response is what the spec declares", () => {
  it("R27 projected: what the schema does not know is not sent", async () => {
    expect((await ask("/extra")).body).toBe('{"id":"x"}');
  });

  it.each([
    ["declared", 404, '{"why":"gone fishing"}', "application/json"],
    ["text", 200, "héllo", "text/plain; charset=utf-8"],
    ["empty", 204, "", undefined],
  ])("%s", async (id, status, body, type) => {
    const reply = await ask(`/${id}`);
    expect([reply.status, reply.body, reply.headers["content-type"]?.[0]]).toEqual([status, body, type]);
  });

  it("a refusal of a handler is a problem document, and its extensions cannot change what it is", async () => {
    const reply = await ask("/refuses");
    expect([reply.status, reply.headers["content-type"]]).toEqual([409, ["application/problem+json"]]);
    expect(reply.json).toMatchObject({
      title: "Account is closed",
      status: 409,
      code: "handler_problem",
      account: "a1",
    });
  });

  it("R46 a 401 of a handler has a challenge too", async () => {
    const reply = await ask("/refuses401", ["Authorization: Bearer alice"]);
    expect([reply.status, reply.headers["www-authenticate"]]).toEqual([401, ['Bearer realm="oidc"']]);
    expect((await ask("/refusesPublic401")).headers["www-authenticate"]?.length).toBeGreaterThan(0);
  });

  it("a handler's own headers are sent", async () => {
    const reply = await ask("/headers");
    expect([reply.headers["x-page"], reply.headers.link]).toEqual([["2"], ["</next>; rel=next"]]);
  });
});

describe("headers of every response", () => {
  it.each(["/text", "/throws", "/nowhere", "/refuses", "/object/1"])("%s", async (target) => {
    const { headers } = await ask(target, ["X-Request-Id: chosen-by-the-caller"]);
    expect(headers["x-content-type-options"]).toEqual(["nosniff"]);
    expect(headers["cache-control"]).toEqual(["no-store"]);
    expect(headers["content-security-policy"]).toEqual(["default-src 'none'; frame-ancestors 'none'"]);
    expect(headers["x-request-id"]?.[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers["strict-transport-security"]).toBeUndefined();
    expect(headers.server ?? headers["x-powered-by"]).toBeUndefined();
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });
});
