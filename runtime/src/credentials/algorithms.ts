interface KeyForm {
  readonly kty: string;
  readonly crv?: string;
}

/**
 * The algorithms that a token may be signed with, and the keys they go with (RFC 7518, 3.1, RFC 8037, RFC 9864). No symmetric
 * ones: whoever could verify could also sign.
 */
const forms: Readonly<Record<string, KeyForm>> = {
  RS256: { kty: "RSA" },
  RS384: { kty: "RSA" },
  RS512: { kty: "RSA" },
  PS256: { kty: "RSA" },
  PS384: { kty: "RSA" },
  PS512: { kty: "RSA" },
  ES256: { kty: "EC", crv: "P-256" },
  ES384: { kty: "EC", crv: "P-384" },
  ES512: { kty: "EC", crv: "P-521" },
  EdDSA: { kty: "OKP", crv: "Ed25519" },
  Ed25519: { kty: "OKP", crv: "Ed25519" },
};

/** Whether tokens may be signed with this algorithm at all. */
export function isAlgorithm(name: string): boolean {
  return Object.hasOwn(forms, name);
}

/** The names of all algorithms, for messages. */
export const algorithms: readonly string[] = Object.keys(forms);

/** Whether a key is of the type and curve of an algorithm. */
export function fits(algorithm: string, key: { readonly kty?: unknown; readonly crv?: unknown }): boolean {
  const form = isAlgorithm(algorithm) ? forms[algorithm] : undefined;
  return form !== undefined && key.kty === form.kty && (form.crv === undefined || key.crv === form.crv);
}

/**
 * The one name of an algorithm. RFC 9864, 2.2: with the only curve that is taken here, `EdDSA` is `Ed25519`; issuers are on their
 * way from the one name to the other, and a key is good under both.
 */
export function canonical(algorithm: string): string {
  return algorithm === "EdDSA" ? "Ed25519" : algorithm;
}

/** Whether an algorithm is on a list, under either of its names. */
export function isListed(algorithm: string, list: readonly string[]): boolean {
  const name = canonical(algorithm);
  return isAlgorithm(algorithm) && list.some((one) => canonical(one) === name);
}
