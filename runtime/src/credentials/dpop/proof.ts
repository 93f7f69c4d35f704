import { type CryptoKey, calculateJwkThumbprint, compactVerify, importJWK, type JWK } from "jose";
import { fits, isListed } from "../algorithms.js";

/** What a DPoP proof says (RFC 9449, 4.2), its signature verified. */
export interface DpopProof {
  /** The thumbprint of the key that made it (RFC 7638). */
  readonly thumbprint: string;
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  /** In milliseconds since 1970. */
  readonly issuedAt: number;
  readonly nonce: string | undefined;
  readonly ath: string | undefined;
}

interface ProofKey {
  readonly key: CryptoKey;
  readonly thumbprint: string;
}

/** Reads proofs: the text of one in, what it says out; or what is wrong with it, for the log. */
export type ReadProof = (text: string) => Promise<DpopProof | string>;

const compact = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const longest = 8_192;
const mostKeys = 1_000;

/** A reader of proofs. The keys of the last thousand callers are kept imported: that is half the cost of a proof. */
export function proofReader(algorithms: readonly string[]): ReadProof {
  const keys = new Map<string, Promise<ProofKey>>();
  const keyOf = (jwk: JWK, alg: string): Promise<ProofKey> => {
    const name = JSON.stringify([alg, jwk.kty, jwk.crv, jwk.x, jwk.y, jwk.n, jwk.e]);
    const found = keys.get(name) ?? importKey(jwk, alg);
    if (!keys.has(name)) {
      const [oldest] = keys.size >= mostKeys ? keys.keys() : [];
      if (oldest !== undefined) keys.delete(oldest);
      keys.set(name, found);
      found.catch(() => keys.delete(name));
    }
    return found;
  };
  return async (text) => {
    const header = headerOf(text);
    if (typeof header === "string") return header;
    const { alg, typ, jwk } = header;
    // RFC 9449, 4.3, 4 and 5: this kind of token, and an asymmetric algorithm of ours.
    if (typeof typ !== "string" || !/^(?:application\/)?dpop\+jwt$/i.test(typ)) return "typ is not dpop+jwt";
    if (typeof alg !== "string" || !isListed(alg, algorithms)) return "the algorithm of the proof is not allowed";
    if (Object.hasOwn(header, "crit")) return "the proof has critical extensions";
    // 4.3, 7: a public key, and nothing of a private or shared one.
    if (!isPublic(jwk) || !fits(alg, jwk)) return "jwk is no public key of this algorithm";
    try {
      const { key, thumbprint } = await keyOf(jwk, alg);
      const { payload } = await compactVerify(text, key, { algorithms: [alg] });
      const claims: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
      return typeof claims === "object" && claims !== null
        ? judged(claims as Json, thumbprint)
        : "the proof has no claims";
    } catch {
      return "the signature of the proof does not verify";
    }
  };
}

type Json = Readonly<Record<string, unknown>>;

function headerOf(text: string): Json | string {
  // 4.3, 2: one compact JWS. Two header fields that were joined have a comma in them.
  if (text.length > longest || !compact.test(text)) return "the proof is not one compact JWS";
  try {
    const header: unknown = JSON.parse(Buffer.from(text.slice(0, text.indexOf(".")), "base64url").toString("utf8"));
    if (typeof header === "object" && header !== null && !Array.isArray(header)) return header as Json;
  } catch {
    // Said below.
  }
  return "the header of the proof is not a JSON object";
}

const secret = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] as const;

function isPublic(jwk: unknown): jwk is JWK {
  if (typeof jwk !== "object" || jwk === null || Array.isArray(jwk)) return false;
  const members = ["kty", "crv", "x", "y", "n", "e"].map((name) => (jwk as Json)[name]);
  return (
    members.every((value) => value === undefined || typeof value === "string") &&
    !secret.some((name) => Object.hasOwn(jwk, name))
  );
}

async function importKey({ kty, crv, x, y, n, e }: JWK, alg: string): Promise<ProofKey> {
  const jwk = JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as JWK;
  const key = await importJWK(jwk, alg);
  if (key instanceof Uint8Array) throw new Error("The key is not a public key");
  return { key, thumbprint: await calculateJwkThumbprint(jwk, "sha256") };
}

/** 4.3, 3: the required claims, each of its type. */
function judged(claims: Json, thumbprint: string): DpopProof | string {
  const { jti, htm, htu, iat, nonce, ath } = claims;
  if (typeof jti !== "string" || jti === "" || jti.length > 256) return "jti is missing, or no short string";
  if (typeof htm !== "string") return "htm is missing";
  if (typeof htu !== "string") return "htu is missing";
  if (typeof iat !== "number" || !Number.isFinite(iat)) return "iat is missing, or no number";
  if (nonce !== undefined && typeof nonce !== "string") return "nonce is not a string";
  if (ath !== undefined && typeof ath !== "string") return "ath is not a string";
  return { thumbprint, jti, htm, htu, issuedAt: iat * 1_000, nonce, ath };
}
