import { readAddress } from "./address.js";
import type { ReceivedHeaders } from "./exchange.js";

/** What one proxy says of the request that it was given. */
export interface Hop {
  /** Who sent it: an address; `undefined` where that is unknown, hidden behind a name, or no address. */
  readonly from: string | undefined;
  readonly proto?: string | undefined;
  readonly host?: string | undefined;
}

/** The names of the two headers that say who sent a request through proxies. */
export type ForwardedHeader = "x-forwarded-for" | "forwarded";

/** The hops of a request, the nearest one last. Lines of one header are one list (RFC 9110, 5.3). `undefined` where they cannot be read. */
export function readHops(headers: ReceivedHeaders, header: ForwardedHeader): readonly Hop[] | undefined {
  const lines = headers.all(header);
  if (header === "forwarded") return parseForwarded(lines.join(","));
  // No proxy says for which hop it is: one that differs leaves open what is so, and the less is taken for granted.
  const protos = listOf(headers.all("x-forwarded-proto"));
  const proto = protos.every((one) => one === protos[0]) ? protos[0] : "http";
  return listOf(lines).map((text) => ({ from: addressIn(text), proto: proto?.toLowerCase() }));
}

function listOf(lines: readonly string[]): readonly string[] {
  const text = lines.join(",");
  return text.trim() === "" ? [] : text.split(",").map((one) => one.trim());
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
// RFC 7239, 4: pairs between semicolons, elements between commas. RFC 9110, 5.6.4 for what stands between quotes.
const pairForm = new RegExp(`[ \\t]*(?:(${token})=(?:(${token})|"((?:[^"\\\\]|\\\\.)*)"))?[ \\t]*(;|,|$)`, "y");

function parseForwarded(text: string): readonly Hop[] | undefined {
  const hops: Hop[] = [];
  let pairs = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    pairForm.lastIndex = at;
    const match = pairForm.exec(text);
    if (match === null) return undefined;
    const [whole, name, plain, quoted, end] = match;
    if (name !== undefined) {
      // RFC 7239, 4: each parameter once an element.
      if (pairs.has(name.toLowerCase())) return undefined;
      pairs.set(name.toLowerCase(), plain ?? (quoted ?? "").replace(/\\(.)/g, "$1"));
    }
    at += whole.length;
    if (end === ";") continue;
    if (pairs.size > 0) hops.push(hopOf(pairs));
    pairs = new Map();
  }
  return hops;
}

function hopOf(pairs: ReadonlyMap<string, string>): Hop {
  return {
    from: addressIn(pairs.get("for") ?? ""),
    proto: pairs.get("proto")?.toLowerCase(),
    host: pairs.get("host"),
  };
}

/** The address in `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80` (RFC 7239, 6). */
function addressIn(text: string): string | undefined {
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\]|([0-9.]+))(?::[0-9A-Za-z._-]+)?$/.exec(text) ?? [];
  return readAddress(bracketed ?? dotted ?? text)?.toString();
}
