import { BlockList, isIP } from "node:net";

/** Addresses that are not of the public network (IANA's special-purpose registries, RFC 6890). */
const special = new BlockList();
const v4 =
  "0/8 10/8 100.64/10 127/8 169.254/16 172.16/12 192.0.0/24 192.0.2/24 192.88.99/24 192.168/16 198.18/15 198.51.100/24 203.0.113/24 224/3";
const v6 =
  "::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8";
for (const range of v4.split(" ")) {
  const [start = "", bits] = range.split("/");
  special.addSubnet([...start.split("."), "0", "0", "0"].slice(0, 4).join("."), Number(bits), "ipv4");
}
for (const range of v6.split(" ")) {
  const [start = "", bits] = range.split("/");
  special.addSubnet(start, Number(bits), "ipv6");
}

/** Whether an address is one that anybody on the Internet can be at. What is no address is not. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  // `::ffff:127.0.0.1` is judged as what it stands for: BlockList knows mapped addresses.
  return family !== 0 && !special.check(address, family === 4 ? "ipv4" : "ipv6");
}
