import * as oauth from "oauth4webapi";
import { linkFault, urlFault } from "../../credentials/urls.js";
import type { PossessionKey, ProofRequest } from "../contract.js";
import { Failure } from "../failure.js";
import { dpopKeys } from "../possession.js";
import { tlsFault } from "../transports/tls-fault.js";
import { type IssuedToken, SessionEnded } from "./token.js";

/** Where tokens come from, and who asks for them. */
export interface TokenSource {
  readonly clientId: string;
  /** Sent by HTTP basic (RFC 6749, 2.3.1). A public client has none. */
  readonly clientSecret?: string;
  /** The authorization server. Default: the one that the spec names. */
  readonly issuer?: string;
  /** Its token endpoint, where it publishes no metadata. */
  readonly tokenUrl?: string;
  /** Scopes to ask for. Default: those that the operation needs, so that a token can do no more than its call. */
  readonly scope?: string;
  /** The API that the token is for (RFC 8707), where the server wants to be told. */
  readonly resource?: string;
  /**
   * The key that tokens are bound to, where the spec says `binding: dpop`. Default: a new one. A refresh token of a public client
   * is bound as well (RFC 9449, 5), and is no good without the key that it was got with.
   */
  readonly dpop?: PossessionKey;
}

/** An authorization server, and how to ask it. */
export interface Asking {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  readonly options: (signal: AbortSignal) => AskingOptions & { readonly signal: AbortSignal };
  readonly keys: PossessionKey | undefined;
}

/** What goes with each request to the token endpoint. */
export interface AskingOptions {
  readonly [oauth.allowInsecureRequests]: boolean;
  readonly DPoP?: oauth.DPoPHandle;
}

/** Finds the authorization server of a scheme, once. A failure is not remembered. */
export function askingOf(source: TokenSource): (request: ProofRequest) => Promise<Asking> {
  let found: Promise<Asking> | undefined;
  return (request) => {
    found ??= discover(source, request).catch((thrown: unknown) => {
      found = undefined;
      throw thrown;
    });
    return found;
  };
}

async function discover(source: TokenSource, request: ProofRequest): Promise<Asking> {
  const place = placeOf(source, request);
  const insecure = place.url.protocol === "http:";
  const options = (signal: AbortSignal) => ({ signal, [oauth.allowInsecureRequests]: insecure });
  const server =
    place.kind === "endpoint"
      ? { issuer: place.url.origin, token_endpoint: place.url.href }
      : await metadataOf(place.url, options(request.signal));
  if (server.token_endpoint === undefined)
    throw new Failure("configuration", `${place.url.href} has no token endpoint`);
  const fault = linkFault(server.token_endpoint, place.url.href);
  if (fault !== undefined) throw new Failure("configuration", `The token endpoint ${fault}`);
  const authentication =
    source.clientSecret === undefined ? oauth.None() : oauth.ClientSecretBasic(source.clientSecret);
  const client = { client_id: source.clientId };
  const keys = await keysOf(source, request);
  const asking = { server, client, authentication, keys };
  if (keys === undefined) return { ...asking, options };
  const DPoP = oauth.DPoP({}, keys);
  return { ...asking, options: (signal) => ({ ...options(signal), DPoP }) };
}

/** RFC 9449: tokens are bound where the spec says so, and nowhere else: a server that expects none refuses a bound one. */
async function keysOf(source: TokenSource, request: ProofRequest): Promise<PossessionKey | undefined> {
  const scheme = request.api.schemes[request.scheme];
  const binding = scheme?.kind === "token" ? scheme.binding : undefined;
  if (binding === "dpop") return source.dpop ?? (await dpopKeys());
  if (source.dpop === undefined) return undefined;
  throw new Failure("configuration", `${request.scheme}: dpop is set, and the spec does not say binding: dpop`);
}

type Place = { readonly kind: "issuer" | "endpoint"; readonly url: URL };

/** What code says goes before what the spec says, and an issuer goes before an endpoint. */
function placeOf(source: TokenSource, request: ProofRequest): Place {
  const scheme = request.api.schemes[request.scheme];
  const policy = scheme?.kind === "token" ? scheme : undefined;
  const issuer = source.issuer ?? (source.tokenUrl === undefined ? issuerOf(policy) : undefined);
  const text = issuer ?? source.tokenUrl ?? policy?.tokenUrl;
  if (text === undefined) {
    const message = `The spec does not say where tokens of ${request.scheme} come from: pass issuer or tokenUrl`;
    throw new Failure("configuration", message);
  }
  const fault = urlFault(text);
  if (fault !== undefined) throw new Failure("configuration", `The authorization server ${text} ${fault}`);
  return { kind: issuer === undefined ? "endpoint" : "issuer", url: new URL(text) };
}

function issuerOf(
  policy: { readonly discovery?: unknown; readonly jwt: { readonly issuer?: unknown } } | undefined,
): string | undefined {
  if (typeof policy?.jwt.issuer === "string") return policy.jwt.issuer;
  const discovery = policy?.discovery;
  return typeof discovery === "string" ? discovery.replace(/\/\.well-known\/openid-configuration$/, "") : undefined;
}

/** OpenID Connect Discovery, then RFC 8414: whichever the server publishes. The issuer must be the one that was asked. */
async function metadataOf(issuer: URL, options: ReturnType<Asking["options"]>): Promise<oauth.AuthorizationServer> {
  const failures: unknown[] = [];
  for (const algorithm of ["oidc", "oauth2"] as const) {
    try {
      return await oauth.processDiscoveryResponse(
        issuer,
        await oauth.discoveryRequest(issuer, { algorithm, ...options }),
      );
    } catch (thrown) {
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

/**
 * A token response, judged.
 * @throws Failure `credential_rejected` when the server refuses, SessionEnded when it will always refuse.
 */
export async function issued(
  response: () => Promise<oauth.TokenEndpointResponse>,
  now: () => number,
  keys: PossessionKey | undefined,
): Promise<IssuedToken & { readonly refreshToken: string | undefined }> {
  try {
    const token = await withNonce(response);
    // RFC 6749, 5.1: the type says how the token is used. RFC 9449, 5: one that is not bound although it should be is not taken.
    if (token.token_type !== (keys === undefined ? "bearer" : "dpop"))
      throw new Failure("credential_rejected", `The token is of type ${token.token_type}`);
    const expiresAt = token.expires_in === undefined ? undefined : now() + token.expires_in * 1_000;
    return { accessToken: token.access_token, expiresAt, refreshToken: token.refresh_token, keys };
  } catch (thrown) {
    throw judged(thrown);
  }
}

/** RFC 9449, 8: the server may want a nonce in the proof, and says which; once. */
async function withNonce<T>(response: () => Promise<T>): Promise<T> {
  try {
    return await response();
  } catch (thrown) {
    if (!oauth.isDPoPNonceError(thrown)) throw thrown;
    return response();
  }
}

function judged(thrown: unknown): unknown {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof oauth.ResponseBodyError) {
    const failure = new Failure("credential_rejected", `The authorization server refused: ${thrown.error}`, {
      cause: thrown,
    });
    return thrown.error === "invalid_grant" ? new SessionEnded(failure) : failure;
  }
  if (thrown instanceof oauth.WWWAuthenticateChallengeError) {
    return new Failure("credential_rejected", "The authorization server does not know this client", { cause: thrown });
  }
  const fault = tlsFault(thrown);
  if (fault !== undefined)
    return new Failure("tls", `The authorization server's certificate is refused: ${fault}`, { cause: thrown });
  return new Failure("network", "The authorization server did not answer", { cause: thrown });
}
