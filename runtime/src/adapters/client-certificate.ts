import { hash } from "node:crypto";
import type { DetailedPeerCertificate, PeerCertificate, TLSSocket } from "node:tls";
import type { ClientCertificate } from "../http/exchange.js";

const known = new WeakMap<TLSSocket, ClientCertificate>();

/** The certificate that the other end of a connection showed; read once a connection. */
export function clientCertificate(socket: TLSSocket): ClientCertificate | undefined {
  const found = known.get(socket);
  if (found !== undefined) return found;
  const peer: PeerCertificate | undefined = socket.getPeerCertificate?.();
  if (peer?.raw === undefined) return undefined;
  const certificate = certificateOf(peer, socket.authorized);
  known.set(socket, certificate);
  return certificate;
}

/** What is known of a certificate, from what Node makes of it. */
export function certificateOf(peer: PeerCertificate, trusted: boolean): ClientCertificate {
  return {
    // RFC 8705, 3.1: of the DER form, base64url.
    thumbprint: hash("sha256", peer.raw, "base64url"),
    trusted,
    subject: attributesOf(peer.subject),
    issuer: attributesOf(peer.issuer),
    serialNumber: peer.serialNumber,
    names: alternativeNames(peer.subjectaltname ?? ""),
  };
}

type Attributes = ClientCertificate["subject"];

/** Without a prototype: an attribute may be named like a method that every object has. */
function attributesOf(names: DetailedPeerCertificate["subject"]): Attributes {
  return Object.assign(Object.create(null), names) as Attributes;
}

const types = { DNS: "dns", URI: "uri", email: "email", "IP Address": "ip" } as const;

/**
 * Node writes the names in one line, and quotes one that could be mistaken for several (CVE-2021-44532). Such a line is not taken apart: nobody
 * is known by it.
 */
function alternativeNames(text: string): ClientCertificate["names"] {
  if (text.includes('"')) return [];
  return text.split(", ").flatMap((part) => {
    const cut = part.indexOf(":");
    const label = part.slice(0, cut);
    const value = part.slice(cut + 1);
    return Object.hasOwn(types, label) ? [{ type: types[label as keyof typeof types], value }] : [];
  });
}
