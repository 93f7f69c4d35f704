import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../golden/directions/expected/client.js";
import { createApi, type PlaceOrderCall } from "../golden/directions/expected/server.js";
import { send, serveLocally } from "../support/wire.js";

let seen: PlaceOrderCall | undefined;
const api = createApi({
  audit: { write: () => undefined },
  handlers: {
    default: {
      placeOrder: (call) => {
        seen = call;
        const { buyer, lines } = call.body;
        const { card, name } = buyer;
        const line = { item: "pen", price: 2, gifts: [{ item: "cap", price: 0 }] };
        return {
          status: 200,
          // A handler may hand on what it has: what is for writing only does not leave.
          body: {
            id: "o1",
            buyer: { name, since: "2026", password: buyer.password, ...(card && { card: { ...card, last4: "1111" } }) },
            lines: [line, ...lines.map((one) => ({ item: one.item, count: one.count, price: 1 }))],
            byKey: { a: line },
          },
        };
      },
    },
  },
});
let server: Awaited<ReturnType<typeof serveLocally>>;
let client: ReturnType<typeof createClient>;
beforeAll(async () => {
  server = await serveLocally(api);
  client = createClient({ baseUrl: server.url });
});
afterAll(async () => {
  await client.close();
  await server.close();
});

const buyer = { name: "Ann", password: "pw", card: { number: "4111" } };
const json = ["Content-Type: application/json"];
const post = (body: object) =>
  send(server, { method: "POST", target: "/orders", body: JSON.stringify(body), headers: json });

describe("readOnly, writeOnly and defaults, over a socket", () => {
  it("defaults are filled in by the server, at every depth and in parameters; the client sends none", async () => {
    await client.default.placeOrder({ body: { buyer, lines: [{ item: "cup", gifts: [{ item: "cap" }] }] } });
    expect(seen?.query).toEqual({ size: 20 });
    expect(seen?.header).toEqual({ "X-Mode": "safe" });
    expect(seen?.body).toEqual({
      note: "none",
      buyer,
      lines: [{ item: "cup", count: 1, gifts: [{ item: "cap", count: 1 }] }],
    });
  });

  it("what is read only is ignored when it is sent, however deep it stands", async () => {
    const line = { item: "cup", price: 99, gifts: [{ item: "cap", price: 99 }] };
    const sent = {
      id: "mine",
      buyer: { ...buyer, since: "1999", card: { number: "1", last4: "9" } },
      lines: [line],
      byKey: { a: line },
    };
    expect((await post(sent)).status).toBe(200);
    expect(JSON.stringify(seen?.body)).not.toMatch(/mine|1999|last4|price|99/);
    expect(seen?.body.byKey?.a).toEqual({ item: "cup", count: 1, gifts: [{ item: "cap", count: 1 }] });
  });

  it("what is read only is not asked for in a request, and what is write only is", async () => {
    expect((await post({ buyer: { name: "Ann", password: "pw" }, lines: [] })).status).toBe(200);
    expect((await post({ buyer: { name: "Ann" }, lines: [] })).status).toBe(422);
  });

  it("what is write only never leaves, and a response gets no defaults", async () => {
    const { json: order } = await post({ buyer, lines: [] });
    const line = { item: "pen", price: 2, gifts: [{ item: "cap", price: 0 }] };
    expect(order).toEqual({
      id: "o1",
      buyer: { name: "Ann", since: "2026", card: { last4: "1111" } },
      lines: [line],
      byKey: { a: line },
    });
  });
});
