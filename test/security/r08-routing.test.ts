import { limit, publicAccess } from "@sallyport/runtime/policy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, open } from "../support/contract.js";
import { type RequestFacts, send, serveLocally } from "../support/wire.js";

const perIp = limit("perIp", { limit: 1000, window: "60s", key: ["operation"] });
const shop = open(
  {
    admin: { policy: { path: "/admin", access: anyToken, limits: [perIp] } },
    remove: { policy: { method: "DELETE", path: "/users/{id}", access: anyToken } },
    read: {
      policy: { path: "/users/{id}", access: publicAccess },
      wire: { path: [{ name: "id" }] },
      schemas: { path: z.strictObject({ id: z.string().max(40) }) },
      handler: ({ path }: { path: { id: string } }) => ({ status: 200, body: path.id }),
    },
    search: { policy: { method: "QUERY", path: "/users", access: anyToken } },
  },
  // A limit that refilled while it is looked at would be another one on a slow machine.
  { now: () => 1_800_000_000_000 },
);
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());

const ask = (facts: RequestFacts) => send(server, facts);

describe("R8 the guard follows the operation, never the spelling of the path", () => {
  it.each([
    "//admin",
    "/admin/",
    "/admin//",
    "/ADMIN",
    "/Admin",
    "/%61dmin",
    "/admin%2F",
    "/admin;x",
    "/admin;x=1",
    "/a/../admin",
    "/a/%2e%2e/admin",
    "/./admin",
    "/%2E/admin",
    "/admin%00",
    "/admin%20",
    "/admin\\",
    "/v1/admin",
    "/admin/.",
    "*",
  ])("%s is not /admin", async (target) => {
    const reply = await ask({ target, headers: ["Authorization: Bearer alice"] });
    expect([400, 404]).toContain(reply.status);
    expect(shop.runs.admin).toBeUndefined();
  });

  it.each(["/admin", "/admin?x", "http://elsewhere.example/admin", "HTTPS://api.example/admin", "/admin?a=/../b"])(
    "%s is /admin and guarded as such",
    async (target) => {
      expect((await ask({ target })).status).toBe(401);
    },
  );

  it("every spelling that leads to an operation is counted for it", async () => {
    const left = async (target: string) =>
      Number(/r=(\d+)/.exec((await ask({ target })).headers.ratelimit?.[0] ?? "")?.[1]);
    const before = await left("/admin");
    expect(await left("http://elsewhere.example/admin")).toBe(before - 1);
    expect(await left("/admin?x=1")).toBe(before - 2);
    expect((await ask({ method: "HEAD", target: "/admin" })).headers.ratelimit?.[0]).toContain(`r=${before - 3};`);
  });

  it("a segment is decoded once, and what is encoded in it does not split it", async () => {
    expect((await ask({ target: "/users/a%2Fb" })).json).toEqual({});
    expect((await ask({ target: "/users/a%2Fb" })).body).toBe('"a/b"');
    expect((await ask({ target: "/users/a%252Fb" })).body).toBe('"a%2Fb"');
    expect((await ask({ target: "/users/a;x=1" })).body).toBe('"a;x=1"');
    expect((await ask({ target: "/users/caf%C3%A9" })).body).toBe('"café"');
  });

  it.each(["/users/%", "/users/%zz", "/users/%C3", "/users/%ff"])("%s cannot be decoded and is 400", async (target) => {
    expect((await ask({ target })).status).toBe(400);
  });
});

describe("R13 the method is that of the request line", () => {
  it.each(["X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE"])(
    "%s is not read",
    async (header) => {
      const reply = await ask({
        target: "/users/7?_method=DELETE".replace("?_method=DELETE", ""),
        headers: [header, "Authorization: Bearer alice"],
      });
      expect(reply.body).toBe('"7"');
      expect(shop.runs.remove).toBeUndefined();
    },
  );

  it("HEAD is guarded as GET, and answers its header section without content", async () => {
    expect((await ask({ method: "HEAD", target: "/admin" })).status).toBe(401);
    const get = await ask({ target: "/users/7" });
    const head = await ask({ method: "HEAD", target: "/users/7" });
    expect(head.status).toBe(200);
    expect(head.body).toBe("");
    expect(head.headers["content-length"]).toEqual(get.headers["content-length"]);
    expect(Object.keys(head.headers).sort()).toEqual(Object.keys(get.headers).sort());
  });

  it.each(["TRACE", "OPTIONS", "PATCH", "PUT"])("R47 %s on a path of ours is 405 with Allow", async (method) => {
    const reply = await ask({ method, target: "/users/7" });
    expect(reply.status).toBe(405);
    expect(reply.headers.allow).toEqual(["DELETE, GET, HEAD"]);
  });

  it("a method that nobody knows is 501 on a path of ours", async () => {
    expect((await ask({ method: "PROPFIND", target: "/users/7" })).status).toBe(501);
  });
});

describe("R14 QUERY is guarded like the rest", () => {
  it("asks for the credential", async () => {
    const exchange = {
      method: "QUERY",
      target: "/users",
      headers: { all: () => [] },
      address: "1.2.3.4",
      tls: undefined,
      signal: new AbortController().signal,
      read: async () => new Uint8Array(),
      chunks: async function* () {},
    };
    expect((await shop.api.handle(exchange))?.status).toBe(401);
    expect(shop.runs.search).toBeUndefined();
  });
});
