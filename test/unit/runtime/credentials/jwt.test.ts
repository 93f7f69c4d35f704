import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jwt } from "../../../../runtime/src/credentials/jwt.js";
import { env } from "../../../../runtime/src/policy/index.js";
import { Refusal } from "../../../../runtime/src/problem/refusal.js";
import { StartError } from "../../../../runtime/src/problem/start-error.js";
import { exchangeWith } from "../../../support/exchange.js";
import { makeKey, mint, startIssuer, type TestIssuer, type TestKey } from "../../../support/tokens.js";
import { bindTo, gist, judge, tokenScheme, tokenVerifier } from "../../../support/verifying.js";

let key: TestKey;
let issuer: TestIssuer;

beforeAll(async () => {
  key = await makeKey("k1");
  issuer = await startIssuer(key);
});
afterAll(() => issuer.close());

async function identityOf(claims: Record<string, unknown>, principal = tokenScheme("").principal) {
  const verdict = await judge(
    tokenVerifier(tokenScheme(issuer.issuer, { typ: "off" }, { principal })),
    await mint(issuer.issuer, key, { claims }),
  );
  if (verdict === undefined || verdict instanceof Refusal) throw new Error(`refused: ${String(verdict?.cause)}`);
  return verdict;
}

describe("where the token stands", () => {
  const verdictOn = async (headers: Parameters<typeof exchangeWith>[0], target = "/") =>
    gist(await tokenVerifier(tokenScheme(issuer.issuer)).verify(exchangeWith(headers, target)));

  it("in one Authorization header, the scheme in any case", async () => {
    const token = await mint(issuer.issuer, key);
    for (const scheme of ["Bearer", "bearer", "BEARER"]) {
      expect(await verdictOn({ authorization: `${scheme} ${token}` })).toContain("ann");
    }
  });

  it("nowhere: there is no credential of this kind", async () => {
    const token = await mint(issuer.issuer, key);
    expect(await verdictOn({})).toBe("nothing");
    expect(await verdictOn({ authorization: "Basic YTpi" })).toBe("nothing");
    expect(await verdictOn({ authorization: `DPoP ${token}` })).toBe("nothing");
    expect(await verdictOn({}, `/?access_token=${token}`)).toBe("nothing");
    expect(await verdictOn({ cookie: `access_token=${token}` })).toBe("nothing");
  });

  it("twice: the request is refused", async () => {
    const token = await mint(issuer.issuer, key);
    expect(await verdictOn({ authorization: [`Bearer ${token}`, `Bearer ${token}`] })).toBe("400 invalid_request");
    expect(await verdictOn({ authorization: [`Bearer ${token}`, "Basic YTpi"] })).toBe("400 invalid_request");
  });

  it("malformed: it is a bad token, not none", async () => {
    const token = await mint(issuer.issuer, key);
    for (const text of ["", " ", `${token} x`, `${token},${token}`, `"${token}"`, "ä", "a=b"]) {
      expect(await verdictOn({ authorization: `Bearer ${text}` }), text).toBe("401 invalid_token");
    }
    expect(await verdictOn({ authorization: "Bearer" })).toBe("401 invalid_token");
  });
});

describe("who the token speaks of", () => {
  it("an id of one claim is that claim; of several it cannot be mistaken for another", async () => {
    expect((await identityOf({}, { id: ["sub"] })).id).toBe("ann");
    expect((await identityOf({}, { id: ["iss", "sub"] })).id).toBe(`${issuer.issuer}|ann`);
    expect((await identityOf({ org: "a|b", sub: "c%" }, { id: ["org", "sub"] })).id).toBe("a%7Cb|c%25");
    expect((await identityOf({ org: "a", sub: "b|c%" }, { id: ["org", "sub"] })).id).toBe("a|b%7Cc%25");
  });

  it("scopes come from scope, and from scp where there is none", async () => {
    expect([...(await identityOf({ scope: "a  b" })).scopes]).toEqual(["a", "b"]);
    expect([...(await identityOf({ scope: undefined, scp: ["a", "b", 7] })).scopes]).toEqual(["a", "b"]);
    expect([...(await identityOf({ scope: undefined, scp: "a b" })).scopes]).toEqual(["a", "b"]);
    expect([...(await identityOf({ scope: "", scp: ["admin"] })).scopes]).toEqual([]);
    expect([...(await identityOf({ scope: { admin: true } })).scopes]).toEqual([]);
  });

  it("roles come from a pointer, one or many", async () => {
    const at = (claim: string, map?: Record<string, string>) => ({
      id: ["sub"],
      roles: { claim, ...(map ? { map } : {}) },
    });
    expect([...(await identityOf({ roles: ["a", "b", null] }, at("/roles"))).roles]).toEqual(["a", "b"]);
    expect([...(await identityOf({ role: "a b" }, at("/role"))).roles]).toEqual(["a b"]);
    const nested = { "https://x/y": { "a~b": [{ r: ["admin"] }] } };
    expect([...(await identityOf(nested, at("/https:~1~1x~1y/a~0b/0/r"))).roles]).toEqual(["admin"]);
    expect([...(await identityOf({}, at("/constructor/name"))).roles]).toEqual([]);
    expect([...(await identityOf({}, at("/missing/deeper"))).roles]).toEqual([]);
  });

  it("a map of roles leaves out what it does not know", async () => {
    const mapping = { id: ["sub"], roles: { claim: "/roles", map: { Admins: "admin" } } };
    expect([...(await identityOf({ roles: ["Admins", "admin", "toString"] }, mapping)).roles]).toEqual(["admin"]);
  });

  it("client and tenant", async () => {
    expect((await identityOf({})).client).toBe("app");
    expect((await identityOf({ client_id: undefined, azp: "web" })).client).toBe("web");
    expect((await identityOf({ tid: "t1" }, { id: ["sub"], tenant: "tid" })).tenant).toBe("t1");
    await expect(identityOf({}, { id: ["sub"], tenant: "tid" })).rejects.toThrow("tid is missing");
    await expect(identityOf({}, { id: ["sub", "org"] })).rejects.toThrow("sub, org");
    await expect(identityOf({}, { id: ["__proto__"] })).rejects.toThrow("not a string");
  });

  it("what a handler does to the claims does not reach the next call", async () => {
    const verdict = await identityOf({ nested: { role: "user" } });
    expect(() => Object.assign(verdict.claims.nested as object, { role: "admin" })).toThrow(TypeError);
  });
});

describe("what it needs at start", () => {
  const complaints = (start: () => unknown): readonly string[] => {
    try {
      start();
    } catch (thrown) {
      if (thrown instanceof StartError) return thrown.complaints.map(({ code, message }) => `${code} ${message}`);
      throw thrown;
    }
    return [];
  };

  it("says everything that is missing at once", () => {
    const { issuer: _, ...rules } = tokenScheme("x").jwt;
    const bare = tokenScheme("x", {}, { jwt: { ...rules, audience: [], algorithms: [] } });
    const said = complaints(() => tokenVerifier(bare)).join("\n");
    expect(said).toContain("no issuer");
    expect(said).toContain("no audience");
    expect(said).toContain("no algorithms");
    const filled = { issuer: issuer.issuer, audience: "https://api.test", algorithms: ["ES256"] };
    expect(complaints(() => tokenVerifier(bare, filled))).toEqual([]);
  });

  it("code that contradicts the spec does not start", () => {
    for (const option of [
      { issuer: "https://other.test" },
      { audience: "https://other.test" },
      { algorithms: ["RS256"] },
    ]) {
      expect(complaints(() => tokenVerifier(tokenScheme(issuer.issuer), option))).toHaveLength(1);
    }
    expect(complaints(() => tokenVerifier(tokenScheme(issuer.issuer), { issuer: issuer.issuer }))).toEqual([]);
  });

  it("settings come from the environment, and a missing one is named", () => {
    const scheme = tokenScheme("x", { issuer: env("ISSUER"), audience: [env("AUDIENCE")] });
    const bind = (settings: Record<string, string>) => complaints(() => bindTo(jwt(), scheme, Date.now, settings));
    expect(bind({ ISSUER: issuer.issuer, AUDIENCE: "a" })).toEqual([]);
    expect(bind({ ISSUER: issuer.issuer }).join()).toMatch(/^missing_setting .*AUDIENCE/);
  });

  it.each([
    ["http://id.test", false],
    ["http://localhost.evil.test", false],
    ["http://127.0.0.1.evil.test", false],
    ["ftp://id.test", false],
    ["https://user:pw@id.test", false],
    ["https://id.test/#x", false],
    ["id.test", false],
    ["https://id.test", true],
    ["http://localhost:8080", true],
    ["http://127.0.0.1:8080", true],
    ["http://[::1]:8080", true],
  ])("issuer %s starts: %s", (url, fine) => {
    expect(complaints(() => tokenVerifier(tokenScheme(url))).length === 0).toBe(fine);
  });

  it("a scheme of another kind is not verified", () => {
    expect(complaints(() => bindTo(jwt(), { kind: "basic" })).join()).toMatch(/^wrong_verifier/);
  });
});

describe("challenges (RFC 6750, 3)", () => {
  it("are never bare, and hold nothing that a header may not", () => {
    const verifier = tokenVerifier(tokenScheme(issuer.issuer));
    expect(verifier.challenge()).toBe('Bearer realm="oidc"');
    expect(verifier.challenge({ error: "invalid_token" })).toBe('Bearer realm="oidc", error="invalid_token"');
    expect(verifier.challenge({ error_description: 'a"b\\c\r\nX: y ä', realm: "mine", "bad name": "x" })).toBe(
      'Bearer realm="oidc", error_description="a?b?c??X: y ?"',
    );
  });
});
