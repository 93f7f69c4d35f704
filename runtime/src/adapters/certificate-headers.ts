import { X509Certificate } from "node:crypto";
import type { ClientCertificate, ReceivedHeaders } from "../http/exchange.js";
import type { CertificateReader } from "../server/proxies.js";
import { certificateOf } from "./client-certificate.js";

/** Who has checked that the certificate which a proxy hands on was issued by an authority to be trusted. */
export type CertificateTrust =
  | {
      /** The proxy refuses callers whose certificate no authority of its list has issued. */
      readonly verifiedBy: "proxy";
    }
  | {
      /** Authorities in PEM, one of which has itself issued the certificate. It is checked here. */
      readonly ca: string | readonly string[];
    };

/**
 * Reads `Client-Cert` (RFC 9440): nginx, HAProxy, Apache and several clouds can send it. For `proxies.certificates`; from peers that are not
 * listed there it is never read.
 */
export function clientCertHeader(trust: CertificateTrust): CertificateReader {
  const judge = judgeOf(trust);
  return (headers) => {
    const octets = byteSequence(only(headers, "client-cert"));
    return octets === undefined ? undefined : judge(octets);
  };
}

/**
 * Reads `X-Forwarded-Client-Cert`, as Envoy and Istio write it: the proxy at the edge must set it anew (`SANITIZE_SET`) with `cert: true`. Of
 * several elements nobody can say which is the caller's, so none is read.
 */
export function xfccHeader(trust: CertificateTrust): CertificateReader {
  const judge = judgeOf(trust);
  return (headers) => {
    const text = only(headers, "x-forwarded-client-cert");
    const element = text === undefined || splitOutside(text, ",").length !== 1 ? undefined : text;
    const pairs = splitOutside(element ?? "", ";").filter((pair) => /^cert=/i.test(pair.trim()));
    const [pair, ...more] = pairs;
    const pem =
      pair === undefined || more.length > 0 ? undefined : decoded(unquoted(pair.trim().slice("cert=".length)));
    return pem === undefined ? undefined : judge(pem);
  };
}

function only(headers: ReceivedHeaders, name: string): string | undefined {
  const [text, ...more] = headers.all(name);
  return more.length === 0 ? text : undefined;
}

/** RFC 9651, 3.3.5. */
function byteSequence(text: string | undefined): Buffer | undefined {
  const [, base64] = /^ *:([A-Za-z0-9+/]+={0,2}): *$/.exec(text ?? "") ?? [];
  return base64 === undefined ? undefined : Buffer.from(base64, "base64");
}

function splitOutside(text: string, mark: string): readonly string[] {
  return text.match(new RegExp(`(?:"(?:[^"\\\\]|\\\\.)*"|[^"${mark}])+`, "g")) ?? [];
}

function unquoted(text: string): string {
  return /^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/g, "$1") : text;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A certificate that cannot be read is none: no one is known by it. */
function judgeOf(trust: CertificateTrust): (der: Buffer | string) => ClientCertificate | undefined {
  const issuers = "ca" in trust ? [trust.ca].flat().map((pem) => new X509Certificate(pem)) : undefined;
  return (text) => {
    try {
      const certificate = new X509Certificate(text);
      const trusted = issuers === undefined ? isInDate(certificate) : isIssued(certificate, issuers);
      return certificateOf(certificate.toLegacyObject(), trusted);
    } catch {
      return undefined;
    }
  };
}

function isIssued(certificate: X509Certificate, issuers: readonly X509Certificate[]): boolean {
  // RFC 5280, 4.2.1.12: a certificate that says what it is for is for nothing else.
  const uses: readonly string[] | undefined = certificate.keyUsage;
  const isForClients = uses === undefined || uses.includes("1.3.6.1.5.5.7.3.2");
  const issued = (issuer: X509Certificate) =>
    issuer.ca && isInDate(issuer) && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  return isForClients && isInDate(certificate) && issuers.some(issued);
}

function isInDate({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}
