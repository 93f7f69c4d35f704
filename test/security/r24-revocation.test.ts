import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { JwtOptions } from "../../runtime/src/credentials/jwt-options.js";
import type { TokenScheme } from "../../runtime/src/policy/index.js";
import type { Denylist } from "../../runtime/src/secrets/denylist.js";
import { memoryDenylist } from "../../runtime/src/stores/memory-denylist.js";
import { makeKey, mint, startIssuer, type TestIssuer, type TestKey } from "../support/tokens.js";
import { gist, judge, tokenScheme, tokenVerifier } from "../support/verifying.js";

let key: TestKey;
let issuer: TestIssuer;
let now: number;

beforeAll(async () => {
  key = await makeKey("k");
  issuer = await startIssuer(key);
});
beforeEach(() => {
  now = Date.now();
});
afterAll(() => issuer.close());

const scheme = (change: Partial<TokenScheme> = {}) => tokenScheme(issuer.issuer, { revocation: "denylist" }, change);
const open = (options: JwtOptions, said = scheme()) => tokenVerifier(said, options, () => now);
const token = (claims: Readonly<Record<string, unknown>> = {}) => mint(issuer.issuer, key, { claims });

describe("R24 revocation by denylist", () => {
  it("ends a token at once, though it is remembered", async () => {
    const denylist = memoryDenylist();
    const verifier = open({ denylist });
    const [one, other] = [await token({ jti: "a" }), await token({ jti: "b" })];
    expect(gist(await judge(verifier, one))).toContain("ann");
    denylist.denyToken({ issuer: issuer.issuer, tokenId: "a", expiresAt: now + 300_000 });
    expect(gist(await judge(verifier, one))).toBe("401 invalid_token");
    expect(gist(await judge(verifier, other))).toContain("ann");
  });

  it("is about one issuer's tokens: the same jti elsewhere is another token", async () => {
    const denylist = memoryDenylist();
    denylist.denyToken({ issuer: "https://other.test", tokenId: "a", expiresAt: now + 300_000 });
    expect(gist(await judge(open({ denylist }), await token({ jti: "a" })))).toContain("ann");
  });

  it("ends every token of a subject that was issued until then, and none after", async () => {
    const denylist = memoryDenylist({ now: () => now });
    const verifier = open({ denylist });
    const before = await token({ iat: Math.floor(now / 1_000) - 10 });
    expect(gist(await judge(verifier, before))).toContain("ann");
    denylist.denySubject({ issuer: issuer.issuer, subject: "ann" }, 300_000);
    expect(gist(await judge(verifier, before))).toBe("401 invalid_token");
    expect(gist(await judge(verifier, await token({ iat: Math.floor(now / 1_000) + 2 })))).toContain("ann");
    expect(gist(await judge(verifier, await token({ sub: "bob" })))).toContain("bob");
  });

  it("a token that could not be withdrawn is refused", async () => {
    const said = tokenScheme(issuer.issuer, { revocation: "denylist", typ: "off" });
    const verifier = open({ denylist: memoryDenylist() }, said);
    for (const claim of ["jti", "iat"])
      expect(gist(await judge(verifier, await token({ [claim]: undefined })))).toBe("401 invalid_token");
  });

  it.each<[string, Denylist["isDenied"]]>([
    [
      "throws",
      () => {
        throw new Error("down");
      },
    ],
    ["rejects", () => Promise.reject(new Error("down"))],
    ["hangs", () => new Promise(() => {})],
    ["answers nonsense", () => undefined as unknown as boolean],
  ])("R12 a list that %s answers 503", async (_, isDenied) => {
    expect(gist(await judge(open({ denylist: { isDenied } }), await token()))).toBe("503 unavailable");
  });

  it("is asked at every call, without a promise where it has none", async () => {
    let asked = 0;
    const verifier = open({
      denylist: {
        isDenied: () => {
          asked += 1;
          return false;
        },
      },
    });
    const one = await token();
    await judge(verifier, one);
    await judge(verifier, one);
    expect(asked).toBe(2);
  });

  it("what is promised in the spec is there in code, or it does not start; and the other way round", () => {
    expect(() => open({})).toThrow(/pass jwt\(\{ denylist \}\)/);
    expect(() => open({ denylist: memoryDenylist() }, tokenScheme(issuer.issuer))).toThrow(/does not say/);
    expect(() => open({}, tokenScheme(issuer.issuer, { revocation: "introspect" }))).toThrow(/introspect/);
    const opaque = tokenScheme(
      issuer.issuer,
      {},
      { introspection: { endpoint: "https://id.test/i", cacheTtl: "30s" } },
    );
    expect(() => open({}, opaque)).toThrow(/use introspection\(\)/);
  });

  it("a list in memory forgets what ended by itself, and never anything else", () => {
    const denylist = memoryDenylist({ capacity: 2, now: () => now });
    const deny = (tokenId: string, life: number) => denylist.denyToken({ issuer: "i", tokenId, expiresAt: now + life });
    deny("a", 1_000);
    deny("b", 10_000);
    expect(() => deny("c", 1_000)).toThrow(RangeError);
    now += 2_000;
    deny("c", 1_000);
    const is = (tokenId: string) => denylist.isDenied({ issuer: "i", tokenId, subject: "s", issuedAt: 0 });
    expect([is("a"), is("b"), is("c")]).toEqual([false, true, true]);
    deny("b", 1);
    now += 5_000;
    expect(is("b")).toBe(true);
  });
});

describe("R24 revocation by introspection", () => {
  it("a JWT is asked about before it is let in, and again after cacheTtl", async () => {
    let active = true;
    let asked = 0;
    const said = tokenScheme(
      issuer.issuer,
      { revocation: "introspect", jwksUri: issuer.jwksUri },
      { introspection: { endpoint: `${issuer.issuer}/introspect`, cacheTtl: "10s" } },
    );
    const fetch: NonNullable<JwtOptions["fetch"]> = async (url, init) => {
      if (!url.endsWith("/introspect")) return globalThis.fetch(url, init);
      asked += 1;
      return Response.json({ active });
    };
    const verifier = open({ fetch, introspection: { clientId: "api", clientSecret: "s" } }, said);
    const one = await token();
    expect(gist(await judge(verifier, one))).toContain("ann");
    active = false;
    now += 9_000;
    expect(gist(await judge(verifier, one))).toContain("ann");
    expect(asked).toBe(1);
    now += 2_000;
    expect(gist(await judge(verifier, one))).toBe("401 invalid_token");
    const forged = await mint(issuer.issuer, await makeKey("k"));
    expect(gist(await judge(verifier, forged))).toBe("401 invalid_token");
    expect(asked).toBe(2);
  });
});
