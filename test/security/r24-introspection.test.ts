import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type IntrospectionOptions, introspection } from "../../runtime/src/credentials/introspection.js";
import type { JwtRules, TokenScheme } from "../../runtime/src/policy/index.js";
import { proofExchange, proofKey, prove } from "../support/dpop.js";
import { bindTo, gist, judge, tokenScheme } from "../support/verifying.js";

interface Asked {
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

let endpoint: string;
let asked: Asked[];
let answer: { status?: number; body?: unknown; hang?: boolean };
let now: number;
let close: () => Promise<void>;

beforeEach(async () => {
  asked = [];
  now = 1_800_000_000_000;
  answer = { body: active() };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    asked.push({ authorization: request.headers.authorization, form: new URLSearchParams(body) });
    if (answer.hang === true) return;
    response.writeHead(answer.status ?? 200, { "content-type": "application/json" });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/introspect`;
  close = () =>
    new Promise((done) => {
      server.closeAllConnections();
      server.close(() => done());
    });
});
afterEach(() => close());

function active(change: Readonly<Record<string, unknown>> = {}) {
  return {
    active: true,
    iss: "https://id.test",
    sub: "ann",
    aud: "https://api.test",
    scope: "read",
    client_id: "app",
    exp: now / 1_000 + 600,
    ...change,
  };
}
const schemeWith = (rules: Partial<JwtRules> = {}, change: Partial<TokenScheme> = {}) =>
  tokenScheme("https://id.test", rules, { introspection: { endpoint, cacheTtl: "30s" }, ...change });
const options: IntrospectionOptions = { clientId: "api", clientSecret: "s:cr%t" };
const open = (scheme = schemeWith(), own: IntrospectionOptions = options) =>
  bindTo(introspection(own), scheme, () => now);

describe("R24 introspection (RFC 7662)", () => {
  it("asks with our own credentials, form-encoded, and says who calls", async () => {
    const verdict = await judge(open(), "opaque-1");
    expect(verdict).toMatchObject({
      id: "https://id.test|ann",
      subject: "ann",
      client: "app",
      scopes: new Set(["read"]),
    });
    expect(asked).toHaveLength(1);
    const [{ authorization = "", form }] = asked as [Asked];
    expect(Buffer.from(authorization.slice(6), "base64").toString()).toBe("api:s%3Acr%25t");
    expect(Object.fromEntries(form)).toEqual({ token: "opaque-1", token_type_hint: "access_token" });
  });

  it("a secret may be a function, and a token of ours may stand for it", async () => {
    let secret = "first";
    const verifier = open(schemeWith(), { bearer: async () => secret, cachedTokens: 0 });
    await judge(verifier, "a");
    secret = "second";
    await judge(verifier, "a");
    expect(asked.map((one) => one.authorization)).toEqual(["Bearer first", "Bearer second"]);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["that is not active", { active: false }],
    ["of another issuer", { iss: "https://evil.test" }],
    ["for another audience", { aud: "https://other.test" }],
    ["for no audience", { aud: undefined }],
    ["that expired", { exp: 1 }],
    ["whose expiry is no number", { exp: "never" }],
    ["that is not valid yet", { nbf: 2_000_000_000 }],
    ["of nobody", { sub: undefined, client_id: undefined }],
    ["of a subject that is no string", { sub: 7 }],
    ["that is bound to a key", { cnf: { jkt: "x" } }],
  ])("a token %s is 401", async (_, change) => {
    answer = { body: active(change) };
    expect(gist(await judge(open(), "t"))).toBe("401 invalid_token");
  });

  it("a client that acts for itself is its own subject", async () => {
    answer = { body: active({ sub: undefined, iss: undefined }) };
    expect(gist(await judge(open(), "t"))).toBe("https://id.test|app");
  });

  it.each<[string, typeof answer]>([
    ["refuses us", { status: 401, body: {} }],
    ["fails", { status: 500, body: {} }],
    ["is not there", { status: 404, body: {} }],
    ["moved", { status: 302, body: {} }],
    ["speaks no JSON", { body: "<html>" }],
    ["answers a list", { body: [] }],
    ["does not say whether", { body: { sub: "ann" } }],
    ["says so in a string", { body: { ...{ active: "true" }, sub: "ann" } }],
    ["says null", { body: null }],
  ])("an endpoint that %s is 503, and nobody gets in", async (_, wrong) => {
    answer = wrong;
    expect(gist(await judge(open(), "t"))).toBe("503 unavailable");
  });

  it("an endpoint that hangs is 503", async () => {
    const hanging = () => Promise.reject(new DOMException("late", "TimeoutError"));
    expect(gist(await judge(open(schemeWith(), { ...options, fetch: hanging }), "t"))).toBe("503 unavailable");
  });

  it("an answer is relied on up to cacheTtl, and no longer than the token lives", async () => {
    const verifier = open();
    await judge(verifier, "t");
    now += 29_000;
    await judge(verifier, "t");
    expect(asked).toHaveLength(1);
    now += 2_000;
    answer = { body: { active: false } };
    expect(gist(await judge(verifier, "t"))).toBe("401 invalid_token");
    expect(asked).toHaveLength(2);
    answer = { body: active({ exp: now / 1_000 + 5 }) };
    expect(gist(await judge(verifier, "short"))).toContain("ann");
    now += 6_000;
    answer = { body: { active: false } };
    expect(gist(await judge(verifier, "short"))).toBe("401 invalid_token");
  });

  it("calls for one token at the same time ask once, and an outage is not remembered", async () => {
    const verifier = open();
    answer = { status: 500, body: {} };
    expect(gist(await judge(verifier, "t"))).toBe("503 unavailable");
    answer = { body: active() };
    asked = [];
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => judge(verifier, "t")));
    expect(new Set(verdicts.map(gist))).toEqual(new Set(["https://id.test|ann"]));
    expect(asked).toHaveLength(1);
  });

  it("a flood of made-up tokens does not drive out a good one", async () => {
    const verifier = open(schemeWith(), { ...options, cachedTokens: 3 });
    const good = await judge(verifier, "good");
    answer = { body: { active: false } };
    for (let n = 0; n < 20; n += 1) await judge(verifier, `bad-${n}`);
    expect(await judge(verifier, "good")).toBe(good);
  });

  it("a bound opaque token needs its proof", async () => {
    const key = await proofKey();
    answer = { body: active({ cnf: { jkt: key.jkt } }) };
    const verifier = open(schemeWith({}, { binding: "dpop", dpop: { maxAge: "60s", nonce: "off" } }));
    expect(gist(await verifier.verify(proofExchange("t", await prove(key, "t", {}, now))))).toContain("ann");
    expect(gist(await verifier.verify(proofExchange("t", [], { scheme: "Bearer" })))).toBe("401 invalid_token");
  });

  it("what is missing or contradictory does not start", () => {
    const { introspection: _, ...plain } = schemeWith();
    expect(() => open(plain)).toThrow(/x-sallyport.introspection/);
    expect(() => open(schemeWith({ revocation: "introspect" }))).toThrow(/for jwt\(\)/);
    expect(() => open(schemeWith({ audience: [] }))).toThrow(/no audience/);
    expect(() => open(schemeWith({ audience: [] }), { ...options, audience: "a" })).not.toThrow();
    const over = { introspection: { endpoint: "http://id.test/i", cacheTtl: "30s" } } as const;
    expect(() => open(schemeWith({}, over))).toThrow(/is not https/);
  });
});
