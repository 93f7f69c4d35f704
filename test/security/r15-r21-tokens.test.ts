import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BoundVerifier } from "../../runtime/src/credentials/verifier.js";
import {
  claimsFor,
  forge,
  makeKey,
  mint,
  signAnyway,
  startIssuer,
  type TestIssuer,
  type TestKey,
} from "../support/tokens.js";
import { gist, judge, tokenScheme, tokenVerifier } from "../support/verifying.js";

const refused = "401 invalid_token";
const at = () => Math.floor(Date.now() / 1_000);

let ec: TestKey;
let rsa: TestKey;
let issuer: TestIssuer;
let verifier: BoundVerifier;

/** A verifier that knows both keys already, so that a test sees only what it asks for. */
const allowing = (...algorithms: readonly string[]) => tokenVerifier(tokenScheme(issuer.issuer, { algorithms }));
const idOf = (subject: string) => `${issuer.issuer}|${subject}`;

beforeAll(async () => {
  ec = await makeKey("ec");
  rsa = await makeKey("rsa", "RS256");
  issuer = await startIssuer(ec, rsa);
  verifier = tokenVerifier(tokenScheme(issuer.issuer));
});
afterAll(() => issuer.close());

describe("R15 algorithms are on a list, and each key has one", () => {
  it("a token by an allowed algorithm is accepted", async () => {
    expect(gist(await judge(verifier, await mint(issuer.issuer, ec)))).toBe(idOf("ann"));
    expect(gist(await judge(allowing("RS256"), await mint(issuer.issuer, rsa)))).toBe(idOf("ann"));
  });

  it("a right signature by an algorithm that is not listed is refused", async () => {
    expect(gist(await judge(verifier, await mint(issuer.issuer, rsa)))).toBe(refused);
  });

  it.each([
    ["the public key in PEM", () => rsa.pem],
    ["the public key in PEM, trimmed", () => rsa.pem.trim()],
    ["the modulus", () => rsa.jwk.n ?? ""],
    ["the empty key", () => ""],
  ])("HS256 with %s is refused", async (_, secret) => {
    const hmac = (input: string) => createHmac("sha256", secret()).update(input).digest();
    const token = forge({ alg: "HS256", kid: "rsa", typ: "at+jwt" }, claimsFor(issuer.issuer), hmac);
    expect(gist(await judge(allowing("RS256", "ES256"), token))).toBe(refused);
  });

  it("HS256 cannot be allowed", () => {
    expect(() => allowing("HS256")).toThrow(/"HS256" is not one of/);
    expect(() => allowing("none")).toThrow(/"none" is not one of/);
  });

  it("another algorithm than the key's is refused, even one that is listed", async () => {
    const sameKey: TestKey = { ...rsa, privateKey: (await makeKey("rsa", "PS256")).privateKey, alg: "PS256" };
    expect(gist(await judge(allowing("RS256", "PS256"), await mint(issuer.issuer, sameKey)))).toBe(refused);
    const header = { header: { alg: "ES256", kid: "rsa" } };
    expect(gist(await judge(allowing("RS256", "ES256"), await mint(issuer.issuer, ec, header)))).toBe(refused);
  });

  it("a JWK without alg is not used", async () => {
    const keys = await Promise.all([
      makeKey("bare-rsa", "RS256", { alg: undefined }),
      makeKey("bare-ec", "ES256", { alg: undefined }),
    ]);
    const other = await startIssuer(...keys);
    const bare = tokenVerifier(tokenScheme(other.issuer, { algorithms: ["RS256", "ES256"] }));
    for (const key of keys) expect(gist(await judge(bare, await mint(other.issuer, key)))).toBe(refused);
    await other.close();
  });

  it("a JWK without alg is used for the one algorithm that code names", async () => {
    const key = await makeKey("bare", "RS256", { alg: undefined });
    const other = await startIssuer(key);
    const scheme = tokenScheme(other.issuer, { algorithms: ["RS256", "PS256"] });
    const named = tokenVerifier(scheme, { keysWithoutAlgorithm: "RS256" });
    expect(gist(await judge(named, await mint(other.issuer, key)))).toContain("ann");
    const misnamed = tokenVerifier(scheme, { keysWithoutAlgorithm: "PS256" });
    expect(gist(await judge(misnamed, await mint(other.issuer, key)))).toBe(refused);
    expect(() => tokenVerifier(scheme, { keysWithoutAlgorithm: "ES256" })).toThrow(/not one of the algorithms/);
    await other.close();
  });

  it("private, encryption and shared keys in the key set are not used", async () => {
    const key = await makeKey("k");
    const other = await startIssuer();
    for (const spoiled of [
      { ...key.jwk, ...(await exportJWK(key.privateKey)) },
      { ...key.jwk, use: "enc" },
      { ...key.jwk, key_ops: ["sign"] },
      { kty: "oct", kid: "k", alg: "ES256", k: "AAAA" },
    ]) {
      other.publish(spoiled);
      const fresh = tokenVerifier(tokenScheme(other.issuer));
      expect(gist(await judge(fresh, await mint(other.issuer, key)))).toBe(refused);
    }
    await other.close();
  });

  it("two keys of one kid are none", async () => {
    const first = await makeKey("same");
    const other = await startIssuer(first, await makeKey("same"));
    expect(gist(await judge(tokenVerifier(tokenScheme(other.issuer)), await mint(other.issuer, first)))).toBe(refused);
    await other.close();
  });
});

describe("R16 a token without a signature is refused", () => {
  it.each([
    ["none"],
    ["nOnE"],
    ["NONE"],
    [""],
    [["ES256"]],
    [{ ES256: 1 }],
    [null],
    [true],
    [undefined],
    ["es256"],
    ["ES256 "],
  ])("alg %j", async (alg) => {
    const [, , signature] = (await mint(issuer.issuer, ec)).split(".");
    const header = { alg, kid: "ec", typ: "at+jwt" };
    expect(
      gist(
        await judge(
          verifier,
          forge(header, claimsFor(issuer.issuer), () => signature ?? ""),
        ),
      ),
    ).toBe(refused);
    expect(
      gist(
        await judge(
          verifier,
          forge(header, claimsFor(issuer.issuer), () => ""),
        ),
      ),
    ).toBe(refused);
  });

  it("a signature cut off, emptied or of another token", async () => {
    const token = await mint(issuer.issuer, ec);
    const [head, , signature] = token.split(".");
    const [, claims] = (await mint(issuer.issuer, ec, { claims: { sub: "root" } })).split(".");
    for (const forged of [
      `${head}.${claims}.${signature}`,
      `${head}.${claims}.`,
      `${head}.${claims}`,
      `${token.slice(0, -8)}`,
    ]) {
      expect(gist(await judge(verifier, forged))).toBe(refused);
    }
  });
});

describe("R17 a token does not say where its key is", () => {
  it("embedded keys are not used, and addresses of keys are not asked", async () => {
    let asked = 0;
    const trap = createServer((_, response) => {
      asked += 1;
      response.end(JSON.stringify({ keys: [attacker.jwk] }));
    });
    await new Promise<void>((ready) => trap.listen(0, "127.0.0.1", ready));
    const url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/jwks`;
    const attacker = await makeKey("mine");
    for (const member of [{ jwk: attacker.jwk }, { jku: url }, { x5u: url }, { x5c: [attacker.pem] }]) {
      for (const kid of ["mine", "ec", undefined]) {
        const token = await mint(issuer.issuer, attacker, { header: { kid, ...member } });
        expect(gist(await judge(verifier, token))).toBe(refused);
      }
    }
    expect(asked).toBe(0);
    trap.close();
  });

  it("a key of the right issuer verifies whatever stands beside its kid", async () => {
    const token = await mint(issuer.issuer, ec, { header: { jku: "http://127.0.0.1:1/", x5u: "http://127.0.0.1:1/" } });
    expect(gist(await judge(verifier, token))).toBe(idOf("ann"));
  });

  it.each([
    "../../dev/null",
    "' OR 1=1 --",
    "__proto__",
    "constructor",
    "toString",
    "\u0000",
    "ec\n",
    "k".repeat(10_000),
    "",
    { ec: 1 },
    ["ec"],
    7,
    null,
  ])("hostile kid %j", async (kid) => {
    expect(gist(await judge(verifier, await mint(issuer.issuer, ec, { header: { kid: kid as string } })))).toBe(
      refused,
    );
  });
});

describe("R17 hostile headers reach no key set", () => {
  it("a kid that is too long or empty is refused even where a key has it", async () => {
    for (const kid of ["k".repeat(257), ""]) {
      const odd = await makeKey(kid);
      const own = await startIssuer(odd);
      expect(gist(await judge(tokenVerifier(tokenScheme(own.issuer)), await mint(own.issuer, odd)))).toBe(refused);
      await own.close();
    }
  });

  it("a token that its header condemns fetches nothing", async () => {
    const own = await startIssuer(ec, rsa);
    const fresh = tokenVerifier(tokenScheme(own.issuer));
    expect(gist(await judge(fresh, await mint(own.issuer, rsa)))).toBe(refused);
    expect(gist(await judge(fresh, await mint(own.issuer, ec, { header: { typ: "JWT" } })))).toBe(refused);
    expect(own.asked.size).toBe(0);
    await own.close();
  });
});

describe("R18 a flood of unknown kid", () => {
  it("fetches the keys once a cool-down", async () => {
    const own = await startIssuer(ec);
    let now = Date.now();
    const flooded = tokenVerifier(tokenScheme(own.issuer), {}, () => now);
    const tokens = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        mint(own.issuer, ec, { header: { kid: `unknown-${n}` }, claims: { exp: at() + 3_600 } }),
      ),
    );
    const flood = async () => new Set((await Promise.all(tokens.map((token) => judge(flooded, token)))).map(gist));
    expect(await flood()).toEqual(new Set([refused]));
    expect(own.asked.get("/jwks")).toBe(1);
    now += 29_000;
    await flood();
    expect(own.asked.get("/jwks")).toBe(1);
    now += 2_000;
    await flood();
    await flood();
    expect(own.asked.get("/jwks")).toBe(2);
    await own.close();
  });

  it("fetches no more often when the fetch fails, and answers 503", async () => {
    const own = await startIssuer(ec);
    let now = Date.now();
    const flooded = tokenVerifier(tokenScheme(own.issuer), {}, () => now);
    expect(gist(await judge(flooded, await mint(own.issuer, ec)))).toContain("ann");
    own.answer("/jwks", { status: 500 });
    now += 31_000;
    const unknown = await mint(own.issuer, ec, { header: { kid: "unknown" } });
    for (let n = 0; n < 20; n += 1) {
      expect(gist(await judge(flooded, unknown))).toBe("503 unavailable");
      now += 1_000;
    }
    expect(own.asked.get("/jwks")).toBe(2);
    await own.close();
  });

  it("finds a key that was rotated in, once the cool-down is over", async () => {
    const own = await startIssuer(ec);
    let now = Date.now();
    const patient = tokenVerifier(tokenScheme(own.issuer), {}, () => now);
    expect(gist(await judge(patient, await mint(own.issuer, ec)))).toContain("ann");
    const next = await makeKey("next");
    own.publish(ec, next);
    now += 31_000;
    expect(gist(await judge(patient, await mint(own.issuer, next)))).toContain("ann");
    await own.close();
  });
});

describe("R19 issuer, audience and times", () => {
  it.each([
    ["another issuer", { iss: "http://127.0.0.1:1" }],
    ["an issuer with a slash more", () => ({ iss: `${issuer.issuer}/` })],
    ["an issuer in other case", () => ({ iss: issuer.issuer.toUpperCase() })],
    ["a list of issuers", () => ({ iss: [issuer.issuer] })],
    ["no issuer", { iss: undefined }],
    ["another audience", { aud: "https://api.test.evil" }],
    ["an audience that is part of ours", { aud: "https://api" }],
    ["no audience", { aud: undefined }],
    ["an empty list of audiences", { aud: [] }],
    ["no subject", { sub: undefined }],
    ["an empty subject", { sub: "" }],
    ["a subject that is no string", { sub: { id: "ann" } }],
    ["no expiry", { exp: undefined }],
    ["an expiry that is a string", { exp: String(at() + 300) }],
    ["expired beyond the skew", { exp: at() - 31 }],
    ["expired long ago", { exp: 1 }],
    ["not valid yet, beyond the skew", { nbf: at() + 90 }],
    ["a not-before that is a string", { nbf: "0" }],
  ] as const)("%s is refused", async (_, claims) => {
    const change = typeof claims === "function" ? claims() : claims;
    expect(gist(await judge(verifier, await mint(issuer.issuer, ec, { claims: change })))).toBe(refused);
  });

  it("an expiry that JSON reads as infinite is refused", async () => {
    const payload = JSON.stringify(claimsFor(issuer.issuer)).replace(/"exp":\d+/, '"exp":1e999');
    const token = await signAnyway({ alg: "ES256", kid: "ec", typ: "at+jwt" }, payload, ec);
    expect(gist(await judge(verifier, token))).toBe(refused);
  });

  it("one of several audiences is enough", async () => {
    const claims = { aud: ["https://elsewhere.test", "https://api.test"] };
    expect(gist(await judge(verifier, await mint(issuer.issuer, ec, { claims })))).toBe(idOf("ann"));
  });

  it("the skew is allowed for, on both ends", async () => {
    expect(gist(await judge(verifier, await mint(issuer.issuer, ec, { claims: { exp: at() - 10 } })))).toBe(
      idOf("ann"),
    );
    expect(gist(await judge(verifier, await mint(issuer.issuer, ec, { claims: { nbf: at() + 10 } })))).toBe(
      idOf("ann"),
    );
  });

  it("a skew beyond five minutes does not start", () => {
    expect(() => tokenVerifier(tokenScheme(issuer.issuer, { clockSkew: "6m" }))).toThrow(/five minutes/);
  });

  it("a token that is too old is refused where the spec says maxAge", async () => {
    const strict = tokenVerifier(tokenScheme(issuer.issuer, { maxAge: "10m" }));
    expect(gist(await judge(strict, await mint(issuer.issuer, ec, { claims: { iat: at() - 500 } })))).toBe(idOf("ann"));
    expect(gist(await judge(strict, await mint(issuer.issuer, ec, { claims: { iat: at() - 700 } })))).toBe(refused);
    expect(gist(await judge(strict, await mint(issuer.issuer, ec, { claims: { iat: undefined } })))).toBe(refused);
    expect(gist(await judge(strict, await mint(issuer.issuer, ec, { claims: { iat: at() + 120 } })))).toBe(refused);
  });

  it("a remembered token ends with its expiry", async () => {
    let now = Date.now();
    const own = await startIssuer(ec);
    const remembering = tokenVerifier(tokenScheme(own.issuer, { clockSkew: "0s" }), {}, () => now);
    const token = await mint(own.issuer, ec, { claims: { exp: at() + 60 } });
    expect(gist(await judge(remembering, token))).toContain("ann");
    now += 58_000;
    expect(gist(await judge(remembering, token))).toContain("ann");
    now += 3_000;
    expect(gist(await judge(remembering, token))).toBe(refused);
    await own.close();
  });

  it("a remembered token is refused again when the clock is set back before nbf", async () => {
    let now = Date.now();
    const remembering = tokenVerifier(tokenScheme(issuer.issuer, { clockSkew: "0s" }), {}, () => now);
    const token = await mint(issuer.issuer, ec, { claims: { nbf: at() - 5 } });
    expect(gist(await judge(remembering, token))).toBe(idOf("ann"));
    now -= 20_000;
    expect(gist(await judge(remembering, token))).toBe(refused);
  });
});

describe("R20 only access tokens are access tokens", () => {
  it.each(["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+JWT"])("typ %s is accepted", async (typ) => {
    expect(gist(await judge(verifier, await mint(issuer.issuer, ec, { header: { typ } })))).toBe(idOf("ann"));
  });

  it.each(["JWT", "jwt", "id+jwt", "dpop+jwt", "logout+jwt", "at+jwt ", "x/at+jwt", "", ["at+jwt"], undefined])(
    "typ %j is refused",
    async (typ) => {
      expect(gist(await judge(verifier, await mint(issuer.issuer, ec, { header: { typ } })))).toBe(refused);
    },
  );

  it("an ID token is refused, whatever the rule for typ", async () => {
    for (const typ of ["at+jwt", "ifPresent", "off"] as const) {
      const lenient = tokenVerifier(tokenScheme(issuer.issuer, { typ }));
      const idToken = await mint(issuer.issuer, ec, { header: { typ: undefined }, claims: { nonce: "n" } });
      expect(gist(await judge(lenient, idToken))).toBe(refused);
      const withHash = await mint(issuer.issuer, ec, { header: { typ: undefined }, claims: { at_hash: "h" } });
      expect(gist(await judge(lenient, withHash))).toBe(refused);
    }
  });

  it("the rule for typ can be relaxed by the spec", async () => {
    const untyped = await mint(issuer.issuer, ec, { header: { typ: undefined } });
    const generic = await mint(issuer.issuer, ec, { header: { typ: "JWT" } });
    const ifPresent = tokenVerifier(tokenScheme(issuer.issuer, { typ: "ifPresent" }));
    expect(gist(await judge(ifPresent, untyped))).toBe(idOf("ann"));
    expect(gist(await judge(ifPresent, generic))).toBe(refused);
    expect(gist(await judge(tokenVerifier(tokenScheme(issuer.issuer, { typ: "off" })), generic))).toBe(idOf("ann"));
  });
});

describe("R21 compact JWS only", () => {
  it.each([["exp"], [["b64"]], [[]], [["unknown"]], [null]])("critical extensions %j are refused", async (crit) => {
    const header = { alg: "ES256", kid: "ec", typ: "at+jwt", crit, b64: true, unknown: 1 };
    const { crit: _, ...harmless } = header;
    expect(gist(await judge(verifier, await signAnyway(harmless, claimsFor(issuer.issuer), ec)))).toBe(idOf("ann"));
    expect(gist(await judge(verifier, await signAnyway(header, claimsFor(issuer.issuer), ec)))).toBe(refused);
  });

  it("a JWE, a nested or flattened JWS, and polyglots are refused", async () => {
    const token = await mint(issuer.issuer, ec);
    const [header, payload, signature] = token.split(".");
    for (const other of [
      `${header}.a.b.c.d`,
      `${token}.${signature}`,
      JSON.stringify({ protected: header, payload, signature }),
      `{"a":"${token}"}`,
      `${token}{`,
      `"${token}"`,
      `${header}.${payload}+.${signature}`,
      `${header}..${signature}`,
      `.${payload}.${signature}`,
      "..",
      "a.b.c",
      `${"a".repeat(20_000)}.b.c`,
    ]) {
      expect(gist(await judge(verifier, other)), other.slice(0, 40)).toBe(refused);
    }
  });

  it("a header that is no JSON object is refused", async () => {
    for (const header of ['["ES256"]', '"ES256"', "null", "{", '{"alg":"ES256"}\u0000'])
      expect(gist(await judge(verifier, forge(header, claimsFor(issuer.issuer))))).toBe(refused);
  });
});

describe("R22 a token that is bound to a key is no bearer token", () => {
  it.each([{ jkt: "x" }, { "x5t#S256": "x" }, {}])("cnf %j is refused", async (cnf) => {
    expect(gist(await judge(verifier, await mint(issuer.issuer, ec, { claims: { cnf } })))).toBe(refused);
  });
});
