import { exportJWK } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DpopOptions } from "../../runtime/src/credentials/dpop/possession.js";
import { jwt } from "../../runtime/src/credentials/jwt.js";
import type { Verdict } from "../../runtime/src/credentials/verifier.js";
import type { DpopRules, TokenScheme } from "../../runtime/src/policy/index.js";
import { Refusal } from "../../runtime/src/problem/refusal.js";
import { type ProofChange, type ProofKey, proofExchange, proofKey, prove } from "../support/dpop.js";
import { claimsFor, forge, makeKey, mint, startIssuer, type TestIssuer, type TestKey } from "../support/tokens.js";
import { bindTo, gist, tokenScheme } from "../support/verifying.js";

let issuer: TestIssuer;
let signer: TestKey;
let key: ProofKey;
let other: ProofKey;
let token: string;

beforeAll(async () => {
  signer = await makeKey("k1");
  issuer = await startIssuer(signer);
  [key, other] = await Promise.all([proofKey(), proofKey()]);
  token = await bound({ jkt: key.jkt });
});
afterAll(() => issuer.close());

const bound = (cnf: unknown) => mint(issuer.issuer, signer, { claims: { cnf } });
const scheme = (rules: Partial<DpopRules> = {}): TokenScheme =>
  tokenScheme(issuer.issuer, {}, { binding: "dpop", dpop: { maxAge: "60s", nonce: "off", ...rules } });
const verifier = (rules: Partial<DpopRules> = {}, options: DpopOptions = {}, now: () => number = Date.now) =>
  bindTo(jwt({}, { dpop: options }), scheme(rules), now);

/** The status and the `error` of the challenge; the id of an identity. */
function said(verdict: Verdict): string {
  return verdict instanceof Refusal && verdict.status === 401
    ? `401 ${verdict.challenge?.error ?? "invalid_token"}`
    : gist(verdict);
}
const good = () => `${issuer.issuer}|ann`;
const verdictOn = async (change: ProofChange, facts: Parameters<typeof proofExchange>[2] = {}) =>
  said(await verifier().verify(proofExchange(token, await prove(key, token, change), facts)));

describe("R22 a proof that passes RFC 9449, 4.3", () => {
  it.each(["ES256", "Ed25519", "EdDSA", "PS256"])("signed with %s lets its token in", async (alg) => {
    const own = await proofKey(alg);
    const its = await bound({ jkt: own.jkt });
    expect(said(await verifier().verify(proofExchange(its, await prove(own, its))))).toBe(good());
  });

  it("names the URI without query and fragment, in any spelling that RFC 3986 makes equal", async () => {
    const htu = "HTTPS://API.test:443/%7Ethings/./x%2fy";
    const claims = { claims: { htu } };
    expect(await verdictOn(claims, { target: "/~things/x%2Fy?q=1" })).toBe(good());
    expect(await verdictOn({}, { target: "/things?q=1" })).toBe(good());
    expect(await verdictOn({ claims: { htu: "https://api.test/things?x#y" } })).toBe(good());
  });
});

describe("R22 the twelve checks", () => {
  it("1 one DPoP header field, and no more", async () => {
    const [one, two] = [await prove(key, token), await prove(key, token)];
    for (const proofs of [[], [one, two], `${one}, ${two}`])
      expect(said(await verifier().verify(proofExchange(token, proofs)))).toBe("401 invalid_dpop_proof");
  });

  it.each(["", "a.b", "a.b.c", "a.b.c.d.e", '{"payload":"x"}', "x".repeat(9_000)])(
    "2 one JWT, not %j",
    async (proof) => {
      expect(said(await verifier().verify(proofExchange(token, proof)))).toBe("401 invalid_dpop_proof");
    },
  );

  it.each([
    { jti: undefined },
    { jti: "" },
    { jti: 7 },
    { jti: "x".repeat(300) },
    { htm: undefined },
    { htu: undefined },
    { htu: 7 },
    { iat: undefined },
    { iat: "now" },
    { ath: undefined },
    { nonce: 7 },
  ])("3 the required claims, each of its type: %j", async (claims) => {
    expect(await verdictOn({ claims })).toBe("401 invalid_dpop_proof");
  });

  it.each([undefined, "JWT", "at+jwt", "dpop", ["dpop+jwt"]])("4 typ %j", async (typ) => {
    expect(await verdictOn({ header: { typ } })).toBe("401 invalid_dpop_proof");
  });

  it("5 an asymmetric algorithm of ours", async () => {
    const claims = { jti: "1", htm: "GET", htu: "https://api.test/things", iat: claimsFor("").iat };
    for (const alg of ["none", "HS256", "ES384", "", ["ES256"]]) {
      const proof = forge({ alg, typ: "dpop+jwt", jwk: key.jwk }, claims);
      expect(said(await verifier().verify(proofExchange(token, proof)))).toBe("401 invalid_dpop_proof");
    }
    const rs = await proofKey("RS256");
    const its = await bound({ jkt: rs.jkt });
    expect(said(await verifier().verify(proofExchange(its, await prove(rs, its))))).toBe("401 invalid_dpop_proof");
    expect(() => verifier({}, { algorithms: ["HS256"] })).toThrow(/HS256/);
  });

  it("6 the signature is that of the key in its header", async () => {
    expect(await verdictOn({ header: { jwk: other.jwk } })).toBe("401 invalid_dpop_proof");
    const [head, , signature] = (await prove(key, token)).split(".");
    const [, claims] = (await prove(key, token)).split(".");
    expect(said(await verifier().verify(proofExchange(token, `${head}.${claims}.${signature}`)))).toBe(
      "401 invalid_dpop_proof",
    );
    for (const jwk of [undefined, null, "x", [], {}, { kty: "oct", k: "AAAA" }, { kty: "EC", crv: "P-256" }])
      expect(await verdictOn({ header: { jwk } })).toBe("401 invalid_dpop_proof");
  });

  it("7 the key in its header is public", async () => {
    const jwk = await exportJWK(key.privateKey);
    expect(jwk.d).toBeDefined();
    expect(await verdictOn({ header: { jwk } })).toBe("401 invalid_dpop_proof");
  });

  it.each(["POST", "get", "HEAD", ""])("8 htm is the method, not %j", async (htm) => {
    expect(await verdictOn({ claims: { htm } })).toBe("401 invalid_dpop_proof");
  });

  it.each([
    "https://api.test/other",
    "https://api.test/things/",
    "https://api.test/Things",
    "http://api.test/things",
    "https://evil.test/things",
    "https://api.test:8443/things",
    "https://api.test@evil.test/things",
    "https://ann@api.test/things",
    "/things",
    "",
  ])("9 htu is the URI, not %j", async (htu) => {
    expect(await verdictOn({ claims: { htu } })).toBe("401 invalid_dpop_proof");
  });

  it("9 the origin that the server was told goes before what Host says", async () => {
    const told = jwt().bind({
      name: "oidc",
      scheme: scheme(),
      settings: {},
      now: Date.now,
      origin: "https://api.test",
    });
    const inside = { host: "10.0.0.7:8080" };
    expect(said(await told.verify(proofExchange(token, await prove(key, token), inside)))).toBe(good());
    const elsewhere = await prove(key, token, { claims: { htu: "https://evil.test/things" } });
    expect(said(await told.verify(proofExchange(token, elsewhere, { host: "evil.test" })))).toBe(
      "401 invalid_dpop_proof",
    );
  });

  it.each(["api.test/x", "a b", "user@api.test", ""])("9 Host %j is no host", async (host) => {
    expect(await verdictOn({}, { host })).toBe("401 invalid_dpop_proof");
  });

  it("10 a nonce of ours, of this period or the last", async () => {
    let now = 1_800_000_000_000;
    const exp = now / 1_000 + 3_600;
    const its = await mint(issuer.issuer, signer, { claims: { cnf: { jkt: key.jkt }, exp, iat: now / 1_000 } });
    const demanding = verifier({ nonce: "required" }, {}, () => now);
    const ask = async (nonce?: string) =>
      said(await demanding.verify(proofExchange(its, await prove(key, its, { claims: { nonce } }, now))));
    expect(await ask()).toBe("401 use_dpop_nonce");
    expect(await ask("made-up")).toBe("401 use_dpop_nonce");
    const [name, nonce = ""] = demanding.headers?.() ?? [];
    expect(name).toBe("DPoP-Nonce");
    expect(await ask(nonce)).toBe(good());
    now += 60_000;
    expect(demanding.headers?.()[1]).not.toBe(nonce);
    expect(await ask(nonce)).toBe(good());
    now += 60_000;
    expect(await ask(nonce)).toBe("401 use_dpop_nonce");
  });

  it("10 servers that share a secret share their nonces; others do not", async () => {
    const of = (nonceSecret?: string) =>
      verifier(
        { nonce: "required" },
        nonceSecret === undefined ? {} : { nonceSecret },
        () => 1_800_000_000_000,
      ).headers?.()[1];
    expect(of("one")).toBe(of("one"));
    expect(of("one")).not.toBe(of("two"));
    expect(of()).not.toBe(of());
  });

  it("11 the proof is new, and not of the future", async () => {
    const at = Math.floor(Date.now() / 1_000);
    expect(await verdictOn({ claims: { iat: at - 50 } })).toBe(good());
    expect(await verdictOn({ claims: { iat: at - 65 } })).toBe("401 invalid_dpop_proof");
    expect(await verdictOn({ claims: { iat: at + 20 } })).toBe(good());
    expect(await verdictOn({ claims: { iat: at + 40 } })).toBe("401 invalid_dpop_proof");
    expect(() => verifier({ maxAge: "11m" })).toThrow(/ten minutes/);
  });

  it("12 ath is of this token, and the token is bound to this key", async () => {
    const second = await bound({ jkt: key.jkt });
    const third = await mint(issuer.issuer, signer, { claims: { cnf: { jkt: key.jkt }, jti: "2" } });
    expect(second).not.toBe(third);
    expect(said(await verifier().verify(proofExchange(third, await prove(key, second))))).toBe(
      "401 invalid_dpop_proof",
    );
    expect(said(await verifier().verify(proofExchange(token, await prove(other, token))))).toBe("401 invalid_token");
  });
});

describe("R22 tokens and proofs belong together", () => {
  it.each([undefined, {}, null, "x", { jkt: "" }, { jkt: 7 }, { "x5t#S256": "x" }])(
    "a token with cnf %j is not bound to a key",
    async (cnf) => {
      const its = await bound(cnf);
      expect(said(await verifier().verify(proofExchange(its, await prove(key, its))))).toBe("401 invalid_token");
    },
  );

  it("a token bound to a certificate as well is not taken for half of it", async () => {
    const its = await bound({ jkt: key.jkt, "x5t#S256": "x" });
    expect(said(await verifier().verify(proofExchange(its, await prove(key, its))))).toBe("401 invalid_token");
  });

  it("sent as Bearer, a bound token is refused, and so is any other where proofs are asked for", async () => {
    for (const its of [token, await bound(undefined)]) {
      const proof = await prove(key, its);
      expect(said(await verifier().verify(proofExchange(its, proof, { scheme: "Bearer" })))).toBe("401 invalid_token");
      expect(said(await verifier().verify(proofExchange(its, [], { scheme: "bearer" })))).toBe("401 invalid_token");
    }
  });

  it("a scheme without binding takes neither", async () => {
    const bearer = bindTo(jwt(), tokenScheme(issuer.issuer));
    expect(said(await bearer.verify(proofExchange(token, await prove(key, token))))).toBe("nothing");
    expect(said(await bearer.verify(proofExchange(token, [], { scheme: "Bearer" })))).toBe("401 invalid_token");
  });

  it("a proof is for one use: in a hundred at once exactly one passes", async () => {
    const one = verifier();
    const proof = await prove(key, token);
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => one.verify(proofExchange(token, proof))));
    expect(verdicts.map(said).sort()).toEqual([...Array(99).fill("401 invalid_dpop_proof"), good()].sort());
    expect(said(await one.verify(proofExchange(token, proof)))).toBe("401 invalid_dpop_proof");
  });

  it("one request that asks for several things, as a tRPC batch does, has one proof", async () => {
    const one = verifier();
    const exchange = proofExchange(token, await prove(key, token));
    const verdicts = [await one.verify(exchange), await one.verify(exchange)];
    expect(verdicts.map(said)).toEqual([good(), good()]);
    expect(said(await one.verify({ ...exchange }))).toBe("401 invalid_dpop_proof");
  });

  it("a proof of another key with the same jti does not spend ours", async () => {
    const one = verifier();
    const its = await bound({ jkt: other.jkt });
    const claims = { claims: { jti: "same" } };
    expect(said(await one.verify(proofExchange(its, await prove(other, its, claims))))).toBe(good());
    expect(said(await one.verify(proofExchange(token, await prove(key, token, claims))))).toBe(good());
  });

  it("only a proof that is right in all else is remembered", async () => {
    const seen: string[] = [];
    const one = verifier({}, { replay: { remember: (name) => seen.push(name) > 0 } });
    await one.verify(proofExchange(token, await prove(other, token)));
    await one.verify(proofExchange(token, await prove(key, token, { claims: { htm: "PUT" } })));
    expect(seen).toEqual([]);
    await one.verify(proofExchange(token, await prove(key, token)));
    expect(seen).toHaveLength(1);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("down");
      },
    ],
    ["rejects", () => Promise.reject(new Error("down"))],
    ["hangs", () => new Promise<boolean>(() => {})],
  ])("R12 a replay store that %s answers 503", async (_, remember) => {
    const one = verifier({}, { replay: { remember } });
    expect(said(await one.verify(proofExchange(token, await prove(key, token))))).toBe("503 unavailable");
  });

  it("R12 a replay store that answers nonsense lets nobody in", async () => {
    const one = verifier({}, { replay: { remember: () => "yes" as unknown as boolean } });
    expect(said(await one.verify(proofExchange(token, await prove(key, token))))).toBe("401 invalid_dpop_proof");
  });
});
