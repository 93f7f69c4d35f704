import { type CryptoKey, importJWK, type JWK } from "jose";
import { canonical, fits, isListed } from "./algorithms.js";

/** A public key that signatures are verified with, bound to one algorithm. */
export interface SigningKey {
  readonly kid: string | undefined;
  /** Its canonical name. */
  readonly alg: string;
  /** The same for the same key, however often it is fetched. */
  readonly print: string;
  /** Imported at the first use, and kept. */
  readonly load: () => Promise<CryptoKey>;
}

const mostKeys = 100;

/**
 * The usable keys of a JSON Web Key Set (RFC 7517, 5): public, for signatures, and bound to exactly one allowed algorithm
 * (RFC 8725, 3.1). A key without `alg` is left out (R15), unless `unlabelled` says which one algorithm such keys have.
 * @throws when it is not a key set.
 */
export function readKeys(
  document: unknown,
  allowed: readonly string[],
  unlabelled: string | undefined,
): readonly SigningKey[] {
  const keys = isObject(document) ? document.keys : undefined;
  if (!Array.isArray(keys) || keys.length > mostKeys) throw new Error("The key set is not one");
  return keys.flatMap((key: unknown) => {
    if (!isObject(key) || !isForVerifying(key)) return [];
    const alg = key.alg ?? unlabelled;
    if (typeof alg !== "string" || !isListed(alg, allowed) || !fits(alg, key)) return [];
    if (key.kid !== undefined && typeof key.kid !== "string") return [];
    return [toSigningKey(key, canonical(alg))];
  });
}

function isForVerifying(key: Readonly<Record<string, unknown>>): boolean {
  const { use, key_ops: operations, d, k } = key;
  if (use !== undefined && use !== "sig") return false;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes("verify"))) return false;
  // A provider that publishes a private or a shared key has published how to sign: nothing it signs proves anything.
  return d === undefined && k === undefined;
}

function toSigningKey(key: Readonly<Record<string, unknown>>, alg: string): SigningKey {
  let loaded: Promise<CryptoKey> | undefined;
  return {
    kid: key.kid as string | undefined,
    alg,
    print: JSON.stringify([key.kid, alg, key.kty, key.crv, key.x, key.y, key.n, key.e]),
    load: () => {
      loaded ??= importKey(key, alg);
      return loaded;
    },
  };
}

async function importKey(key: Readonly<Record<string, unknown>>, alg: string): Promise<CryptoKey> {
  // Only what makes the key: x5c and x5u are left behind unread (R17).
  const { kty, crv, x, y, n, e } = key as JWK;
  const imported = await importJWK({ kty, crv, x, y, n, e } as JWK, alg);
  if (imported instanceof Uint8Array) throw new Error("The key is not a public key");
  return imported;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
