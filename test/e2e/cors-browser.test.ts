import { cors } from "@sallyport/runtime/policy";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { hasBrowser, openBrowser, servePage } from "../support/browser.js";
import { anyToken, open, type Shop } from "../support/contract.js";
import { serveLocally } from "../support/wire.js";

if (!hasBrowser)
  console.warn("no Chromium at /usr/bin/chromium (or $CHROMIUM): the browser's half of CORS is not tested");

describe.skipIf(!hasBrowser)("R48 R49 what a real browser makes of CORS", () => {
  let pages: { friend: Page; stranger: Page };
  let shop: Shop;
  let url: string;
  const closers: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const [friend, stranger, browser] = await Promise.all([servePage(), servePage(), openBrowser()]);
    const web = cors({ origins: [friend.url], maxAge: "600s" });
    const cookies = cors({ origins: [friend.url], credentials: true });
    shop = open({
      read: { policy: { path: "/notes", access: anyToken, cors: web } },
      write: {
        policy: { method: "PUT", path: "/notes", access: anyToken, cors: web },
        wire: { body: { media: ["application/json"], required: true } },
        schemas: { body: { "application/json": z.unknown() } },
      },
      session: { policy: { path: "/session", cors: cookies } },
      closed: { policy: { path: "/closed" } },
    });
    const server = await serveLocally(shop.api);
    url = server.url;
    closers.push(browser.close, server.close, friend.close, stranger.close);
    pages = { friend: await browser.context.newPage(), stranger: await browser.context.newPage() };
    await Promise.all([pages.friend.goto(friend.url), pages.stranger.goto(stranger.url)]);
  });
  afterAll(async () => {
    for (const close of closers) await close();
  });

  /** What the page's own script gets to see: the status and the headers, or that it may see nothing. */
  const call = (page: Page, path: string, init: RequestInit = {}) =>
    page.evaluate(
      async ([target, options]) => {
        try {
          const response = await fetch(target, options);
          return { status: response.status, requestId: response.headers.get("X-Request-Id") !== null };
        } catch {
          return "kept out";
        }
      },
      [url + path, init] as const,
    );

  const bearer = { Authorization: "Bearer alice" };

  it("lets a page of a listed origin call with a token, and read the headers", async () => {
    expect(await call(pages.friend, "/notes", { headers: bearer })).toEqual({ status: 200, requestId: true });
    const put = { method: "PUT", headers: { ...bearer, "Content-Type": "application/json" }, body: "{}" };
    expect(await call(pages.friend, "/notes", put)).toEqual({ status: 200, requestId: true });
    expect(shop.runs).toMatchObject({ read: 1, write: 1 });
  });

  it("lets it read a refusal", async () => {
    expect(await call(pages.friend, "/notes")).toEqual({ status: 401, requestId: true });
  });

  it("keeps a page of another origin out, and runs no handler for what needs a preflight", async () => {
    const before = shop.runs.write;
    const put = { method: "PUT", headers: { ...bearer, "Content-Type": "application/json" }, body: "{}" };
    expect(await call(pages.stranger, "/notes", { headers: bearer })).toBe("kept out");
    expect(await call(pages.stranger, "/notes", put)).toBe("kept out");
    expect(shop.runs.write).toBe(before);
  });

  it("keeps every page out of an operation without a policy", async () => {
    expect(await call(pages.friend, "/closed")).toBe("kept out");
  });

  it("lets a page send credentials only where the policy says so", async () => {
    const include = { credentials: "include" } as const;
    expect(await call(pages.friend, "/session", include)).toEqual({ status: 200, requestId: true });
    expect(await call(pages.friend, "/notes", { ...include, headers: bearer })).toBe("kept out");
    expect(await call(pages.stranger, "/session", include)).toBe("kept out");
  });
});
