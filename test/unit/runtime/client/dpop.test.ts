import { createHash } from "node:crypto";
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, type JWK } from "jose";
import { describe, expect, it } from "vitest";
import { bearer, dpop, dpopKeys, type PossessionKey } from "../../../../runtime/src/client/index.js";
import { clientCredentials } from "../../../../runtime/src/client/oauth.js";
import { dpopProof } from "../../../../runtime/src/client/possession.js";
import { proofReader } from "../../../../runtime/src/credentials/dpop/proof.js";
import { anyOf } from "../../../../runtime/src/policy/index.js";
import { callOnce, clientPolicy, failureOf, json, noRetries, operation, startOrigin } from "../../../support/client.js";

const { oidc } = clientPolicy().schemes;
const schemes = { oidc: { ...oidc, binding: "dpop", dpop: { maxAge: "60s", nonce: "off" } } } as ReturnType<
  typeof clientPolicy
>["schemes"];
const bound = operation({ access: anyOf({ allOf: [{ scheme: "oidc", needs: [] }] }) });
const retries = { ...noRetries, maxAttempts: 3, maxElapsed: "10s", statuses: [503], when: "idempotent" } as const;

describe("a proof", () => {
  it.each([
    ["ES256", () => dpopKeys()],
    [
      "Ed25519",
      () => crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]) as Promise<PossessionKey>,
    ],
  ])("by %s is one that the server side reads", async (alg, make) => {
    const keys = await make();
    const proof = await dpopProof(keys, {
      method: "GET",
      url: "https://a.test/x?q=1#f",
      token: "t",
      nonce: "n",
      now: 5_000,
    });
    const header = decodeProtectedHeader(proof);
    expect(header).toMatchObject({ alg, typ: "dpop+jwt" });
    expect(await proofReader([alg])(proof)).toEqual({
      thumbprint: await calculateJwkThumbprint(header.jwk as JWK),
      jti: expect.any(String),
      htm: "GET",
      htu: "https://a.test/x",
      issuedAt: 5_000,
      nonce: "n",
      ath: createHash("sha256").update("t").digest("base64url"),
    });
  });

  it("is made with a key that cannot leave", async () => {
    const { privateKey } = await dpopKeys();
    await expect(crypto.subtle.exportKey("jwk", privateKey)).rejects.toThrow();
  });

  it("is not made with a key of another kind", async () => {
    const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, false, ["sign", "verify"]);
    await expect(
      dpopProof(keys, { method: "GET", url: "https://a.test", token: "t", nonce: undefined, now: 0 }),
    ).rejects.toThrow(/ES256 or Ed25519/);
  });
});

describe("R59 proofs on the wire", () => {
  it("each attempt has one of its own, and the token stands beside it as DPoP", async () => {
    const origin = await startOrigin((_, response, count) => json(response, count < 3 ? 503 : 200, {}));
    const auth = { oidc: dpop({ token: "t", keys: await dpopKeys() }) };
    await callOnce({ baseUrl: origin.url, auth, policy: { schemes, retries }, sleep: async () => {} }, bound);
    const proofs = origin.requests.map(({ headers }) => decodeJwt(String(headers.dpop)));
    expect(origin.requests.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill("DPoP t"));
    expect(new Set(proofs.map(({ jti }) => jti)).size).toBe(3);
    expect(proofs.every(({ htm, htu }) => htm === "GET" && htu === `${origin.url}/things`)).toBe(true);
    await origin.close();
  });

  it("a nonce that is asked for is used, once more and from then on, and is no reason for a new token", async () => {
    let renewed = 0;
    const origin = await startOrigin(({ headers }, response) => {
      const { nonce } = decodeJwt(String(headers.dpop));
      const challenge = { "WWW-Authenticate": 'DPoP error="use_dpop_nonce", algs="ES256"', "DPoP-Nonce": "n2" };
      if (nonce === "n2") json(response, 200, {}, { "DPoP-Nonce": "n2" });
      else json(response, 401, {}, challenge);
    });
    const own = dpop({ token: "t", keys: await dpopKeys() });
    const auth = { oidc: { ...own, renew: () => ++renewed > 0 } };
    await callOnce({ baseUrl: origin.url, auth, policy: { schemes } }, bound);
    expect(origin.requests.map(({ headers }) => decodeJwt(String(headers.dpop)).nonce)).toEqual([undefined, "n2"]);
    expect(renewed).toBe(0);
    await origin.close();
  });

  it("a server that asks for a nonce again and again is asked twice", async () => {
    const origin = await startOrigin((_, response, count) =>
      json(response, 401, {}, { "WWW-Authenticate": 'DPoP error="use_dpop_nonce"', "DPoP-Nonce": `n${count}` }),
    );
    const auth = { oidc: dpop({ token: "t", keys: await dpopKeys() }) };
    expect((await failureOf(callOnce({ baseUrl: origin.url, auth, policy: { schemes } }, bound))).code).toBe(
      "unauthenticated",
    );
    expect(origin.requests).toHaveLength(2);
    await origin.close();
  });

  it("bearer() where proofs are asked for, and dpop() where none are, send nothing", async () => {
    const origin = await startOrigin((_, response) => json(response, 200, {}));
    const keys = await dpopKeys();
    const call = (auth: object, policy = {}) => failureOf(callOnce({ baseUrl: origin.url, auth, policy }, bound));
    expect((await call({ oidc: bearer("t") }, { schemes })).message).toMatch(/use dpop/);
    expect((await call({ oidc: dpop({ token: "t", keys }) })).message).toMatch(/use bearer/);
    const grant = clientCredentials({ clientId: "a", clientSecret: "b", tokenUrl: origin.url, dpop: keys });
    expect((await call({ oidc: grant })).message).toMatch(/binding: dpop/);
    expect(origin.requests).toEqual([]);
    await origin.close();
  });

  it("a token of the wrong type is not taken: one that should be bound and is not, and the other way round", async () => {
    const origin = await startOrigin((_, response) => json(response, 200, { access_token: "t", token_type: "Bearer" }));
    const auth = { oidc: clientCredentials({ clientId: "a", clientSecret: "b", tokenUrl: `${origin.url}/token` }) };
    expect((await failureOf(callOnce({ baseUrl: origin.url, auth, policy: { schemes } }, bound))).code).toBe(
      "credential_rejected",
    );
    await origin.close();
  });

  it("a sign-in that is asked for is not answered by a new token of the old one (RFC 9470)", async () => {
    let renewed = 0;
    const origin = await startOrigin((_, response) =>
      json(
        response,
        401,
        {},
        { "WWW-Authenticate": 'Bearer error="insufficient_user_authentication", acr_values="mfa"' },
      ),
    );
    const auth = { oidc: { ...bearer("t"), renew: () => ++renewed > 0 } };
    await failureOf(callOnce({ baseUrl: origin.url, auth }, bound));
    expect([renewed, origin.requests.length]).toEqual([0, 1]);
    await origin.close();
  });
});
