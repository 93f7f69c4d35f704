import type { LookupFunction } from "node:net";

/** Looks nothing up: a host is at the addresses that were found when it was checked. */
export function pinnedLookup(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  return (_, options, done) => {
    const wanted = known.filter(({ family }) => !options.family || familyOf(options.family) === family);
    const [first] = wanted;
    if (first === undefined) return done(new Error("The host has no address of this family"), "", 0);
    return options.all === true ? done(null, wanted) : done(null, first.address, first.family);
  };
}

function familyOf(said: number | "IPv4" | "IPv6"): number {
  return said === "IPv4" ? 4 : said === "IPv6" ? 6 : said;
}
