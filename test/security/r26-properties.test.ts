import { anyRole, deny, objectOwner, owner, type ReadRules, role } from "@sallyport/runtime/policy";
import type { HandlerReply } from "@sallyport/runtime/server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { callerOf } from "../support/caller-of.js";
import { anyToken, open, type Sample } from "../support/contract.js";
import { exchangeWith } from "../support/exchange.js";
import { send, serveLocally } from "../support/wire.js";

const me = {
  id: "u1",
  customer: "alice",
  role: "viewer",
  born: new Date("2000-01-02T00:00:00Z"),
  address: { city: "Bern", country: "CH" },
};
const profile = z.strictObject({
  name: z.string().optional(),
  role: z.string().optional(),
  note: z.string().default("none"),
  born: z.string().optional(),
  address: z.strictObject({ city: z.string().optional(), country: z.string().optional() }).optional(),
  tags: z.array(z.strictObject({ label: z.string(), rank: z.int().optional() })).optional(),
  children: z.array(z.unknown()).optional(),
});
const bodies: unknown[] = [];
let answer: HandlerReply;
const noted: Sample["handler"] = ({ body, query }: { body: unknown; query: unknown }) => {
  bodies.push(body ?? query);
  return answer;
};
const json = { body: { media: ["application/json"], required: true } } as const;
const onMe = { access: anyToken, path: "/users/{id}", object: owner("User", { id: "path:id", field: "customer" }) };
const changing: Sample = {
  policy: {
    ...onMe,
    method: "PATCH",
    write: {
      "body:/role": { by: role("admin") },
      "body:/note": { by: anyRole(role("admin"), objectOwner) },
      "body:/tags/*/rank": { by: role("editor"), otherwise: "ignore" },
      "body:/**/secret": { by: deny },
      "body:/born": { unchanged: true },
      "body:/address/country": { unchanged: true, otherwise: "ignore" },
    },
  },
  wire: { ...json, path: [{ name: "id" }] },
  schemas: { path: z.strictObject({ id: z.string() }), body: { "application/json": profile } },
  handler: noted,
};
const secretive = {
  "/email": anyRole(role("admin"), objectOwner),
  "/address/street": role("admin"),
  "/friends/*/email": role("admin"),
  "/**/hash": deny,
  "/byDay/*/total": role("editor"),
};
const reading = (path: string, read: ReadRules, more: Partial<NonNullable<Sample["policy"]>> = {}): Sample => ({
  policy: { path, access: anyToken, read, ...more },
  handler: noted,
  schemas: {
    responses: {
      200: { "application/json": z.unknown() },
      409: { "application/json": z.unknown() },
      default: { "application/json": z.unknown() },
    },
  },
});

const shop = open(
  {
    change: changing,
    changeUnguarded: {
      ...changing,
      policy: { method: "PATCH", access: anyToken, write: { "body:/born": { unchanged: true } } },
      wire: json,
      schemas: { body: { "application/json": profile } },
    },
    search: {
      policy: { access: anyToken, write: { "query:/deleted": { by: role("admin") } } },
      wire: { query: [{ name: "deleted", kind: "boolean" }] },
      schemas: { query: z.strictObject({ deleted: z.boolean().default(false) }) },
      handler: noted,
    },
    see: {
      ...reading("/users/{id}", secretive, onMe),
      wire: { path: [{ name: "id" }] },
      schemas: { ...reading("", {}).schemas, path: z.strictObject({ id: z.string() }) },
    },
    list: reading(
      "/list",
      { "/*/email": anyRole(role("admin"), objectOwner), "/*/**/hash": deny },
      { object: owner("User", { list: "assert", field: "customer", unless: ["editor"] }) },
    ),
    page: reading(
      "/page",
      { "/data/*/email": objectOwner, "/total": role("admin") },
      { object: owner("User", { list: "filter", items: "/data", field: "customer", unless: ["editor"] }) },
    ),
  },
  { objects: { User: (id: string) => (id === "u1" ? me : undefined) } },
);
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());
beforeEach(() => {
  bodies.length = 0;
  answer = { status: 200, body: "ran" };
});

const patch = (who: string, body: object, target = "/users/u1") =>
  send(server, {
    method: "PATCH",
    target,
    headers: [`Authorization: Bearer ${who}`, "Content-Type: application/json"],
    body: JSON.stringify(body),
  });
const get = async (who: string, target: string) => {
  const { status, body } = await send(server, { target, headers: [`Authorization: Bearer ${who}`] });
  return { status, body: JSON.parse(body) as unknown };
};

describe("R26 property level, write", () => {
  it('role: "admin" in a body is rejected, and nothing changes', async () => {
    const reply = await patch("alice", { name: "x", role: "admin" });
    expect([reply.status, reply.json.code, reply.json.errors]).toEqual([
      403,
      "forbidden",
      [{ in: "body", pointer: "#/role", detail: "May not be set by this caller." }],
    ]);
    expect(bodies).toEqual([]);
    expect((await patch("alice", { name: "x", role: null })).status).toBe(422);
    expect((await patch("alice", { name: "x", Role: "admin" })).status).toBe(422);
    expect(bodies).toEqual([]);
  });

  it("who has the role sets it, though another's object stays out of reach", async () => {
    expect((await patch("alice role=admin", { role: "editor" })).status).toBe(200);
    expect(bodies).toEqual([{ role: "editor", note: "none" }]);
    expect((await patch("bob role=admin", { role: "editor" })).status).toBe(404);
  });

  it("the owner of the object is a role of its own; a role that is only called so is not", async () => {
    expect((await patch("alice", { note: "mine" })).status).toBe(200);
    expect((await patch("mallory role=owner", { note: "mine" })).status).toBe(404);
    expect((await get("mallory role=owner", "/list")).status).toBe(500);
  });

  it("what the schema fills in is the server's own: only what was sent is judged", async () => {
    expect((await patch("alice", { name: "x" })).status).toBe(200);
    expect(bodies).toEqual([{ name: "x", note: "none" }]);
  });

  it("ignored properties do not reach the handler, in lists neither", async () => {
    expect((await patch("alice", { tags: [{ label: "a", rank: 1 }, { label: "b" }] })).status).toBe(200);
    expect((await patch("alice role=editor", { tags: [{ label: "a", rank: 1 }] })).status).toBe(200);
    expect(bodies).toEqual([
      { note: "none", tags: [{ label: "a" }, { label: "b" }] },
      { note: "none", tags: [{ label: "a", rank: 1 }] },
    ]);
  });

  it("a property that is nobody's to set is refused at any depth", async () => {
    expect((await patch("alice role=admin", { children: [{ children: [{ secret: 1 }] }] })).status).toBe(403);
    expect((await patch("alice role=admin", { children: [{ children: [{ open: 1 }] }] })).status).toBe(200);
  });

  it("an immutable property may be sent as it is, and not as anything else", async () => {
    expect((await patch("alice", { born: "2000-01-02T00:00:00Z" })).status).toBe(200);
    const reply = await patch("alice role=admin", { born: "2001-01-02T00:00:00Z" });
    expect([reply.status, reply.json.errors]).toEqual([
      422,
      [{ in: "body", pointer: "#/born", detail: "Cannot be changed." }],
    ]);
    expect((await patch("alice", { address: { city: "Rome", country: "IT" } })).status).toBe(200);
    expect((await patch("alice", { address: { city: "Rome", country: "CH" } })).status).toBe(200);
    expect(bodies.slice(1)).toMatchObject([
      { address: { city: "Rome" } },
      { address: { city: "Rome", country: "CH" } },
    ]);
    expect(bodies[1]).not.toHaveProperty("address.country");
  });

  it("where no object is loaded nothing is equal to it", async () => {
    expect((await patch("alice", { born: "2000-01-02T00:00:00Z" }, "/changeUnguarded")).status).toBe(422);
    expect((await patch("alice", { name: "x" }, "/changeUnguarded")).status).toBe(200);
  });

  it("a parameter may be for some callers only", async () => {
    expect((await get("alice", "/search?deleted=true")).status).toBe(403);
    expect((await get("alice", "/search")).status).toBe(200);
    expect((await get("alice role=admin", "/search?deleted=true")).status).toBe(200);
    expect(bodies).toEqual([{ deleted: false }, { deleted: true }]);
  });

  it("over tRPC the same rules hold", async () => {
    const call = callerOf(shop.api, { query: ["search"], mutation: ["change"] });
    expect(await call("alice", "change", { id: "u1", body: { role: "admin" } })).toBe(403);
    expect(await call("alice", "search", { deleted: true })).toBe(403);
    expect(bodies).toEqual([]);
    expect(await call("alice role=admin", "change", { id: "u1", body: { role: "admin" } })).toBe(200);
  });
});

describe("R27 property level, read", () => {
  const user = {
    name: "Alice",
    email: "a@example",
    hash: "h",
    address: { street: "S", city: "C", hash: "h" },
    friends: [{ name: "Bob", email: "b@example" }, { name: "Cy" }],
    byDay: { monday: { total: 1, count: 2 } },
  };
  const common = { name: "Alice", address: { city: "C" }, friends: [{ name: "Bob" }, { name: "Cy" }] };

  it("a caller sees what its roles may see, nested, in lists and in maps", async () => {
    answer = { status: 200, body: user };
    expect((await get("alice", "/users/u1")).body).toEqual({
      ...common,
      email: "a@example",
      byDay: { monday: { count: 2 } },
    });
    expect((await get("alice role=editor", "/users/u1")).body).toEqual({
      ...common,
      email: "a@example",
      byDay: { monday: { total: 1, count: 2 } },
    });
    expect((await get("alice role=admin", "/users/u1")).body).toEqual({
      name: "Alice",
      email: "a@example",
      address: { street: "S", city: "C" },
      friends: [{ name: "Bob", email: "b@example" }, { name: "Cy" }],
      byDay: { monday: { total: 1, count: 2 } },
    });
    expect(user.hash).toBe("h");
  });

  it("errors are projected, too", async () => {
    answer = { status: 409, body: { email: "a@example", hash: "h" } };
    expect(await get("alice", "/users/u1")).toEqual({ status: 409, body: { email: "a@example" } });
    answer = { status: 418, body: { friends: [{ email: "b@example" }] } };
    expect(await get("alice", "/users/u1")).toEqual({ status: 418, body: { friends: [{}] } });
  });

  it("what JSON would write is what is looked through", async () => {
    answer = { status: 200, body: { at: new Date(0), friends: [{ toJSON: () => ({ name: "x", email: "e" }) }] } };
    expect((await get("alice", "/users/u1")).body).toEqual({
      at: "1970-01-01T00:00:00.000Z",
      friends: [{ name: "x" }],
    });
  });

  it("in a list each item has its own owner", async () => {
    answer = {
      status: 200,
      body: [
        { customer: "eve", email: "e", inner: { hash: "h" } },
        { customer: "bob", email: "b" },
      ],
    };
    // The editor sees everybody's items, and of each only what is hers to see.
    expect((await get("eve role=editor", "/list")).body).toEqual([
      { customer: "eve", email: "e", inner: {} },
      { customer: "bob" },
    ]);
    expect((await get("eve role=admin", "/list")).body).toEqual([
      { customer: "eve", email: "e", inner: {} },
      { customer: "bob", email: "b" },
    ]);
  });

  it("in a page each item has its own owner, and what stands beside the items has rules of its own", async () => {
    answer = {
      status: 200,
      body: { total: 9, data: [{ customer: "eve", email: "e" }, { customer: "bob", email: "b" }, {}] },
    };
    expect((await get("eve role=editor", "/page")).body).toEqual({
      data: [{ customer: "eve", email: "e" }, { customer: "bob" }, {}],
    });
  });

  it("over tRPC the same rules hold", async () => {
    answer = { status: 200, body: user };
    const outcome = await shop.api.invoke("see", exchangeWith({ authorization: "Bearer alice" }), { id: "u1" });
    expect(outcome).toMatchObject({ body: { address: { city: "C" } } });
    expect(JSON.stringify(outcome)).not.toContain('"hash"');
  });
});
