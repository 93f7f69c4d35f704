import ipaddr from "ipaddr.js";

/** An address of the Internet Protocol, read. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A range of addresses (RFC 4632, 3.1): `10.0.0.0/8`, or one address. */
export type AddressRange = readonly [Address, number];

// inet_aton takes `127.1`, `0177.0.0.1` and `0x7f000001`; nothing that writes addresses down for others does.
const dotted = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * Reads an address in its usual spelling (RFC 4291, 2.2; four decimal numbers). An IPv4 address that is mapped into IPv6 is that IPv4 address
 * (R41). `undefined` for what is none.
 */
export function readAddress(text: string): Address | undefined {
  const isUsual = text.includes(":") ? ipaddr.IPv6.isValid(text) : isDotted(text);
  return isUsual ? ipaddr.process(text) : undefined;
}

function isDotted(text: string): boolean {
  return dotted.test(text) && ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** Reads `10.0.0.0/8`, `2001:db8::/32` or one address; `undefined` for what is none of these. */
export function readRange(text: string): AddressRange | undefined {
  const [start = "", bits, ...more] = text.split("/");
  const address = readAddress(start);
  if (address === undefined || more.length > 0) return undefined;
  const whole = address.kind() === "ipv4" ? 32 : 128;
  const length = bits === undefined ? whole : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  // A mapped range would be one of IPv6, and no address is read as one of those.
  if (!(length <= whole) || (start.includes(":") && whole === 32 && bits !== undefined)) return undefined;
  return [address, length];
}

/** Whether an address lies in one of some ranges. */
export function isWithin(address: Address, ranges: readonly AddressRange[]): boolean {
  return ranges.some(([start, bits]) => start.kind() === address.kind() && address.match([start, bits]));
}

const givenOut = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * What clouds answer at with the credentials of their machines, at addresses that are public or private by their range (Azure, Alibaba, AWS,
 * Google). The others are link-local.
 */
const metadata = new Set(["168.63.129.16", "100.100.100.200", "fd00:ec2::254", "fd20:ce::254"]);

/**
 * Whether an address is one that anybody on the Internet can be at (IANA's special-purpose registries, RFC 6890). What is no address is
 * not, and neither is what stands for another one (RFC 6052, RFC 3056, RFC 4380).
 */
export function isPublic(text: string): boolean {
  const address = readAddress(text);
  if (address === undefined || address.range() !== "unicast" || metadata.has(address.toString())) return false;
  // RFC 4291, 2.4: of IPv6 only 2000::/3 is given out.
  return address.kind() === "ipv4" || address.match(givenOut);
}

const privates: ReadonlySet<string> = new Set(["loopback", "private", "uniqueLocal", "carrierGradeNat"]);

/**
 * Whether an address is one of a private network, or of this machine (RFC 1918, 4193, 6598). Addresses of a link, and those at which clouds
 * tell a machine its credentials, are none.
 */
export function isPrivate(text: string): boolean {
  const address = readAddress(text);
  return address !== undefined && privates.has(address.range()) && !metadata.has(address.toString());
}
