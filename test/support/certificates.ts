import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

type Algorithm = "EC" | "RSA";

/** A key and its certificate in PEM, and the pin of the key. */
export interface Leaf {
  readonly cert: string;
  readonly key: string;
  /** `sha256/…=` of the SPKI, computed here from the key itself. */
  readonly pin: string;
}

/** What a leaf says. `names` stand beside the host's; a `client` leaf is for callers. */
export interface LeafFacts {
  readonly host?: string;
  readonly algorithm?: Algorithm;
  readonly client?: boolean;
  readonly subject?: string;
  readonly names?: readonly { readonly type: "dns" | "url" | "email"; readonly value: string }[];
}

/** A certificate authority that issues for a host name; its own certificate is `cert`. */
export interface Authority {
  readonly cert: string;
  readonly issue: (facts?: LeafFacts) => Promise<Leaf>;
}

const algorithms = {
  EC: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  RSA: { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
} as const;

const lifetime = () => ({ notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) });

let serial = 1;

function serialNumber(): string {
  serial += 1;
  return (0x1000 + serial).toString(16);
}

/** Makes an authority whose certificates are good for an hour. */
export async function makeAuthority(name = "Test CA"): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const keys = await keyPair("EC");
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${name} ${serialNumber()}`,
    ...lifetime(),
    keys,
    signingAlgorithm: algorithms.EC,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    cert: root.toString("pem"),
    issue: async ({ host = "localhost", algorithm = "EC", client = false, subject = `CN=${host}`, names } = {}) => {
      const own = await keyPair(algorithm);
      const leaf = await x509.X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject,
        issuer: root.subject,
        ...lifetime(),
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithms.EC,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[client ? "clientAuth" : "serverAuth"]]),
          new x509.SubjectAlternativeNameExtension([...(names ?? [{ type: "dns" as const, value: host }])]),
          await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ],
      });
      return { cert: leaf.toString("pem"), key: privatePem(own.privateKey), pin: await pinOf(own.publicKey) };
    },
  };
}

async function keyPair(algorithm: Algorithm): Promise<CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithms[algorithm], true, ["sign", "verify"])) as CryptoKeyPair;
}

function privatePem(key: CryptoKey): string {
  const object = KeyObject.from(key as Parameters<typeof KeyObject.from>[0]);
  return object.export({ type: "pkcs8", format: "pem" }).toString();
}

async function pinOf(key: CryptoKey): Promise<string> {
  const spki = await webcrypto.subtle.exportKey("spki", key);
  return `sha256/${Buffer.from(await webcrypto.subtle.digest("SHA-256", spki)).toString("base64")}`;
}
