import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";

/** A public key that can be pinned, and what it was taken from. */
export interface PinnedKey {
  /** RFC 7469, 2.4: `sha256/` and the base64 of the SHA-256 of the SPKI. */
  readonly pin: string;
  /** The certificate or the key, in words. */
  readonly about: string;
}

/** The pin of a certificate's key. */
export function pinOfCertificate(certificate: X509Certificate): PinnedKey {
  const until = new Date(certificate.validTo).toISOString().slice(0, 10);
  const subject = certificate.subject.replace(/\n/g, ", ");
  const named = subject === "" ? (certificate.subjectAltName ?? "no name") : subject;
  return { pin: pinOf(certificate.publicKey), about: `${named}, until ${until}` };
}

/**
 * The pin of what a file holds: a certificate (PEM, or DER; of a chain the first, which is the leaf), a public key or a private key in PEM.
 * @returns undefined for anything else.
 */
export function pinOfFile(content: Uint8Array): PinnedKey | undefined {
  const certificate = tried(() => new X509Certificate(content));
  if (certificate !== undefined) return pinOfCertificate(certificate);
  const pem = Buffer.from(content);
  const key = tried(() => createPrivateKey(pem)) ?? tried(() => createPublicKey(pem));
  return key === undefined ? undefined : pinOfKey(key);
}

/** The pin of a key pair, of which either half may be given. */
export function pinOfKey(key: KeyObject): PinnedKey {
  const half = key.type === "private" ? createPublicKey(key) : key;
  return { pin: pinOf(half), about: `a key, ${half.asymmetricKeyType ?? "unknown"}` };
}

function pinOf(key: KeyObject): string {
  const spki = key.export({ type: "spki", format: "der" });
  return `sha256/${createHash("sha256").update(spki).digest("base64")}`;
}

function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
