import { type AddressRange, isWithin, readAddress, readRange } from "../http/address.js";
import type { ClientCertificate, Exchange, ReceivedHeaders, TlsFacts } from "../http/exchange.js";
import { type ForwardedHeader, type Hop, readHops } from "../http/forwarded.js";
import type { ApiPolicy } from "../policy/index.js";
import type { Complain } from "../problem/start-error.js";

/** Which proxies stand before this server, and what they may say of a request. What others say in the same headers is not read. */
export interface ProxyOptions {
  /** Their addresses, and ranges of them: `10.0.0.0/8`, `2001:db8::/32`. Default: `trustedProxies` of the spec's first server. */
  readonly trusted?: readonly string[];
  /** The header in which they say who called; `x-forwarded-for` where absent. They must set it, or add to it. */
  readonly forwarded?: ForwardedHeader;
  /** Reads the certificate that the caller showed to a proxy, from the header in which the proxy hands it on. */
  readonly certificates?: CertificateReader;
}

/** Reads a certificate out of a header section: `clientCertHeader` and `xfccHeader` of `@sallyport/runtime/node` make one. */
export type CertificateReader = (headers: ReceivedHeaders) => ClientCertificate | undefined;

/** The request as the first proxy that is trusted got it. */
export type Unproxy = (exchange: Exchange) => Exchange;

/** Compiles the proxies of a server; `undefined` where there are none. */
export function compileProxies(
  { servers: [server] }: ApiPolicy,
  options: ProxyOptions,
  complain: Complain,
): Unproxy | undefined {
  const { trusted: listed = server?.trustedProxies ?? [], certificates } = options;
  const { forwarded = server?.forwarded ?? "x-forwarded-for" } = options;
  const ranges = listed.map((text) => readRange(text));
  const unread = listed.filter((_, at) => ranges[at] === undefined);
  for (const text of unread)
    complain("invalid_option", `proxies: "${text}" is no address and no range of addresses, like 10.0.0.0/8.`);
  const trusted = ranges.filter((one) => one !== undefined);
  if (listed.length === 0 && certificates !== undefined)
    complain("invalid_option", "proxies: certificates are read from proxies that are listed, and trusted lists none.");
  if (trusted.length === 0) return undefined;
  const isTrusted = remembered((text) => isListed(text, trusted));
  return (exchange) => {
    const { address, headers } = exchange;
    if (address === undefined || !isTrusted(address)) return exchange;
    const hop = callerOf(readHops(headers, forwarded), isTrusted);
    return seenAs(exchange, hop, certificates?.(headers));
  };
}

function isListed(text: string, ranges: readonly AddressRange[]): boolean {
  const address = readAddress(text.replace(/%.*$/, ""));
  return address !== undefined && isWithin(address, ranges);
}

const most = 1_000;

/** Connections come from few proxies, and each of them over and over. */
function remembered(judge: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const judged = judge(text);
    if (known.size >= most) known.clear();
    known.set(text, judged);
    return judged;
  };
}

/** From the nearest hop on: the first that no proxy of ours made (R40). What stands before it, the caller may have written. */
function callerOf(hops: readonly Hop[] | undefined, isTrusted: (text: string) => boolean): Hop | undefined {
  let last: Hop | undefined;
  for (const hop of [...(hops ?? [])].reverse()) {
    last = hop;
    if (hop.from === undefined || !isTrusted(hop.from)) break;
  }
  return last;
}

function seenAs(exchange: Exchange, hop: Hop | undefined, certificate: ClientCertificate | undefined): Exchange {
  // Without a hop the proxy has called by itself, to see whether we are alive.
  const address = hop === undefined ? exchange.address : hop.from;
  const headers = hop?.host === undefined ? exchange.headers : new HeadersOf(exchange.headers, hop.host);
  return new Unproxied(exchange, headers, address, tlsOf(exchange, hop, certificate));
}

/** The certificate of the connection is the proxy's own, and never that of a caller. */
function tlsOf(
  exchange: Exchange,
  hop: Hop | undefined,
  certificate: ClientCertificate | undefined,
): TlsFacts | undefined {
  const isSecure = hop?.proto === undefined ? exchange.tls !== undefined : hop.proto === "https";
  if (!isSecure && certificate === undefined) return undefined;
  return { protocol: exchange.tls?.protocol ?? "TLS", certificate };
}

/** A view on a view: nothing of the exchange is asked for before somebody needs it. */
class Unproxied implements Exchange {
  readonly #inner: Exchange;

  constructor(
    inner: Exchange,
    readonly headers: ReceivedHeaders,
    readonly address: string | undefined,
    readonly tls: TlsFacts | undefined,
  ) {
    this.#inner = inner;
  }

  get method(): string {
    return this.#inner.method;
  }

  get target(): string {
    return this.#inner.target;
  }

  get malformed(): string | undefined {
    return this.#inner.malformed;
  }

  get signal(): AbortSignal {
    return this.#inner.signal;
  }

  read(limit: number): ReturnType<Exchange["read"]> {
    return this.#inner.read(limit);
  }

  chunks(): AsyncIterable<Uint8Array> {
    return this.#inner.chunks();
  }
}

/** A header section in which the host is another one. */
class HeadersOf implements ReceivedHeaders {
  readonly #inner: ReceivedHeaders;
  readonly #host: readonly string[];

  constructor(inner: ReceivedHeaders, host: string) {
    this.#inner = inner;
    this.#host = [host];
  }

  all(name: string): readonly string[] {
    return name === "host" ? this.#host : this.#inner.all(name);
  }

  exceeds(lines: number, octets: number): boolean {
    return this.#inner.exceeds?.(lines, octets) === true;
  }
}
