import type { IncomingMessage } from "node:http";

type Message = Pick<IncomingMessage, "httpVersion" | "httpVersionMajor" | "rawHeaders">;

/**
 * Why a message must not be taken for one request to one host: what stands before us could have read another out of it, and that is
 * how requests are smuggled (RFC 9112, 11.2). Most of it Node refuses by itself; this is what it lets through.
 */
export function framingFault({ httpVersion, httpVersionMajor, rawHeaders }: Message): string | undefined {
  if (httpVersionMajor >= 2) return authorityFault(rawHeaders);
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return "The version of HTTP is not one that is spoken.";
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === "host") hosts++;
    if (name?.length !== 17 || name.toLowerCase() !== "transfer-encoding") continue;
    // RFC 9112, 6.1: HTTP/1.0 has no transfer codings, and a proxy of its time passes the header on unread.
    if (httpVersion === "1.0") return "HTTP/1.0 has no transfer codings.";
    if (rawHeaders[at + 1]?.toLowerCase() !== "chunked") return "The transfer coding is not one that is read.";
  }
  // RFC 9112, 3.2.
  return hosts === 1 ? undefined : "One Host is wanted.";
}

/** RFC 9113, 8.3.1: a Host that says something else than `:authority` makes the request malformed. */
function authorityFault(raw: readonly string[]): string | undefined {
  const named = new Set<string>();
  for (let at = 0; at < raw.length; at += 2)
    if (raw[at] === ":authority" || raw[at] === "host") named.add((raw[at + 1] ?? "").toLowerCase());
  return named.size === 1 ? undefined : "One authority is wanted.";
}

/**
 * The header section of HTTP/2 as HTTP/1.1 would have it: the authority is the Host, and the crumbs of Cookie are one line again
 * (RFC 9113, 8.2.3 and 8.3.1).
 */
export function asHttp1(raw: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const crumbs: string[] = [];
  let host: string | undefined;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? "";
    const value = raw[at + 1] ?? "";
    if (name === ":authority") host ??= value;
    else if (name === "host") host = value;
    else if (name === "cookie") crumbs.push(value);
    else if (!name.startsWith(":")) lines.push(name, value);
  }
  if (host !== undefined) lines.push("host", host);
  if (crumbs.length > 0) lines.push("cookie", crumbs.join("; "));
  return lines;
}
