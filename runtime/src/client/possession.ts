import type { PossessionKey } from "./contract.js";
import { Failure } from "./failure.js";

/** What a proof is for. */
export interface ProofTarget {
  readonly method: string;
  readonly url: string;
  readonly token: string;
  /** The nonce that the server gave last (RFC 9449, 8). */
  readonly nonce: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A new key pair for proofs of possession (RFC 9449). Its private half cannot leave this process or browser. */
export async function dpopKeys(): Promise<PossessionKey> {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
}

/**
 * A DPoP proof (RFC 9449, 4.2) for one attempt of one request. Never used twice.
 * @throws Failure `configuration` for a key that proofs cannot be made with.
 */
export async function dpopProof(keys: PossessionKey, target: ProofTarget): Promise<string> {
  const { alg, parameters } = algorithmOf(keys);
  const { method, url, token, nonce, now } = target;
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", keys.publicKey);
  const header = { alg, typ: "dpop+jwt", jwk: { kty, crv, x, y } };
  const claims = {
    jti: crypto.randomUUID(),
    htm: method,
    htu: url.replace(/[?#].*$/s, ""),
    iat: Math.floor(now / 1_000),
    ath: encoded(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)))),
    ...(nonce === undefined ? {} : { nonce }),
  };
  const input = [header, claims].map((part) => encoded(new TextEncoder().encode(JSON.stringify(part)))).join(".");
  const signature = await crypto.subtle.sign(parameters, keys.privateKey, new TextEncoder().encode(input));
  return `${input}.${encoded(new Uint8Array(signature))}`;
}

function algorithmOf({ privateKey }: PossessionKey): {
  readonly alg: string;
  readonly parameters: AlgorithmIdentifier | EcdsaParams;
} {
  const { name, namedCurve } = privateKey.algorithm as KeyAlgorithm & { readonly namedCurve?: string };
  if (name === "ECDSA" && namedCurve === "P-256")
    return { alg: "ES256", parameters: { name: "ECDSA", hash: "SHA-256" } };
  if (name === "Ed25519") return { alg: "Ed25519", parameters: { name } };
  throw new Failure("configuration", `Proofs are made with ES256 or Ed25519, not with a key of ${name}`);
}

function encoded(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
