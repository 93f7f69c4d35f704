import { cors } from "@sallyport/runtime/policy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, open, type Shop } from "../support/contract.js";
import { type Raw, send, serveLocally } from "../support/wire.js";

const app = "https://app.example.com";
const web = cors({ origins: [app, "https://admin.example.com:8443"], maxAge: "600s" });

const samples = {
  read: { policy: { path: "/notes", access: anyToken, cors: web } },
  write: {
    policy: { method: "POST", path: "/notes", access: anyToken, cors: web },
    wire: { body: { media: ["application/json"], required: true }, header: [{ name: "X-Trace-Tag" }] },
    schemas: { body: { "application/json": z.unknown() }, header: z.unknown() },
  },
  session: { policy: { path: "/session", cors: cors({ origins: [app], credentials: true }) } },
  open: { policy: { path: "/open", cors: cors({ origins: ["*"] }) } },
  closed: { policy: { path: "/closed" } },
  own: { policy: { method: "OPTIONS", path: "/notes", cors: web } },
  fails: {
    policy: { path: "/fails", cors: web },
    handler: () => {
      throw new Error("handler detail");
    },
  },
};

let shop: Shop;
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  shop = open(samples);
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());

const ask = (target: string, origin: string | undefined, ...headers: readonly string[]): Promise<Raw> =>
  send(server, { target, headers: [...(origin === undefined ? [] : [`Origin: ${origin}`]), ...headers] });

const preflight = (target: string, origin: string, method: string): Promise<Raw> =>
  send(server, {
    method: "OPTIONS",
    target,
    headers: [`Origin: ${origin}`, `Access-Control-Request-Method: ${method}`, "Access-Control-Request-Headers: x"],
  });

describe("R48 an origin is compared octet by octet", () => {
  it("lets a listed one read the answer, and names it alone", async () => {
    const { headers } = await ask("/notes", app, "Authorization: Bearer alice");
    expect(headers["access-control-allow-origin"]).toEqual([app]);
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
  });

  it.each([
    "null",
    "https://app.example.com.evil.com",
    "https://evilapp.example.com",
    "http://app.example.com",
    "https://app.example.com:444",
    "https://app.example.com.",
    "https://APP.example.com",
    "https://app.example.com/",
    "https://admin.example.com",
    "https://example.com",
    "https://app.example.com, https://evil.com",
    "*",
    "",
  ])("does not know %j", async (origin) => {
    const [simple, asked] = [await ask("/notes", origin), await preflight("/notes", origin, "GET")];
    expect(simple.headers["access-control-allow-origin"]).toBeUndefined();
    expect(asked.headers["access-control-allow-origin"]).toBeUndefined();
    expect(asked.status).toBe(403);
  });

  it("does not know a request with two origins", async () => {
    const { headers } = await ask("/notes", app, "Origin: https://evil.com");
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("sends * for every origin, never with credentials", async () => {
    const { headers } = await ask("/open", "https://anywhere.example");
    expect(headers["access-control-allow-origin"]).toEqual(["*"]);
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
  });

  it("sends true in lower case where browsers may send credentials", async () => {
    for (const reply of [await ask("/session", app), await preflight("/session", app, "GET")]) {
      expect(reply.headers["access-control-allow-origin"]).toEqual([app]);
      expect(reply.headers["access-control-allow-credentials"]).toEqual(["true"]);
    }
  });

  it("does not start with * and credentials, or with null", () => {
    const start = (origins: readonly string[], credentials: boolean) => () =>
      open({ one: { policy: { cors: cors({ origins, credentials }) } } });
    expect(start(["*"], true)).toThrow(/stands alone/);
    expect(start(["*", app], false)).toThrow(/stands alone/);
    expect(start(["null"], false)).toThrow(/everybody's/);
    expect(start([], false)).toThrow(/no origin/);
  });
});

describe("R49 what goes with it", () => {
  it("says Vary: Origin on every response of the operation: without an origin, to a stranger, on a refusal", async () => {
    for (const origin of [undefined, "https://evil.com", app]) {
      expect((await ask("/notes", origin)).headers.vary, origin).toEqual(["Origin"]);
    }
    expect((await ask("/closed", app)).headers.vary).toBeUndefined();
  });

  it("lets a page read why it was refused: 401, 422 and 500 carry the headers", async () => {
    const refused = [
      await ask("/notes", app),
      await ask("/fails", app),
      await send(server, {
        method: "POST",
        target: "/notes",
        headers: [`Origin: ${app}`, "Authorization: Bearer alice", "Content-Type: text/plain"],
        body: "x",
      }),
    ];
    expect(refused.map((one) => one.status)).toEqual([401, 500, 415]);
    for (const { headers } of refused) {
      expect(headers["access-control-allow-origin"]).toEqual([app]);
      expect(headers["access-control-expose-headers"]?.[0]).toContain("Retry-After");
    }
  });

  it("answers a preflight without a credential and without a handler, one that stands at OPTIONS included", async () => {
    const before = { ...shop.runs };
    const { status, headers, body } = await preflight("/notes", app, "POST");
    expect([status, body]).toEqual([204, ""]);
    expect(headers["access-control-allow-methods"]).toEqual(["POST"]);
    expect(headers["access-control-max-age"]).toEqual(["600"]);
    expect(headers["access-control-allow-headers"]).toEqual([
      "Authorization, Content-Type, traceparent, tracestate, X-Trace-Tag",
    ]);
    expect(shop.runs).toEqual(before);
  });

  it("answers a preflight for what no page may call without running anything", async () => {
    const closed = await preflight("/closed", app, "GET");
    expect([closed.status, closed.headers.allow]).toEqual([405, ["GET, HEAD"]]);
    expect((await preflight("/nowhere", app, "GET")).status).toBe(404);
    const before = { ...shop.runs };
    const { status, headers } = await preflight("/notes", app, "DELETE");
    expect([status, headers["access-control-allow-origin"]]).toEqual([403, undefined]);
    expect(shop.runs).toEqual(before);
  });

  it("runs the guards of an OPTIONS that is no preflight", async () => {
    const before = shop.runs.own ?? 0;
    expect((await send(server, { method: "OPTIONS", target: "/notes", headers: [`Origin: ${app}`] })).status).toBe(200);
    expect(shop.runs.own).toBe(before + 1);
  });
});
