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
