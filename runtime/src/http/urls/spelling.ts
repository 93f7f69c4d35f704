/**
 * A URL that has one meaning for whoever reads it; or, in words, why it has not. The URL parser mends what no URL may hold, and other parsers
 * mend it otherwise: `http://127.1` and `http://0x7f000001` are `127.0.0.1` to one, and names to another. So what must be mended is refused.
 */
export function readUrl(text: string): URL | string {
  // RFC 3986, 2: of ASCII, and without a backslash, which some read as a slash. Names of other scripts come in Punycode (RFC 5891).
  if (!/^[!-[\]-~]+$/.test(text) || !URL.canParse(text)) return "is no absolute URL";
  const url = new URL(text);
  // RFC 9110, 4.2.4: a user in a URL is an error, and hides who is called.
  if (url.username !== "" || url.password !== "") return "holds credentials";
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(text)?.[1]?.toLowerCase();
  if (url.hostname === "" || authority === undefined) return "names no host";
  if (url.hostname.endsWith(".")) return "has a host that ends with a dot";
  if (authority !== `${url.hostname}:${portOf(url)}` && authority !== url.host)
    return "spells its host or port in an unusual way";
  return url;
}

const usualPorts: Readonly<Record<string, string>> = { "http:": "80", "https:": "443", "ws:": "80", "wss:": "443" };

/** The port that is called. */
export function portOf(url: URL): string {
  return url.port === "" ? (usualPorts[url.protocol] ?? "") : url.port;
}

/** The host without the brackets of an IPv6 address (RFC 3986, 3.2.2). */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/** Whether the host is an address. As the URL parser has it, no name ends with a number. */
export function isAddressed(url: URL): boolean {
  return url.hostname.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(url.hostname);
}
