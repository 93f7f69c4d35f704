import { toFetch } from "@sallyport/runtime/fetch";
import { limit } from "@sallyport/runtime/policy";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, open } from "../../../support/contract.js";

const shop = open({
  echo: {
    policy: { method: "POST" },
    wire: { query: [{ name: "q" }], body: { media: ["application/json"], required: true } },
    schemas: {
      query: z.strictObject({ q: z.string().exactOptional() }),
      body: { "application/json": z.strictObject({ n: z.int() }) },
    },
    handler: ({ query, body }: { query: unknown; body: unknown }) => ({ status: 200, body: { query, body } }),
  },
  own: { policy: { access: anyToken } },
  gone: { schemas: { responses: { 204: {} } }, handler: () => ({ status: 204 }) },
  counted: { policy: { limits: [limit("one", { limit: 1, window: "1h", key: ["ip"] })] } },
});
const ask = toFetch(shop.api, { address: (request) => request.headers.get("test-address") ?? undefined });
const post = (body: BodyInit | null, headers: Record<string, string> = { "content-type": "application/json" }) =>
  ask(new Request("https://api.example/echo?q=a%20b", { method: "POST", body, headers }));

describe("an API as a fetch handler", () => {
  it("answers a request", async () => {
    const response = await post('{"n":1}');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ query: { q: "a b" }, body: { n: 1 } });
    expect(response.headers.get("strict-transport-security")).toBe("max-age=31536000");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("sends HSTS over TLS only", async () => {
    const response = await ask(new Request("http://api.example/own"));
    expect(response.headers.get("strict-transport-security")).toBeNull();
  });

  it.each([
    ['{"n":"1"}', 422],
    ['{"n":1,"n":2}', 400],
    [`"${"x".repeat(2000)}"`, 413],
    [null, 400],
  ])("holds a body to the same rules: %s is %i", async (body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  it("R30 a content type that came twice is not read", async () => {
    const headers = new Headers([
      ["content-type", "application/json"],
      ["content-type", "text/plain"],
    ]);
    expect((await post('{"n":1}', Object.fromEntries(headers))).status).toBe(415);
  });

  it("stops reading an endless body at the limit", async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        sent += 512;
        controller.enqueue(new Uint8Array(512).fill(0x20));
      },
    });
    const request = new Request("https://api.example/echo", {
      method: "POST",
      body: endless,
      headers: { "content-type": "application/json" },
      duplex: "half",
    } as RequestInit);
    expect((await ask(request)).status).toBe(413);
    expect(sent).toBeLessThan(16_384);
  });

  it("carries the guards, HEAD, and responses without content", async () => {
    const denied = await ask(new Request("https://api.example/own"));
    expect([denied.status, denied.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="oidc"']);
    const head = await ask(
      new Request("https://api.example/own", { method: "HEAD", headers: { authorization: "Bearer alice" } }),
    );
    expect([head.status, await head.text(), head.headers.get("content-length")]).toEqual([200, "", "13"]);
    expect((await ask(new Request("https://api.example/gone"))).status).toBe(204);
  });

  it("answers 404 where the path is not ours, and counts the address that the platform tells", async () => {
    const missing = await ask(new Request("https://api.example/nowhere"));
    expect([missing.status, missing.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    const from = (address: string) =>
      ask(new Request("https://api.example/counted", { headers: { "test-address": address } }));
    expect((await from("1.2.3.4")).status).toBe(200);
    expect((await from("::ffff:1.2.3.4")).status).toBe(429);
    expect((await from("1.2.3.5")).status).toBe(200);
  });

  it("R12 an API that throws is a bare 500", async () => {
    const broken = toFetch({
      ...shop.api,
      handle: () => {
        throw new Error("hunter2");
      },
    });
    const response = await broken(new Request("https://api.example/own"));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("hunter2");
  });
});
