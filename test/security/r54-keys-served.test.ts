import { anyOf, limit, owner } from "@sallyport/runtime/policy";
import { apiKeys, createApiKey, type LimitStore, memoryKeys, memoryLimits } from "@sallyport/runtime/server";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { logins, open, tokens } from "../support/contract.js";
import { send, serveLocally } from "../support/wire.js";

const perUser = limit("perUser", { limit: 3, window: "1h", key: ["principal"] });
const access = anyOf({ allOf: [{ scheme: "key", needs: [] }] });

async function serve() {
  const store = memoryKeys();
  const counted: string[] = [];
  const memory = memoryLimits();
  const limits: LimitStore = {
    take: (checks, now) => {
      counted.push(...checks.map((check) => check.key));
      return memory.take(checks, now);
    },
  };
  const shop = open(
    {
      list: { policy: { access, limits: [perUser] } },
      read: {
        policy: {
          access,
          path: "/orders/{id}",
          object: owner("Order", { id: "path:id", field: "tenant", equals: "tenant" }),
        },
        wire: { path: [{ name: "id" }] },
        schemas: { path: z.strictObject({ id: z.string().max(9) }) },
      },
    },
    {
      limits,
      schemes: { oidc: tokens(), key: apiKeys({ store }), login: logins() },
      objects: { Order: (id: string) => ({ id, tenant: "red" }) },
    },
  );
  const server = await serveLocally(shop.api);
  const call = (target: string, key?: string) =>
    send(server, { target, headers: key === undefined ? [] : [`X-Key: ${key}`] });
  return { ...shop, store, counted, server, call };
}

describe("API keys, served", () => {
  it("R46 no key and a bad key get a challenge that names the header; R42 and count for nobody", async () => {
    const { call, counted, server, store, lines } = await serve();
    const { key, id } = await createApiKey({ store, owner: "ann" });
    await store.revoke(id, 0);
    for (const one of [undefined, "junk", key]) {
      const { status, headers } = await call("/list", one);
      expect([status, headers["www-authenticate"]]).toEqual([401, ['ApiKey realm="key", in="header", name="X-Key"']]);
    }
    expect(counted).toEqual([]);
    // R55, ASVS 16.3.1: the trail says which key it was, and why; the response does not.
    expect(lines.map(({ event, reason }) => [event, reason])).toEqual([
      ["authentication.refused", undefined],
      ["authentication.refused", "unknown API key"],
      ["authentication.refused", `revoked API key ${id}`],
    ]);
    expect(JSON.stringify(lines)).not.toContain(key);
    await server.close();
  });

  it("R42 a second key of one owner does not reset the owner's count", async () => {
    const { call, server, store } = await serve();
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1)
      statuses.push((await call("/list", (await createApiKey({ store, owner: "ann" })).key)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    await server.close();
  });

  it("R29 a key sees what is its tenant's; another tenant's and no tenant's see nothing", async () => {
    const { call, server, store } = await serve();
    const statusOf = async (facts: { readonly tenant?: string }) =>
      (await call("/orders/1", (await createApiKey({ store, owner: "ann", ...facts })).key)).status;
    expect(await statusOf({ tenant: "red" })).toBe(200);
    expect(await statusOf({ tenant: "blue" })).toBe(404);
    expect(await statusOf({})).toBe(404);
    await server.close();
  });
});
