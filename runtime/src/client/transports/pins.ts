import { createHash, X509Certificate } from "node:crypto";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type { ClientTls } from "../contract.js";
import { Failure } from "../failure.js";

/** The certificate is trusted, and its key is none of the pinned ones. */
export class PinMismatch extends Error {
  override readonly name = "PinMismatch";
}

/** RFC 7469, 2.4: the SHA-256 of the SPKI. `cert.pubkey` is that for RSA only, so it is read out of the certificate. */
export function spkiPin(certificate: Uint8Array): string {
  const spki = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  return `sha256/${createHash("sha256").update(spki).digest("base64")}`;
}

/**
 * Pins that can be relied on.
 * @throws Failure `configuration`: fewer than two leave no way out when a key must be replaced (RFC 7469, 4.3).
 */
export function judgePins(pins: readonly string[]): ReadonlySet<string> {
  const set = new Set(pins);
  const odd = pins.find((pin) => !/^sha256\/[A-Za-z0-9+/]{43}=$/.test(pin));
  if (odd !== undefined)
    throw new Failure("configuration", `${JSON.stringify(odd)} is no pin: write sha256/ and 44 characters of base64`);
  if (set.size < 2) throw new Failure("configuration", "Pin at least two keys: the current one, and a backup");
  return set;
}

/**
 * The pins that hold at an origin: those that code gives, for all servers or for this one, else those of the spec.
 * @throws Failure `configuration` for a key that is no origin: its pins would hold nowhere.
 */
export function pinsAt(
  origin: string,
  told: ClientTls["pins"],
  ofSpec: readonly string[] | undefined,
): readonly string[] | undefined {
  if (told === undefined) return ofSpec;
  if (isList(told)) return told;
  const odd = Object.keys(told).find((key) => !URL.canParse(key) || new URL(key).origin !== key);
  if (odd !== undefined)
    throw new Failure("configuration", `tls.pins: ${JSON.stringify(odd)} is no origin: write https://api.example`);
  return Object.hasOwn(told, origin) ? told[origin] : ofSpec;
}

function isList(pins: NonNullable<ClientTls["pins"]>): pins is readonly string[] {
  return Array.isArray(pins);
}

/** The check of a server's certificate: the host name first, as ever, then the leaf's key. */
export function pinnedIdentity(pins: ReadonlySet<string>) {
  return (host: string, certificate: PeerCertificate): Error | undefined => {
    const fault = checkServerIdentity(host, certificate);
    if (fault !== undefined) return fault;
    return isPinned(pins, certificate) ? undefined : new PinMismatch(`The key of ${host} is none of the pinned ones`);
  };
}

/** A key that cannot be read is none of the pinned ones. An error thrown here would end the process: no one above catches it. */
function isPinned(pins: ReadonlySet<string>, certificate: PeerCertificate): boolean {
  try {
    return pins.has(spkiPin(certificate.raw));
  } catch {
    return false;
  }
}
