import { createHash, X509Certificate } from "node:crypto";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { Failure } from "../failure.js";
import type { ClientTls, PinReport } from "../tls.js";
import type { TransportOptions } from "./options.js";

/** The certificate is trusted, and its key is none of the pinned ones. */
export class PinMismatch extends Error {
  override readonly name = "PinMismatch";
}

/** The keys that an origin may have, and until when. */
export interface Pins {
  readonly origin: string;
  readonly keys: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly expire: number;
  readonly onExpire: "warn" | "fail";
  readonly onMismatch: ((report: PinReport) => void) | undefined;
  readonly now: () => number;
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
 * The pins that hold at an origin: those that code gives, for all servers or for this one, with their expiry; else those of the spec,
 * with theirs.
 * @throws Failure `configuration` for a key that is no origin: its pins would hold nowhere.
 */
export function pinsAt({ origin, tls, server, now = Date.now }: TransportOptions): Pins | undefined {
  const told = toldAt(origin, tls?.pins);
  const list = told ?? server?.pins;
  if (list === undefined) return undefined;
  const expire = told === undefined ? server?.pinsExpire : dateOf(tls?.pinsExpire);
  return {
    origin,
    keys: judgePins(list),
    expire: expire ?? Number.POSITIVE_INFINITY,
    onExpire: (told === undefined ? server?.onExpire : tls?.onExpire) ?? "fail",
    onMismatch: tls?.onPinMismatch,
    now,
  };
}

function toldAt(origin: string, told: ClientTls["pins"]): readonly string[] | undefined {
  if (told === undefined || isList(told)) return told;
  const odd = Object.keys(told).find((key) => !URL.canParse(key) || new URL(key).origin !== key);
  if (odd !== undefined)
    throw new Failure("configuration", `tls.pins: ${JSON.stringify(odd)} is no origin: write https://api.example`);
  return Object.hasOwn(told, origin) ? told[origin] : undefined;
}

function isList(pins: NonNullable<ClientTls["pins"]>): pins is readonly string[] {
  return Array.isArray(pins);
}

function dateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Failure("configuration", "tls.pinsExpire is no date: write 2027-01-31");
  return time;
}

/** The check of a server's certificate: the host name first, as ever, then the leaf's key. */
export function pinnedIdentity(pins: Pins) {
  return (host: string, certificate: PeerCertificate): Error | undefined => {
    const fault = checkServerIdentity(host, certificate);
    if (fault !== undefined) return fault;
    const seen = seenPin(certificate);
    if (seen !== undefined && pins.keys.has(seen)) return undefined;
    const isLetIn = pins.onExpire === "warn" && pins.now() >= pins.expire;
    report(pins, { origin: pins.origin, host, expected: [...pins.keys], seen, isLetIn });
    return isLetIn ? undefined : new PinMismatch(`The key of ${host} is none of the pinned ones`);
  };
}

/**
 * Nothing is sent under pins that are over, on connections of before neither.
 * @throws Failure `pins_expired`
 */
export function refuseExpired({ origin, expire, onExpire, now }: Pins): void {
  if (onExpire === "fail" && now() >= expire)
    throw new Failure("pins_expired", `The pins of ${origin} expired on ${new Date(expire).toISOString()}`);
}

/** A key that cannot be read is none of the pinned ones. An error thrown here would end the process: no one above catches it. */
function seenPin(certificate: PeerCertificate): string | undefined {
  try {
    return spkiPin(certificate.raw);
  } catch {
    return undefined;
  }
}

/** Telling somebody changes nothing: neither what the listener throws, nor that nobody listens. */
function report({ onMismatch }: Pins, told: PinReport): void {
  try {
    if (onMismatch !== undefined) onMismatch(told);
    else if (told.isLetIn) console.warn(`The pins of ${told.origin} have expired, and its key is none of them`);
  } catch {
    // Of the handshake, nobody is above who could catch it.
  }
}
