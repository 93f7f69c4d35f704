import { Agent, type Dispatcher, EnvHttpProxyAgent, ProxyAgent } from "undici";
import { Failure } from "../failure.js";
import type { TransportOptions } from "./options.js";
import type { ConnectOptions } from "./tls-options.js";

/**
 * What dispatches the requests to one origin: directly, or through a proxy's tunnel. `connect` alone would hold for direct connections
 * only; `requestTls` is what is spoken inside of a tunnel.
 * @throws Failure `configuration`
 */
export function dispatcherOf({ proxy, http2: allowH2 = false }: TransportOptions, connect: ConnectOptions): Dispatcher {
  if (proxy === undefined) return new Agent({ connect, allowH2 });
  if (proxy === "environment") return new EnvHttpProxyAgent({ connect, requestTls: connect, proxyTls, allowH2 });
  const { url, token, ca } = proxy;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Failure("configuration", "proxy.url is no http or https URL");
  return new ProxyAgent({
    uri: url,
    ...(token === undefined ? {} : { token }),
    requestTls: connect,
    proxyTls: { ...proxyTls, ...(ca === undefined ? {} : { ca }) },
    allowH2,
  });
}

/** The proxy's own TLS, where it has any. */
const proxyTls = { rejectUnauthorized: true, minVersion: "TLSv1.2" } as const;
