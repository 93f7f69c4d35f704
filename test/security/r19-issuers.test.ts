import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JwtOptions } from "../../runtime/src/credentials/jwt-options.js";
import type { TokenScheme } from "../../runtime/src/policy/index.js";
import { makeKey, mint, startIssuer, type TestIssuer, type TestKey } from "../support/tokens.js";
import { gist, judge, tokenScheme, tokenVerifier } from "../support/verifying.js";

const refused = "401 invalid_token";
let mine: TestKey;
let theirs: TestKey;
let one: TestIssuer;
let two: TestIssuer;

beforeAll(async () => {
  [mine, theirs] = await Promise.all([makeKey("k"), makeKey("k")]);
  [one, two] = await Promise.all([startIssuer(mine), startIssuer(theirs)]);
});
afterAll(() => Promise.all([one.close(), two.close()]));

/** A scheme whose issuers come from code. */
function openScheme(change: Partial<TokenScheme> = {}): TokenScheme {
  const { issuer: _, ...jwt } = tokenScheme("").jwt;
  return { ...tokenScheme(""), jwt, ...change };
}
const both = (change: Partial<JwtOptions> = {}) =>
  tokenVerifier(openScheme(), [{ issuer: one.issuer, ...change }, { issuer: two.issuer }]);

describe("R19 several issuers for one scheme", () => {
  it("each token is judged by the keys of the issuer that it names", async () => {
    const verifier = both();
    expect(gist(await judge(verifier, await mint(one.issuer, mine)))).toBe(`${one.issuer}|ann`);
    expect(gist(await judge(verifier, await mint(two.issuer, theirs)))).toBe(`${two.issuer}|ann`);
  });

  it("the keys of one issuer sign nothing for the other, however the kid is spelt", async () => {
    const verifier = both();
    expect(gist(await judge(verifier, await mint(one.issuer, theirs)))).toBe(refused);
    expect(gist(await judge(verifier, await mint(two.issuer, mine)))).toBe(refused);
    expect(gist(await judge(verifier, await mint("https://third.test", mine)))).toBe(refused);
    for (const iss of [undefined, [one.issuer], `${one.issuer}/`, "__proto__"])
      expect(gist(await judge(verifier, await mint(one.issuer, mine, { claims: { iss } })))).toBe(refused);
  });

  it("each has rules of its own: what one asks for the other need not hold", async () => {
    const verifier = tokenVerifier(openScheme({ jwt: { ...openScheme().jwt, audience: [] } }), [
      { issuer: one.issuer, audience: "https://one.test" },
      { issuer: two.issuer, audience: "https://two.test" },
    ]);
    const ask = async (issuer: TestIssuer, key: TestKey, aud: string) =>
      gist(await judge(verifier, await mint(issuer.issuer, key, { claims: { aud } })));
    expect(await ask(one, mine, "https://one.test")).toContain("ann");
    expect(await ask(two, theirs, "https://two.test")).toContain("ann");
    expect(await ask(one, mine, "https://two.test")).toBe(refused);
    expect(await ask(two, theirs, "https://one.test")).toBe(refused);
  });

  it("an outage of one is no outage of the other", async () => {
    const verifier = both();
    one.answer("/jwks", { status: 500 });
    expect(gist(await judge(verifier, await mint(one.issuer, mine)))).toBe("503 unavailable");
    expect(gist(await judge(verifier, await mint(two.issuer, theirs)))).toContain("ann");
    one.answer("/jwks", undefined);
  });

  it("R29 one subject of two issuers is two callers, and a mapping that says otherwise does not start", () => {
    const loose = openScheme({ principal: { id: ["sub"] } });
    expect(() => tokenVerifier(loose, [{ issuer: one.issuer }, { issuer: two.issuer }])).toThrow(/must hold iss/);
    expect(() => tokenVerifier(loose, [{ issuer: one.issuer }])).not.toThrow();
  });

  it("an issuer that the spec names is the only one; none, or one twice, does not start", () => {
    const list = [{ issuer: one.issuer }, { issuer: two.issuer }];
    expect(() => tokenVerifier(tokenScheme(one.issuer), list)).toThrow(/is not what the spec says/);
    expect(() => tokenVerifier(openScheme(), [])).toThrow(/trusts nobody/);
    expect(() => tokenVerifier(openScheme(), [{ issuer: one.issuer }, { issuer: one.issuer }])).toThrow(/twice/);
    expect(() => tokenVerifier(openScheme(), [{}])).toThrow(/no issuer/);
  });
});

describe("R20 the profile of access tokens (RFC 9068, 2.2)", () => {
  it.each(["iss", "exp", "aud", "sub", "client_id", "iat", "jti"])("a token without %s is none", async (claim) => {
    const verifier = tokenVerifier(tokenScheme(one.issuer));
    const token = await mint(one.issuer, mine, { claims: { [claim]: undefined } });
    expect(gist(await judge(verifier, token))).toBe(refused);
  });

  it("is asked of what says that it keeps it, and not of an older token where the spec lets that in", async () => {
    const verifier = tokenVerifier(tokenScheme(one.issuer, { typ: "ifPresent" }));
    const bare = { client_id: undefined, jti: undefined };
    const untyped = await mint(one.issuer, mine, { claims: bare, header: { typ: undefined } });
    expect(gist(await judge(verifier, untyped))).toContain("ann");
    expect(gist(await judge(verifier, await mint(one.issuer, mine, { claims: bare })))).toBe(refused);
  });
});

describe("R15 Ed25519 and EdDSA are one algorithm (RFC 9864)", () => {
  it.each([
    ["EdDSA", "EdDSA", "Ed25519"],
    ["EdDSA", "Ed25519", "EdDSA"],
    ["Ed25519", "EdDSA", "EdDSA"],
    ["Ed25519", "EdDSA", "Ed25519"],
    ["Ed25519", "Ed25519", "Ed25519"],
  ])("listed as %s, published as %s, signed as %s", async (listed, published, signed) => {
    const key = await makeKey("ed", signed, { alg: published });
    const issuer = await startIssuer(key);
    const verifier = tokenVerifier(tokenScheme(issuer.issuer, { algorithms: [listed] }));
    expect(gist(await judge(verifier, await mint(issuer.issuer, key)))).toContain("ann");
    await issuer.close();
  });

  it("a key of another curve is no key for either", async () => {
    const key = await makeKey("ed", "EdDSA", { crv: "Ed448" });
    const issuer = await startIssuer(key);
    const verifier = tokenVerifier(tokenScheme(issuer.issuer, { algorithms: ["EdDSA"] }));
    expect(gist(await judge(verifier, await mint(issuer.issuer, key)))).toBe(refused);
    await issuer.close();
  });
});
