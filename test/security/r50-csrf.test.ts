import { refuse } from "@sallyport/runtime/server";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { allOf, anyOf, type CookieRules, cors, type SchemePolicy, scheme } from "../../runtime/src/policy/index.js";
import { csrfTokenCookie, sessionCookie } from "../../runtime/src/server/session-cookie.js";
import { identity, open } from "../support/contract.js";
import { exchangeWith } from "../support/exchange.js";

const session = (csrf: CookieRules["csrf"] = "origin"): SchemePolicy => ({
  kind: "apiKey",
  in: "cookie",
  name: "__Host-session",
  cookie: { hostPrefix: true, sameSite: "lax", csrf },
});
const byCookie = anyOf(allOf(scheme("session")));

/** Somebody is signed in by the cookie `__Host-session=ann`. */
const verifiers = {
  session: {
    kind: "apiKey",
    bind: ({ name }: { readonly name: string }) => ({
      verify: (exchange: { readonly headers: { all(name: string): readonly string[] } }) =>
        exchange.headers.all("cookie").some((line) => line.includes("__Host-session=ann"))
          ? identity(name, "ann")
          : undefined,
      challenge: () => "Cookie realm=x",
    }),
  },
} as const;

interface Ask {
  readonly csrf?: CookieRules["csrf"];
  readonly method?: string;
  readonly access?: typeof byCookie;
  readonly origin?: string;
  readonly cors?: Parameters<typeof cors>[0];
}

async function statusOf(
  headers: Parameters<typeof exchangeWith>[0],
  { csrf, method = "POST", access = byCookie, ...rest }: Ask = {},
) {
  const policy = { access, method, ...(rest.cors === undefined ? {} : { cors: cors(rest.cors) }) };
  const shop = open(
    { a: { policy } },
    {
      ...(rest.origin === undefined ? {} : { origin: rest.origin }),
      schemes: { ...verifiers, ...others },
      policy: {
        schemes: {
          session: session(csrf),
          key: { kind: "apiKey", in: "header", name: "X-Key" },
          login: { kind: "basic" },
        },
      },
    },
  );
  const exchange = {
    ...exchangeWith({ host: "shop.test", cookie: "__Host-session=ann", ...headers }, "/a"),
    method,
    tls: { protocol: "TLSv1.3" },
  };
  const reply = await shop.api.handle(exchange);
  expect(shop.runs.a ?? 0).toBe(reply?.status === 200 ? 1 : 0);
  return reply?.status;
}
const others = {
  key: {
    kind: "apiKey",
    bind: ({ name }: { name: string }) => ({
      verify: (e: { headers: { all(n: string): readonly string[] } }) =>
        e.headers.all("x-key").length > 0 ? identity(name, "key") : undefined,
      challenge: () => "ApiKey realm=x",
    }),
  },
  login: {
    kind: "basic",
    bind: ({ name }: { name: string }) => ({
      verify: (e: { headers: { all(n: string): readonly string[] } }) =>
        e.headers.all("authorization").length > 0 ? identity(name, "basic") : undefined,
      challenge: () => "Basic realm=x",
    }),
  },
} as const;

describe("R50 csrf: origin", () => {
  it.each<[Parameters<typeof exchangeWith>[0], number]>([
    [{ origin: "https://shop.test" }, 200],
    [{ origin: "https://shop.test", "sec-fetch-site": "same-origin" }, 200],
    [{ "sec-fetch-site": "same-origin" }, 200],
    [{}, 403],
    [{ origin: "null" }, 403],
    [{ origin: "https://evil.test" }, 403],
    [{ origin: "https://shop.test.evil.test" }, 403],
    [{ origin: "https://evilshop.test" }, 403],
    [{ origin: "http://shop.test" }, 403],
    [{ origin: "https://shop.test:8443" }, 403],
    [{ origin: "HTTPS://SHOP.TEST" }, 403],
    [{ origin: ["https://shop.test", "https://evil.test"] }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "none" }, 403],
    [{ referer: "https://shop.test/form" }, 403],
    [{ origin: "https://shop.test", host: "evil.test" }, 403],
  ])("a POST with %j gets %s", async (headers, status) => {
    expect(await statusOf(headers)).toBe(status);
  });

  it.each(["GET", "OPTIONS", "QUERY"])("%s changes nothing, and is not asked", async (method) => {
    expect(await statusOf({ origin: "https://evil.test" }, { method })).toBe(200);
  });

  it.each(["PUT", "PATCH", "DELETE", "PURGE"])("%s is", async (method) => {
    expect(await statusOf({ origin: "https://evil.test" }, { method })).toBe(403);
  });

  it("the origin that the server was told goes before Host", async () => {
    expect(await statusOf({ origin: "https://shop.test", host: "10.0.0.7" }, { origin: "https://shop.test" })).toBe(
      200,
    );
    expect(await statusOf({ origin: "https://evil.test", host: "evil.test" }, { origin: "https://shop.test" })).toBe(
      403,
    );
  });

  it("a page that CORS lets in with credentials may; one that it lets in without may not", async () => {
    const app = { origins: ["https://app.test"], maxAge: "60s" } as const;
    const headers = { origin: "https://app.test" };
    expect(await statusOf(headers, { cors: { ...app, credentials: true } })).toBe(200);
    expect(await statusOf(headers, { cors: { ...app, credentials: false } })).toBe(403);
  });

  it("a credential that no browser sends by itself is proof enough, beside the cookie or in its place", async () => {
    const evil = { origin: "https://evil.test", "x-key": "k" };
    expect(await statusOf(evil, { access: anyOf(allOf(scheme("session"), scheme("key"))) })).toBe(200);
    expect(await statusOf(evil, { access: anyOf(allOf(scheme("key")), allOf(scheme("session"))) })).toBe(200);
    expect(
      await statusOf(
        { origin: "https://evil.test" },
        { access: anyOf(allOf(scheme("key")), allOf(scheme("session"))) },
      ),
    ).toBe(403);
  });

  it("a password that the browser remembers is no reason to obey another page; programs send no Origin", async () => {
    const access = anyOf(allOf(scheme("login")));
    const authorization = "Basic x";
    expect(await statusOf({ authorization, origin: "https://evil.test" }, { access })).toBe(403);
    expect(await statusOf({ authorization, "sec-fetch-site": "cross-site" }, { access })).toBe(403);
    expect(await statusOf({ authorization }, { access })).toBe(200);
    expect(await statusOf({ authorization, origin: "https://shop.test" }, { access })).toBe(200);
  });
});

describe("R50 the other ways", () => {
  it("csrf: header wants a header that no form can send", async () => {
    expect(await statusOf({ "x-requested-with": "fetch" }, { csrf: "header" })).toBe(200);
    expect(await statusOf({ "x-requested-with": "" }, { csrf: "header" })).toBe(403);
    expect(await statusOf({ origin: "https://shop.test" }, { csrf: "header" })).toBe(403);
  });

  it.each<[string, string, string | readonly string[], number]>([
    ["the same value twice", "v".repeat(22), "v".repeat(22), 200],
    ["another value", "v".repeat(22), "w".repeat(22), 403],
    ["a value that can be guessed", "v".repeat(21), "v".repeat(21), 403],
    ["nothing in the header", "v".repeat(22), [], 403],
    ["the header twice", "v".repeat(22), ["v".repeat(22), "v".repeat(22)], 403],
    ["an empty pair", "", "", 403],
  ])("csrf: doubleSubmit, %s", async (_, cookie, header, status) => {
    const headers = { cookie: `__Host-session=ann; __Host-csrf=${cookie}`, "x-csrf-token": header };
    expect(await statusOf(headers, { csrf: "doubleSubmit" })).toBe(status);
    expect(await statusOf({ "x-csrf-token": "v".repeat(22) }, { csrf: "doubleSubmit" })).toBe(403);
  });

  it("JSON as text/plain is refused, whoever sends it", async () => {
    const shop = open(
      {
        a: {
          policy: { access: byCookie, method: "POST" },
          wire: { body: { required: true, media: ["application/json"] } },
          schemas: { body: { "application/json": z.unknown() } },
        },
      },
      { schemes: verifiers, policy: { schemes: { session: session() } } },
    );
    const headers = {
      host: "shop.test",
      cookie: "__Host-session=ann",
      origin: "http://shop.test",
      "content-length": "2",
    };
    const ask = async (type: string) => {
      const exchange = exchangeWith({ ...headers, "content-type": type }, "/a");
      return (await shop.api.handle({ ...exchange, method: "POST", read: async () => new TextEncoder().encode("{}") }))
        ?.status;
    };
    expect(await ask("text/plain")).toBe(415);
    expect(await ask("text/plain;charset=UTF-8")).toBe(415);
    expect(await ask("application/x-www-form-urlencoded")).toBe(415);
    expect(await ask("application/json")).toBe(200);
  });
});

describe("cookies that handlers set (ASVS 3.3)", () => {
  const set = async (line: string) => {
    const handler = () => ({ status: 200, headers: { "Set-Cookie": line }, body: {} });
    const shop = open({ a: { handler } }, { schemes: verifiers, policy: { schemes: { session: session() } } });
    return (await shop.api.handle(exchangeWith({}, "/a")))?.status;
  };

  it.each([
    ["__Host-session=k; Path=/; Secure; HttpOnly; SameSite=Lax", 200],
    ["__Host-session=k; path=/; secure; httponly; samesite=lax; Max-Age=60", 200],
    ["__Host-session=k", 500],
    ["__Host-session=k; Path=/; HttpOnly; SameSite=Lax", 500],
    ["__Host-session=k; Path=/; Secure; SameSite=Lax", 500],
    ["__Host-session=k; Path=/; Secure; HttpOnly; SameSite=None", 500],
    ["__Host-session=k; Path=/; Secure; HttpOnly", 500],
    ["__Host-session=k; Path=/a; Secure; HttpOnly; SameSite=Lax", 500],
    ["__Host-session=k; Path=/; Domain=test; Secure; HttpOnly; SameSite=Lax", 500],
    ["theme=dark", 200],
  ])("%s answers %s", async (line, status) => {
    expect(await set(line)).toBe(status);
  });

  it("sessionCookie writes one that passes; csrfTokenCookie one that a page can read", async () => {
    const line = sessionCookie(session(), "k", { maxAge: "8h" });
    expect(line).toBe("__Host-session=k; Path=/; Secure; Max-Age=28800; HttpOnly; SameSite=lax");
    expect(await set(line)).toBe(200);
    expect(csrfTokenCookie()).toMatch(/^__Host-csrf=[\w-]{32}; Path=\/; Secure; SameSite=strict$/);
    expect(csrfTokenCookie()).not.toBe(csrfTokenCookie());
    expect(() => sessionCookie(session(), "a;b")).toThrow(TypeError);
    expect(() => sessionCookie({ kind: "basic" }, "k")).toThrow(TypeError);
    expect(() => refuse(200)).toThrow(RangeError);
  });
});
