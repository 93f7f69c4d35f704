import { custom, type ObjectRule, owner, tenant, type Wire } from "@sallyport/runtime/policy";
import type { HandlerReply } from "@sallyport/runtime/server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { callerOf } from "../support/caller-of.js";
import { anyToken, open, type Sample } from "../support/contract.js";
import { type Raw, send, serveLocally } from "../support/wire.js";

interface Order {
  readonly id: string;
  readonly customer: string;
  readonly shop: string;
}
const orders: readonly Order[] = [
  { id: "a1", customer: "alice", shop: "north" },
  { id: "a2", customer: "alice", shop: "south" },
  { id: "b1", customer: "bob", shop: "north" },
];
const loads: string[] = [];
const seen: unknown[] = [];
let answer: HandlerReply = { status: 200 };

const sample = (path: string, object: ObjectRule, more: Partial<Sample> = {}, method = "GET"): Sample => ({
  policy: { method, path, access: anyToken, object },
  handler: ({ object: one, objects, scope }: { object: unknown; objects: readonly Order[]; scope: unknown }) => {
    seen.push(scope ?? one ?? objects.map(({ id }) => id));
    return answer.body === undefined ? { status: 200, body: "ran" } : answer;
  },
  ...more,
});
const inPath: Partial<Sample> = {
  wire: { path: [{ name: "id" }] },
  schemas: { path: z.strictObject({ id: z.string() }) },
};
const bodyWire: Wire = { body: { media: ["application/json"], required: true } };
const inBody = (shape: z.ZodType): Partial<Sample> => ({
  wire: bodyWire,
  schemas: { body: { "application/json": shape } },
});
const ids = z.strictObject({ ids: z.array(z.string()) });
const nested = z.strictObject({ orders: z.array(z.strictObject({ id: z.string() })) });

const shop = open(
  {
    byTenant: sample("/tenant/{id}", tenant("Order", { id: "path:id", field: "shop" }), inPath),
    byRule: sample("/rule/{id}", custom("Order", { id: "path:id", rule: "shared", unless: ["admin"] }), inPath),
    hanging: sample("/hanging/{id}", owner("Slow", { id: "path:id", field: "customer" }), inPath),
    inHeader: sample("/header", owner("Order", { id: "header:X-Order", field: "customer" }), {
      wire: { header: [{ name: "X-Order" }] },
      schemas: { header: z.object({ "X-Order": z.string() }) },
    }),
    inQuery: sample("/query", owner("Order", { id: "query:id", many: true, field: "customer" }), {
      wire: { query: [{ name: "id", kind: ["string"] }] },
      schemas: { query: z.strictObject({ id: z.array(z.string()).optional() }) },
    }),
    inBody: sample("/body", owner("Order", { id: "body:/ids", many: true, field: "customer" }), inBody(ids), "POST"),
    inItems: sample(
      "/items",
      owner("Order", { id: "body:/orders/*/id", many: true, field: "customer" }),
      inBody(nested),
      "POST",
    ),
    filtered: sample("/filtered", owner("Order", { list: "filter", field: "customer", unless: ["admin"] })),
    filteredTenant: sample("/filtered-tenant", tenant("Order", { list: "filter", field: "shop" })),
    asserted: sample(
      "/asserted",
      owner("Order", { list: "assert", items: "/data", field: "customer", unless: ["admin"] }),
    ),
    judged: sample("/judged", custom("Order", { list: "assert", rule: "shared" })),
  },
  {
    patience: 60,
    objects: {
      Order: (id: string) => {
        loads.push(id);
        return Promise.resolve(orders.find((one) => one.id === id.toLowerCase()));
      },
      Slow: () => new Promise(() => {}),
    },
    rules: {
      shared: (order: Order, { principal }: { principal: { id: string } }) => {
        if (principal.id === "thrower") throw new Error("rule secret detail");
        if (principal.id === "hanger") return new Promise(() => {});
        if (principal.id === "truthy") return "yes";
        return Promise.resolve(order.customer === principal.id);
      },
    },
  },
);
const { runs } = shop;
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());
beforeEach(() => {
  loads.length = 0;
  seen.length = 0;
  shop.lines.length = 0;
  answer = { status: 200 };
  for (const name of Object.keys(runs)) delete runs[name];
});

const as = (who: string, target: string, more: readonly string[] = []) =>
  send(server, { target, headers: [`Authorization: Bearer ${who}`, ...more] });
const post = (who: string, target: string, body: unknown) =>
  send(server, {
    method: "POST",
    target,
    headers: [`Authorization: Bearer ${who}`, "Content-Type: application/json"],
    body: JSON.stringify(body),
  });
const plain = ({ status, headers, body }: Raw) =>
  JSON.stringify([status, headers, body])
    .replaceAll(headers["x-request-id"]?.[0] ?? "", "ID")
    .replaceAll(headers.date?.[0] ?? "", "DATE");

describe("R25 rules of an object", () => {
  it("R29 a caller of another tenant gets the 404 of a missing object, and one without a tenant too", async () => {
    expect((await as("alice tenant=north", "/tenant/b1")).status).toBe(200);
    const foreign = await as("alice tenant=south", "/tenant/b1");
    expect(plain(foreign)).toBe(plain(await as("alice tenant=south", "/tenant/zz")));
    expect((await as("alice", "/tenant/b1")).status).toBe(404);
    expect(runs).toEqual({ byTenant: 1 });
  });

  it("a rule of the user's own decides, and only true is yes", async () => {
    expect((await as("alice", "/rule/a1")).status).toBe(200);
    expect((await as("bob", "/rule/a1")).status).toBe(404);
    expect((await as("truthy", "/rule/a1")).status).toBe(404);
    expect((await as("truthy role=admin", "/rule/a1")).status).toBe(200);
    expect(runs).toEqual({ byRule: 2 });
  });

  it("R12 a rule that throws is 500 and says nothing; one that hangs is 503 in time, and so is a loader", async () => {
    const thrown = await as("thrower", "/rule/a1");
    expect([thrown.status, thrown.body.includes("secret")]).toEqual([500, false]);
    expect((await as("hanger", "/rule/a1")).status).toBe(503);
    expect((await as("alice", "/hanging/a1")).status).toBe(503);
    expect(runs).toEqual({});
  });

  it("an id may stand in a header, and in upper case it is still another's", async () => {
    expect((await as("alice", "/header", ["X-Order: A1"])).status).toBe(200);
    expect((await as("bob", "/header", ["X-Order: A1"])).status).toBe(404);
    expect((await as("bob", "/header", ["X-Order: a1", "X-Order: b1"])).status).toBe(400);
  });

  it("of several ids all must be the caller's: one foreign id is the 404 of a missing one, and all are looked up", async () => {
    expect((await as("alice", "/query?id=a1&id=a2")).status).toBe(200);
    expect(seen).toEqual([["a1", "a2"]]);
    loads.length = 0;
    const foreign = await as("bob", "/query?id=b1&id=a1&id=a2");
    const missing = await as("bob", "/query?id=b1&id=zz&id=yy");
    expect(plain(foreign)).toBe(plain(missing));
    expect(foreign.status).toBe(404);
    expect(loads).toEqual(["b1", "a1", "a2", "b1", "zz", "yy"]);
    expect(shop.lines).toMatchObject([{ event: "authorization.refused", principal: "bob", status: 404 }]);
    expect(runs).toEqual({ inQuery: 1 });
  });

  it("ids in the body count as those in the path do, in a list and in the items of one; an id that comes twice is one object", async () => {
    expect((await post("alice", "/body", { ids: ["a1", "a2", "a1"] })).status).toBe(200);
    expect(loads).toEqual(["a1", "a2"]);
    expect(seen).toEqual([["a1", "a2", "a1"]]);
    expect((await post("bob", "/body", { ids: ["b1", "a1"] })).status).toBe(404);
    expect((await post("alice", "/items", { orders: [{ id: "a1" }, { id: "a2" }] })).status).toBe(200);
    expect((await post("alice", "/items", { orders: [{ id: "a1" }, { id: "b1" }] })).status).toBe(404);
    expect(runs).toEqual({ inBody: 1, inItems: 1 });
  });

  it("no id at all is no permission: a handler might take none for every", async () => {
    expect((await post("alice", "/body", { ids: [] })).status).toBe(404);
    expect((await post("alice", "/items", { orders: [] })).status).toBe(404);
    expect((await as("alice", "/query")).status).toBe(404);
    expect(runs).toEqual({});
  });
});

describe("R25 lists", () => {
  it("the handler of a filtered list is told what it may ask for", async () => {
    await as("alice", "/filtered");
    await as("ada role=admin", "/filtered");
    await as("alice tenant=north", "/filtered-tenant");
    expect(seen).toEqual([{ customer: "alice" }, "all", { shop: "north" }]);
    expect((await as("alice", "/filtered-tenant")).status).toBe(403);
    expect(runs.filteredTenant).toBe(1);
  });

  it("a filtered list that holds another's object all the same is stopped, and remembered", async () => {
    answer = { status: 200, body: [{ customer: "alice" }, { id: "without a word of whose it is" }] };
    expect((await as("alice", "/filtered")).status).toBe(200);
    answer = { status: 200, body: [{ customer: "alice" }, { customer: "bob", note: "hunter2" }] };
    const leak = await as("alice", "/filtered");
    expect([leak.status, leak.body.includes("hunter2")]).toEqual([500, false]);
    expect(shop.lines).toMatchObject([
      {
        event: "authorization.failed",
        level: "security",
        outcome: "failed",
        operation: "filtered",
        principal: "alice",
      },
    ]);
    expect((await as("ada role=admin", "/filtered")).status).toBe(200);
  });

  it.each([
    ["another's", [{ customer: "alice" }, { customer: "bob" }]],
    ["nobody's", [{ customer: undefined }]],
    ["one that does not say", [{ id: "a1" }]],
    ["no object", ["a1"]],
    ["null", [null]],
    ["no list", { customer: "alice" }],
  ])("an asserted list with %s is stopped whole", async (_, data) => {
    answer = { status: 200, body: { data } };
    expect((await as("alice", "/asserted")).status).toBe(500);
    expect(runs.asserted).toBe(1);
  });

  it("an asserted list of the caller's own goes out, and everybody's for an excepted role", async () => {
    answer = { status: 200, body: { data: [{ customer: "alice" }] } };
    expect((await as("alice", "/asserted")).status).toBe(200);
    answer = { status: 200, body: { data: [{ customer: "alice" }, { customer: "bob" }] } };
    expect((await as("ada role=admin", "/asserted")).status).toBe(200);
  });

  it("a rule of the user's own judges every item", async () => {
    answer = { status: 200, body: [orders[0], orders[1]] };
    expect((await as("alice", "/judged")).status).toBe(200);
    answer = { status: 200, body: orders };
    expect((await as("alice", "/judged")).status).toBe(500);
    answer = { status: 200, body: [orders[0]] };
    expect((await as("hanger", "/judged")).status).toBe(503);
    expect((await as("truthy", "/judged")).status).toBe(500);
  });
});

describe("R25 over tRPC", () => {
  const call = callerOf(shop.api, {
    query: ["byTenant", "byRule", "hanging", "inHeader", "inQuery", "filtered", "asserted"],
    mutation: ["inBody", "inItems"],
  });

  it("the same rules hold", async () => {
    expect(await call("alice", "inBody", { body: { ids: ["a1", "a2"] } })).toBe(200);
    expect(await call("bob", "inBody", { body: { ids: ["b1", "a1"] } })).toBe(404);
    expect(await call("alice tenant=south", "byTenant", { id: "b1" })).toBe(404);
    expect(await call("bob", "byRule", { id: "a1" })).toBe(404);
    expect(await call("alice", "hanging", { id: "a1" })).toBe(503);
    answer = { status: 200, body: { data: [{ customer: "bob" }] } };
    expect(await call("alice", "asserted", {})).toBe(500);
    expect(runs).toEqual({ inBody: 1, asserted: 1 });
  });
});
