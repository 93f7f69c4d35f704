import type { IPv6 } from "ipaddr.js";
import { readAddress } from "../http/address.js";
import { recent } from "./recent.js";

/**
 * What an address counts as (R41): an IPv4 address mapped into IPv6 is that IPv4 address, and IPv6 addresses are grouped by /64,
 * because a single host is given as many as that.
 */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return "unknown";
  return address.includes(":") ? groupOf(address) : address;
}

const groupOf = recent((address) => {
  const read = readAddress(address.replace(/%.*$/, ""));
  if (read === undefined) return address.toLowerCase();
  if (read.kind() === "ipv4") return read.toString();
  const groups = (read as IPv6).parts.slice(0, 4);
  return `${groups.map((group) => group.toString(16)).join(":")}::/64`;
});
