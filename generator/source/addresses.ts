import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

const givenOut = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an address is one that anybody on the Internet can be at (IANA's special-purpose registries, RFC 6890). What is no address
 * is not. RFC 4291, 2.4: of IPv6 only 2000::/3 is given out.
 */
export function isPublic(text: string): boolean {
  const address = isIP(text) === 0 ? undefined : ipaddr.process(text);
  return address?.range() === "unicast" && (address.kind() === "ipv4" || address.match(givenOut));
}
