import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPublic } from "../../http/address.js";
import { Failure } from "../failure.js";
import type { Target } from "./targets.js";
import { refused } from "./targets.js";

/**
 * Resolves the host of a target, and refuses addresses that are not public. The connection is made to just what was judged here: a
 * name that answers otherwise the second time gains nothing.
 */
export function guardedLookup(target: Target): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, "", 0);
      const hidden = target.private ? undefined : addresses.find(({ address }) => !isPublic(address));
      const [first] = addresses;
      if (hidden !== undefined) return done(refused(`${host} leads to an address that is not public`), "", 0);
      if (first === undefined) return done(new Failure("network", "The host has no address"), "", 0);
      return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
    });
  };
}

/** A host that is an address is never looked up: it is judged here. The list names it, or it is public. */
export function refuseHidden({ url, private: isPrivate }: Target): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isAddress = url.hostname.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(host);
  if (isAddress && !isPrivate && !isPublic(host)) throw refused("its address is not public");
}
