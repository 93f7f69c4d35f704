import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { createServer, defaultClientConditions, type ViteDevServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBackend } from "../../examples/browser/backend.js";
import { hasBrowser, openBrowser, servePage } from "../support/browser.js";

const origin = "http://localhost:5173";
const root = fileURLToPath(new URL("../../examples/browser", import.meta.url));

describe.skipIf(!hasBrowser)("the example of a page, in a real browser at a real provider", () => {
  let backend: Awaited<ReturnType<typeof startBackend>>;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let vite: ViteDevServer;
  let page: Page;
  const asked: string[] = [];
  const warnings: string[] = [];
  const cacheDir = mkdtempSync(path.join(tmpdir(), "vite-"));

  beforeAll(async () => {
    backend = await startBackend(origin, 3);
    process.env.VITE_API = backend.url;
    process.env.VITE_ISSUER = backend.issuer;
    vite = await createServer({
      root,
      cacheDir,
      logLevel: "error",
      // From the sources, as all tests are.
      resolve: { conditions: ["sallyport-source", ...defaultClientConditions] },
      server: { watch: null, hmr: false },
    });
    browser = await openBrowser();
    page = await browser.context.newPage();
    page.on("console", (message) => warnings.push(message.text()));
    page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await vite.listen();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await vite?.close();
    await backend?.close();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  const status = () => page.locator("#status").textContent();
  const stored = () =>
    page.evaluate(() => JSON.parse(sessionStorage.getItem("sallyport") ?? "null")) as Promise<{
      readonly accessToken: string;
      readonly refreshToken: string;
    } | null>;
  const grants = () => asked.filter((one) => one === "POST /token").length;

  it("signs in by code with PKCE, and the code is in no address", async () => {
    await page.goto(`${origin}/`, { timeout: 60_000 });
    await expect.poll(status, { timeout: 60_000 }).toBe("Please sign in");
    const [request] = await Promise.all([
      page.waitForRequest((one) => new URL(one.url()).pathname === "/auth"),
      page.click("#sign-in"),
    ]);
    const parameters = new URL(request.url()).searchParams;
    expect(parameters.get("code_challenge_method")).toBe("S256");
    expect(parameters.get("redirect_uri")).toBe(`${origin}/`);
    await page.fill("input[name=login]", "ann");
    await page.fill("input[name=password]", "anything");
    await page.click("button[type=submit]");
    await page.click("button[type=submit]");
    await expect.poll(status, { timeout: 30_000 }).toBe("0 tasks");
    expect(page.url()).toBe(`${origin}/`);
    expect((await stored())?.refreshToken).toBeTypeOf("string");
    // What began the sign-in is gone with it: nothing but the tokens is left.
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual(["sallyport"]);
    expect(warnings.join()).toContain("can be read by every script");
  }, 120_000);

  it("calls the API of another origin: a preflight, and a body that is checked", async () => {
    await page.fill("#text", "Water the plants");
    await page.click("#add button");
    await expect.poll(status).toBe("1 tasks");
    expect(await page.locator("#tasks li").allTextContents()).toEqual(["Water the plants"]);
    await page.fill("#text", "x".repeat(201));
    await page.click("#add button");
    await expect.poll(status).toBe("It did not work: invalid_input");
  });

  it("R56 goes on when the access token ends, by one refresh, whose token is kept; a reload goes on, too", async () => {
    const before = await stored();
    const count = grants();
    await expect
      .poll(
        async () => {
          await page.click("#load");
          return (await stored())?.accessToken === before?.accessToken;
        },
        { timeout: 15_000, interval: 300 },
      )
      .toBe(false);
    await expect.poll(status).toBe("1 tasks");
    expect(grants()).toBe(count + 1);
    expect((await stored())?.refreshToken).not.toBe(before?.refreshToken);
    await page.reload();
    await expect.poll(status, { timeout: 30_000 }).toBe("1 tasks");
  }, 60_000);

  it("an answer that this page has not asked for signs nobody in, and leaves the address bar", async () => {
    const stranger = await browser.context.newPage();
    const before = grants();
    await stranger.goto(`${origin}/?code=stolen&state=guessed`);
    await expect
      .poll(() => stranger.locator("#status").textContent(), { timeout: 30_000 })
      .toBe("It did not work: credential_rejected");
    expect(stranger.url()).toBe(`${origin}/`);
    expect(await stranger.evaluate(() => sessionStorage.length)).toBe(0);
    expect(grants()).toBe(before);
    await stranger.close();
  }, 60_000);

  it("a page of another origin gets nothing, with the same token", async () => {
    const other = await servePage();
    const stranger = await browser.context.newPage();
    await stranger.goto(other.url);
    const call = ([url, token]: readonly [string, string]) =>
      fetch(`${url}/tasks`, { headers: { authorization: `Bearer ${token}` } }).then(
        () => "answered",
        () => "kept out",
      );
    const facts = [backend.url, (await stored())?.accessToken ?? ""] as const;
    expect(await stranger.evaluate(call, facts)).toBe("kept out");
    expect(await page.evaluate(call, facts)).toBe("answered");
    await stranger.close();
    await other.close();
  });

  it("signs out: the tokens are revoked and forgotten", async () => {
    await page.click("#sign-out");
    await expect.poll(status).toBe("Signed out");
    expect(await stored()).toBeNull();
    expect(asked).toContain("POST /token/revocation");
    await page.click("#load");
    await expect.poll(status, { timeout: 15_000 }).toMatch(/sign in again|1 tasks/);
    await page.reload();
    await expect.poll(status, { timeout: 30_000 }).toBe("Please sign in");
  }, 60_000);
});
