import { createHash, randomUUID } from "node:crypto";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import type { Exchange } from "../../runtime/src/http/exchange.js";
import { exchangeWith } from "./exchange.js";

/** A caller's key, and what a token is bound to it by. */
export interface ProofKey {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  readonly jkt: string;
  readonly alg: string;
}

export async function proofKey(alg = "ES256"): Promise<ProofKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { privateKey, jwk, jkt: await calculateJwkThumbprint(jwk), alg };
}

/** What differs from a proof that would be accepted. `undefined` leaves a member out. */
export interface ProofChange {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A proof for `GET https://api.test/things` with a token, changed as asked. */
export function prove(key: ProofKey, token: string, { header = {}, claims = {} }: ProofChange = {}, now = Date.now()) {
  const payload = {
    jti: randomUUID(),
    htm: "GET",
    htu: "https://api.test/things",
    iat: Math.floor(now / 1_000),
    ath: createHash("sha256").update(token).digest("base64url"),
    ...claims,
  };
  return new SignJWT(stated(payload))
    .setProtectedHeader(stated({ alg: key.alg, typ: "dpop+jwt", jwk: key.jwk, ...header }) as { alg: string })
    .sign(key.privateKey);
}

function stated(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** `GET /things` over TLS at api.test, with a token and its proofs. */
export function proofExchange(
  token: string,
  proofs: string | readonly string[],
  facts: { readonly method?: string; readonly target?: string; readonly scheme?: string; readonly host?: string } = {},
): Exchange {
  const { method = "GET", target = "/things", scheme = "DPoP", host = "api.test" } = facts;
  const headers = { authorization: `${scheme} ${token}`, dpop: proofs, host };
  return { ...exchangeWith(headers, target), method, tls: { protocol: "TLSv1.3" } };
}
