import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { metadataUrls } from "../../../../runtime/src/credentials/discovery.js";
import { jwt } from "../../../../runtime/src/credentials/jwt.js";
import { env } from "../../../../runtime/src/policy/index.js";
import { type Answer, makeKey, mint, startIssuer, type TestIssuer, type TestKey } from "../../../support/tokens.js";
import { bindTo, gist, judge, tokenScheme, tokenVerifier } from "../../../support/verifying.js";

const metadata = "/.well-known/openid-configuration";
const insertedMetadata = "/.well-known/oauth-authorization-server";
let key: TestKey;
let issuer: TestIssuer;
let now: number;

beforeEach(async () => {
  key = await makeKey("k1");
  issuer = await startIssuer(key);
  now = Date.now();
});
afterEach(() => issuer.close());

const verdictOf = async (scheme = tokenScheme(issuer.issuer), options = {}) =>
  gist(
    await judge(
      tokenVerifier(scheme, options, () => now),
      await mint(issuer.issuer, key),
    ),
  );

describe("discovery", () => {
  it("asks where OpenID Connect appends, then where RFC 8414 inserts", async () => {
    expect(metadataUrls("https://id.test/realms/a/")).toEqual([
      "https://id.test/realms/a/.well-known/openid-configuration",
      "https://id.test/.well-known/oauth-authorization-server/realms/a",
    ]);
    issuer.answer(metadata, { status: 404 });
    issuer.answer(insertedMetadata, { body: { issuer: issuer.issuer, jwks_uri: issuer.jwksUri } });
    expect(await verdictOf()).toContain("ann");
  });

  it("is not needed where the key set is known", async () => {
    expect(await verdictOf(tokenScheme(issuer.issuer, { jwksUri: issuer.jwksUri }))).toContain("ann");
    expect(await verdictOf(tokenScheme(issuer.issuer), { jwksUri: issuer.jwksUri })).toContain("ann");
    expect(issuer.asked.has(metadata)).toBe(false);
  });

  it("uses the spec's URL for the spec's issuer, and the issuer's own where the issuer comes with the deployment", async () => {
    const discovery = `${issuer.issuer}/custom`;
    issuer.answer("/custom", { body: { issuer: issuer.issuer, jwks_uri: issuer.jwksUri } });
    expect(await verdictOf(tokenScheme(issuer.issuer, {}, { discovery }))).toContain("ann");
    expect(issuer.asked.get("/custom")).toBe(1);
    const deployed = tokenScheme(
      "",
      { issuer: env("ISSUER") },
      { discovery: "https://id.example/.well-known/openid-configuration" },
    );
    const verifier = bindTo(jwt(), deployed, Date.now, { ISSUER: issuer.issuer });
    expect(gist(await judge(verifier, await mint(issuer.issuer, key)))).toContain("ann");
  });

  it.each<[string, Answer | ((at: TestIssuer) => Answer)]>([
    ["of another issuer", (at) => ({ body: { issuer: `${at.issuer}/`, jwks_uri: at.jwksUri } })],
    ["without an issuer", (at) => ({ body: { jwks_uri: at.jwksUri } })],
    ["without keys", (at) => ({ body: { issuer: at.issuer } })],
    ["with keys over http elsewhere", (at) => ({ body: { issuer: at.issuer, jwks_uri: "http://id.test/jwks" } })],
    ["that is a redirect", { status: 302, headers: { location: "/moved" } }],
    ["that is no JSON", { body: "<html>" }],
    ["that is a list", { body: [] }],
    [
      "that never ends",
      (at) => ({ body: JSON.stringify({ issuer: at.issuer, jwks_uri: at.jwksUri }).padEnd(600_000) }),
    ],
    ["that fails", { status: 500 }],
    ["that is nowhere", { status: 404 }],
  ])("metadata %s answers 503", async (_, answer) => {
    issuer.answer("/moved", { body: { issuer: issuer.issuer, jwks_uri: issuer.jwksUri } });
    issuer.answer(metadata, typeof answer === "function" ? answer(issuer) : answer);
    expect(await verdictOf()).toBe("503 unavailable");
  });

  it.each<[string, Answer]>([
    ["that fails", { status: 503 }],
    ["that is gone", { status: 404 }],
    ["that is no key set", { body: { keys: {} } }],
    ["that is an error", { body: { error: "x" } }],
    ["with too many keys", { body: { keys: Array.from({ length: 101 }, () => ({})) } }],
    ["behind a redirect", { status: 301, headers: { location: "/other" } }],
  ])("a key set %s answers 503", async (_, answer) => {
    issuer.answer("/other", { body: { keys: [key.jwk] } });
    issuer.answer("/jwks", answer);
    expect(await verdictOf()).toBe("503 unavailable");
  });

  it.each([
    ["https://id.test", "http://127.0.0.1/jwks"],
    ["https://id.test", "http://id.test/jwks"],
    ["https://id.test", "file:///etc/passwd"],
    ["http://127.0.0.1", "http://169.254.169.254/jwks"],
  ])("metadata of %s cannot send us to %s", async (from, to) => {
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      return Response.json(url.includes("well-known") ? { issuer: from, jwks_uri: to } : { keys: [key.jwk] });
    };
    const verifier = tokenVerifier(tokenScheme(from), { fetch });
    expect(gist(await judge(verifier, await mint(from, key)))).toBe("503 unavailable");
    expect(asked).toEqual([`${from}/.well-known/openid-configuration`]);
  });

  it("keys that are not objects are passed over", async () => {
    issuer.answer("/jwks", { body: { keys: [null, 1, "x", [], {}, key.jwk] } });
    expect(await verdictOf()).toContain("ann");
  });

  it("a wrong token is 401 even when the keys cannot be had", async () => {
    issuer.answer("/jwks", { status: 500 });
    expect(gist(await judge(tokenVerifier(tokenScheme(issuer.issuer)), "made.up.token"))).toBe("401 invalid_token");
  });
});

describe("keeping keys", () => {
  const bound = () => tokenVerifier(tokenScheme(issuer.issuer, { clockSkew: "0s" }), { cachedTokens: 0 }, () => now);
  const good = () => mint(issuer.issuer, key, { claims: { exp: Math.floor(now / 1_000) + 86_400 } });

  it("one fetch serves all who wait for it", async () => {
    issuer.answer("/jwks", { body: { keys: [key.jwk] }, delay: 50 });
    const verifier = bound();
    const token = await good();
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => judge(verifier, token)));
    expect(new Set(verdicts.map(gist)).size).toBe(1);
    expect(gist(verdicts[0])).toContain("ann");
    expect(issuer.asked.get("/jwks")).toBe(1);
  });

  it("are fetched again when they are old, so that a withdrawn key ends", async () => {
    const verifier = bound();
    const token = await good();
    expect(gist(await judge(verifier, token))).toContain("ann");
    issuer.publish(await makeKey("k2"));
    now += 9 * 60_000;
    expect(gist(await judge(verifier, token))).toContain("ann");
    now += 2 * 60_000;
    expect(gist(await judge(verifier, token))).toBe("401 invalid_token");
  });

  it("are used while the issuer is away, up to an hour", async () => {
    const verifier = bound();
    const token = await good();
    expect(gist(await judge(verifier, token))).toContain("ann");
    issuer.answer("/jwks", { status: 500 });
    now += 50 * 60_000;
    expect(gist(await judge(verifier, token))).toContain("ann");
    now += 11 * 60_000;
    expect(gist(await judge(verifier, token))).toBe("503 unavailable");
    issuer.answer("/jwks", undefined);
    now += 2_000;
    expect(gist(await judge(verifier, token))).toContain("ann");
  });

  it("an issuer that is away is asked once a second, not once a call", async () => {
    issuer.answer("/jwks", { status: 500 });
    const verifier = bound();
    const token = await good();
    for (let n = 0; n < 20; n += 1) expect(gist(await judge(verifier, token))).toBe("503 unavailable");
    expect(issuer.asked.get("/jwks")).toBe(1);
  });

  it("a token without a kid is verified where one key fits", async () => {
    const anonymous = await mint(issuer.issuer, key, { header: { kid: undefined } });
    expect(gist(await judge(bound(), anonymous))).toContain("ann");
    issuer.publish(key, await makeKey("k2"));
    expect(gist(await judge(bound(), anonymous))).toBe("401 invalid_token");
  });
});

describe("remembering tokens", () => {
  it("spares the signature, for one verifier only, and for a bounded time", async () => {
    const strict = tokenScheme(issuer.issuer, { audience: ["https://other.test"] });
    const verifier = tokenVerifier(tokenScheme(issuer.issuer), { cachedFor: 60_000 }, () => now);
    const token = await mint(issuer.issuer, key, { claims: { exp: Math.floor(now / 1_000) + 86_400 } });
    const first = await judge(verifier, token);
    expect(await judge(verifier, token)).toBe(first);
    expect(
      gist(
        await judge(
          tokenVerifier(strict, {}, () => now),
          token,
        ),
      ),
    ).toBe("401 invalid_token");
    now += 61_000;
    expect(await judge(verifier, token)).not.toBe(first);
  });

  it("is bounded", async () => {
    const verifier = tokenVerifier(tokenScheme(issuer.issuer), { cachedTokens: 2 }, () => now);
    const tokens = await Promise.all(["a", "b", "c"].map((jti) => mint(issuer.issuer, key, { claims: { jti } })));
    const [first] = await Promise.all(tokens.slice(0, 1).map((token) => judge(verifier, token)));
    for (const token of tokens.slice(1)) await judge(verifier, token);
    expect(await judge(verifier, tokens[0] ?? "")).not.toBe(first);
    const last = await judge(verifier, tokens[2] ?? "");
    expect(await judge(verifier, tokens[2] ?? "")).toBe(last);
  });

  it("takes no other token for a remembered one", async () => {
    const verifier = tokenVerifier(tokenScheme(issuer.issuer), {}, () => now);
    const token = await mint(issuer.issuer, key);
    await judge(verifier, token);
    expect(gist(await judge(verifier, `${token}A`))).toBe("401 invalid_token");
    expect(gist(await judge(verifier, `${token.slice(0, -4)}AAAA`))).toBe("401 invalid_token");
  });
});
