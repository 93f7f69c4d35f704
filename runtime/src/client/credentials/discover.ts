import * as oauth from "oauth4webapi";
import { linkFault, urlFault } from "../../credentials/urls.js";
import type { TokenScheme } from "../../policy/index.js";
import { Failure } from "../failure.js";
import { tlsFault } from "../transports/tls-fault.js";
import type { ReachOptions } from "./reach.js";
import type { TokenSource } from "./token-source.js";

/** Where an authorization server is: its issuer, whose metadata says the rest, or the endpoints themselves. */
export interface Place {
  readonly kind: "issuer" | "endpoints";
  readonly url: URL;
}

/**
 * What code says goes before what the spec says, and an issuer goes before endpoints.
 * @throws Failure `configuration`
 */
export function placeOf(source: TokenSource, scheme: TokenScheme | undefined): Place {
  const isTold = source.tokenUrl !== undefined || source.authorizationUrl !== undefined;
  const issuer = source.issuer ?? (isTold ? undefined : issuerOf(scheme));
  const text = issuer ?? source.tokenUrl ?? source.authorizationUrl ?? scheme?.tokenUrl;
  if (text === undefined)
    throw new Failure("configuration", "The spec does not say where tokens come from: pass issuer or tokenUrl");
  const fault = urlFault(text);
  if (fault !== undefined) throw new Failure("configuration", `The authorization server ${text} ${fault}`);
  return { kind: issuer === undefined ? "endpoints" : "issuer", url: new URL(text) };
}

function issuerOf(scheme: TokenScheme | undefined): string | undefined {
  if (typeof scheme?.jwt.issuer === "string") return scheme.jwt.issuer;
  const discovery: unknown = scheme?.discovery;
  return typeof discovery === "string" ? discovery.replace(/\/\.well-known\/openid-configuration$/, "") : undefined;
}

/** What the authorization server offers. Endpoints that code names go before those of the metadata. */
export async function discover(
  { kind, url }: Place,
  source: TokenSource,
  scheme: TokenScheme | undefined,
  options: ReachOptions,
): Promise<oauth.AuthorizationServer> {
  const found = kind === "issuer" ? await metadataOf(url, options) : { issuer: url.origin };
  const token = source.tokenUrl ?? (kind === "issuer" ? undefined : scheme?.tokenUrl);
  const server: oauth.AuthorizationServer = {
    ...found,
    ...(token === undefined ? {} : { token_endpoint: token }),
    ...(source.authorizationUrl === undefined ? {} : { authorization_endpoint: source.authorizationUrl }),
    ...(source.deviceAuthorizationUrl === undefined
      ? {}
      : { device_authorization_endpoint: source.deviceAuthorizationUrl }),
    ...(source.revocationUrl === undefined ? {} : { revocation_endpoint: source.revocationUrl }),
  };
  judgeEndpoints(server, url);
  return server;
}

const endpoints = [
  "token_endpoint",
  "authorization_endpoint",
  "device_authorization_endpoint",
  "revocation_endpoint",
] as const;

function judgeEndpoints(server: oauth.AuthorizationServer, from: URL): void {
  for (const name of endpoints) {
    for (const url of [server[name], server.mtls_endpoint_aliases?.[name]]) {
      const fault = url === undefined ? undefined : linkFault(url, from.href);
      if (fault !== undefined) throw new Failure("configuration", `${name} of the authorization server ${fault}`);
    }
  }
}

/** OpenID Connect Discovery, then RFC 8414: whichever the server publishes. The issuer must be the one that was asked. */
async function metadataOf(issuer: URL, options: ReachOptions): Promise<oauth.AuthorizationServer> {
  const failures: unknown[] = [];
  for (const algorithm of ["oidc", "oauth2"] as const) {
    try {
      return await oauth.processDiscoveryResponse(
        issuer,
        await oauth.discoveryRequest(issuer, { algorithm, ...options }),
      );
    } catch (thrown) {
      // A certificate or a setting that is refused here is refused there.
      if (thrown instanceof Failure && thrown.code !== "network") throw thrown;
      failures.push(thrown);
    }
  }
  const fault = failures.map(tlsFault).find((code) => code !== undefined);
  if (fault !== undefined) throw new Failure("tls", `The authorization server's certificate is refused: ${fault}`);
  // Metadata of another issuer will be that in a second, too: only silence is worth another try.
  const other = failures.some(
    (one) => one instanceof oauth.OperationProcessingError && one.code === oauth.JSON_ATTRIBUTE_COMPARISON,
  );
  throw new Failure(
    other ? "configuration" : "network",
    `The authorization server ${issuer.href} does not say what it offers`,
    { cause: new AggregateError(failures) },
  );
}
