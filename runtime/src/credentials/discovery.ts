import { type Fetch, fetchJson } from "./fetch-json.js";
import { linkFault } from "./urls.js";

/** Where an issuer's metadata may be: OpenID Connect Discovery 1.0, 4.1 appends, RFC 8414, 3.1 inserts. */
export function metadataUrls(issuer: string): readonly string[] {
  const url = new URL(issuer);
  const path = url.pathname.replace(/\/$/, "");
  return [
    `${url.origin}${path}/.well-known/openid-configuration`,
    `${url.origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

/**
 * The key set that an issuer's metadata names.
 * @throws when no metadata is found, or when it is not this issuer's.
 */
export async function discoverJwksUri(fetch: Fetch, issuer: string, urls: readonly string[]): Promise<string> {
  for (const url of urls) {
    const metadata = await fetchJson(fetch, url);
    if (metadata !== undefined) return judgeMetadata(metadata, issuer, url);
  }
  throw new Error(`No metadata of the issuer at ${urls.join(" or ")}`);
}

/** RFC 8414, 3.3: metadata with another issuer must not be used. Not checked: what else it says; only the keys are asked for. */
function judgeMetadata(metadata: unknown, issuer: string, url: string): string {
  if (typeof metadata !== "object" || metadata === null) throw new Error(`The metadata at ${url} is not an object`);
  const { issuer: stated, jwks_uri: jwksUri } = metadata as Readonly<Record<string, unknown>>;
  if (stated !== issuer) throw new Error(`The metadata at ${url} is of another issuer`);
  if (typeof jwksUri !== "string") throw new Error(`The metadata at ${url} names no key set`);
  const fault = linkFault(jwksUri, issuer);
  if (fault !== undefined) throw new Error(`The key set that ${url} names ${fault}`);
  return jwksUri;
}
