import { allRoles, anyRole, deny, owner, type RoleRule, role } from "@sallyport/runtime/policy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, open, type Sample } from "../support/contract.js";
import { type Raw, send, serveLocally } from "../support/wire.js";

const orders: Readonly<Record<string, { id: string; customer: unknown }>> = {
  a1: { id: "a1", customer: "alice" },
  b1: { id: "b1", customer: "bob" },
  n1: { id: "n1", customer: undefined },
  e1: { id: "e1", customer: "" },
  7: { id: "7", customer: "alice" },
};
const loaded: string[] = [];
const rule = owner("Order", { id: "path:id", field: "customer", unless: ["editor"] });
const onOrder = (method: string, extra: Partial<NonNullable<Sample["policy"]>> = {}): Sample => ({
  policy: { method, path: "/orders/{id}", access: anyToken, object: rule, ...extra },
  wire: { path: [{ name: "id" }] },
  schemas: { path: z.strictObject({ id: z.string().max(20) }) },
  handler: ({ object }: { object: { id: string } }) => ({ status: 200, body: object.id }),
});
const roleRules: Readonly<Record<string, RoleRule>> = {
  viewerOnly: role("viewer"),
  editorOnly: role("editor"),
  adminOnly: role("admin"),
  either: anyRole(role("admin"), role("viewer")),
  all: allRoles(role("viewer"), role("editor")),
  closed: deny,
};
const shop = open(
  {
    readOrder: onOrder("GET"),
    changeOrder: onOrder("PATCH"),
    dropOrder: onOrder("DELETE"),
    strictOrder: onOrder("GET", { path: "/strict/{id}", object: { ...rule, deny: 403 } }),
    listed: {
      policy: { path: "/by-query", access: anyToken, object: { ...rule, id: "query:id" } },
      wire: { query: [{ name: "id" }] },
      schemas: { query: z.strictObject({ id: z.string().exactOptional() }) },
    },
    ...Object.fromEntries(
      Object.entries(roleRules).map(([id, authz]) => [id, { policy: { access: anyToken, authz } }]),
    ),
  },
  {
    objects: {
      Order: (id: string) => {
        loaded.push(id);
        if (id === "boom") throw new Error("database password is hunter2");
        return Promise.resolve(Object.hasOwn(orders, id) ? orders[id] : undefined);
      },
    },
  },
);
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());

const as = (who: string) => [`Authorization: Bearer ${who}`];
/** A response without what is random in every one. */
const plain = ({ status, headers, body }: Raw) => {
  const id = headers["x-request-id"]?.[0] ?? "";
  return JSON.stringify([status, headers, body])
    .replaceAll(id, "ID")
    .replaceAll(headers.date?.[0] ?? "", "DATE");
};

describe("R25 object level", () => {
  it("the owner's own object is handed to the handler", async () => {
    const reply = await send(server, { target: "/orders/a1", headers: as("alice") });
    expect([reply.status, reply.body]).toEqual([200, '"a1"']);
  });

  it.each(["GET", "PATCH", "DELETE"])(
    "%s another principal's id answers 404, identical to a missing one",
    async (method) => {
      const foreign = await send(server, { method, target: "/orders/a1", headers: as("bob") });
      const missing = await send(server, { method, target: "/orders/zz", headers: as("bob") });
      expect(foreign.status).toBe(404);
      expect(plain(foreign)).toBe(plain(missing));
      expect(shop.runs.changeOrder ?? shop.runs.dropOrder).toBeUndefined();
    },
  );

  it.each(["A1", "a1%20", "a1%00", "constructor", "__proto__", "%61%31"])(
    "a1 spelt as %s gives bob nothing",
    async (id) => {
      expect((await send(server, { target: `/orders/${id}`, headers: as("bob") })).status).toBe(404);
    },
  );

  it("an object that belongs to nobody belongs to no caller", async () => {
    for (const id of ["n1", "e1"])
      expect((await send(server, { target: `/orders/${id}`, headers: as("undefined") })).status).toBe(404);
  });

  it("an excepted role acts on everybody's objects, also by inheritance, and a lesser one does not", async () => {
    expect((await send(server, { target: "/orders/a1", headers: as("eve role=editor") })).status).toBe(200);
    expect((await send(server, { target: "/orders/a1", headers: as("eve role=admin") })).status).toBe(200);
    expect((await send(server, { target: "/orders/a1", headers: as("eve role=viewer") })).status).toBe(404);
    expect((await send(server, { target: "/orders/zz", headers: as("eve role=admin") })).status).toBe(404);
  });

  it("a rule may say 403 aloud", async () => {
    expect((await send(server, { target: "/strict/a1", headers: as("bob") })).status).toBe(403);
    expect((await send(server, { target: "/strict/zz", headers: as("bob") })).status).toBe(404);
  });

  it("a repeated parameter loads nothing", async () => {
    loaded.length = 0;
    expect((await send(server, { target: "/by-query?id=b1&id=a1", headers: as("bob") })).status).toBe(400);
    expect((await send(server, { target: "/by-query", headers: as("bob") })).status).toBe(404);
    expect(loaded).toEqual([]);
    expect((await send(server, { target: "/by-query?id=a1", headers: as("bob") })).status).toBe(404);
    expect((await send(server, { target: "/by-query?id=b1", headers: as("bob") })).status).toBe(200);
  });

  it("nothing is loaded for a caller without a credential", async () => {
    loaded.length = 0;
    expect((await send(server, { target: "/orders/a1" })).status).toBe(401);
    expect(loaded).toEqual([]);
  });

  it("R12 a loader that throws is 500, and says nothing", async () => {
    const reply = await send(server, { target: "/orders/boom", headers: as("alice") });
    expect(reply.status).toBe(500);
    expect(reply.body).not.toContain("hunter2");
  });

  it("R55 a foreign id leaves a security line, a missing one does not", async () => {
    shop.lines.length = 0;
    await send(server, { target: "/orders/a1", headers: as("bob") });
    await send(server, { target: "/orders/zz", headers: as("bob") });
    expect(shop.lines).toMatchObject([
      { event: "authorization.refused", level: "security", status: 404, principal: "bob", operation: "readOrder" },
    ]);
  });
});

describe("R28 function level: every operation by every role", () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    viewerOnly: ["viewer", "editor", "admin"],
    editorOnly: ["editor", "admin"],
    adminOnly: ["admin"],
    either: ["viewer", "editor", "admin"],
    all: ["editor", "admin"],
    closed: [],
  };
  const cases = Object.keys(roleRules).flatMap((id) =>
    ["none", "viewer", "editor", "admin", "Admin"].map((name) => [id, name] as const),
  );

  it.each(cases)("%s by %s", async (id, name) => {
    const reply = await send(server, {
      target: `/${id}`,
      headers: as(name === "none" ? "alice" : `alice role=${name}`),
    });
    expect(reply.status).toBe(allowed[id]?.includes(name) ? 200 : 403);
  });
});
