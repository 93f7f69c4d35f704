import { deprecated } from "@sallyport/runtime/policy";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, open } from "../support/contract.js";
import { send, serveLocally } from "../support/wire.js";

const life = { deprecatedAt: "2026-01-01T00:00:00Z", sunset: "2027-06-01T00:00:00Z" };
const onItem = { wire: { path: [{ name: "id" }] }, schemas: { path: z.strictObject({ id: z.string() }) } };
const samples = {
  old: {
    policy: {
      access: anyToken,
      lifecycle: deprecated({ ...life, successor: "GET /new", docs: "https://docs.example/a b>" }),
    },
  },
  kept: { policy: { lifecycle: deprecated({ ...life, afterSunset: "serve" as const }) } },
  item: {
    ...onItem,
    policy: { path: "/item/{id}", lifecycle: deprecated({ ...life, successor: "GET /items/{id}/v2" }) },
  },
  other: {
    ...onItem,
    policy: { path: "/other/{id}", lifecycle: deprecated({ ...life, successor: "GET /items/{key}" }) },
  },
};

async function at(
  time: string,
  use: (ask: (target: string, who?: string) => ReturnType<typeof send>) => Promise<void>,
): Promise<void> {
  const server = await serveLocally(open(samples, { now: () => Date.parse(time), basePath: "/v1" }).api);
  await use((target, who) =>
    send(server, { target: `/v1${target}`, headers: who === undefined ? [] : [`Authorization: Bearer ${who}`] }),
  );
  await server.close();
}

describe("R52 a deprecated operation", () => {
  it("tells its callers on every response, refusals included", async () => {
    await at("2026-11-01T00:00:00Z", async (ask) => {
      for (const [who, status] of [
        ["alice", 200],
        ["bad", 401],
      ] as const) {
        const { headers, ...reply } = await ask("/old", who);
        expect(reply.status).toBe(status);
        expect(headers.deprecation).toEqual(["@1767225600"]);
        expect(headers.sunset).toEqual(["Tue, 01 Jun 2027 00:00:00 GMT"]);
        expect(headers.link).toEqual([
          '<https://docs.example/a%20b%3E>; rel="deprecation"',
          '<https://docs.example/a%20b%3E>; rel="sunset"',
          '</v1/new>; rel="successor-version"',
        ]);
      }
    });
  });

  it("names the successor of this very resource where it can, and a template where it cannot", async () => {
    await at("2026-11-01T00:00:00Z", async (ask) => {
      expect((await ask("/item/a%2Fb")).headers.link).toEqual(['</v1/items/a%2Fb/v2>; rel="successor-version"']);
      expect((await ask("/item/a>b")).headers.link).toBeUndefined();
      expect((await ask("/other/7")).headers["link-template"]).toEqual(['"/v1/items/{key}"; rel="successor-version"']);
    });
  });

  it("answers 410 from its sunset on, before it asks who calls", async () => {
    await at("2027-05-31T23:59:59Z", async (ask) => {
      expect((await ask("/old", "alice")).status).toBe(200);
    });
    await at("2027-06-01T00:00:00Z", async (ask) => {
      const reply = await ask("/old");
      expect([reply.status, reply.json.code, reply.headers.sunset?.length]).toEqual([410, "gone", 1]);
      expect((await ask("/kept")).status).toBe(200);
    });
  });
});
