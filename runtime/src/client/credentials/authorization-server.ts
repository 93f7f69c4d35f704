import * as oauth from "oauth4webapi";
import type { TokenScheme } from "../../policy/index.js";
import type { PossessionKey, ProofRequest } from "../contract.js";
import { Failure } from "../failure.js";
import { dpopKeys } from "../possession.js";
import { tlsFault } from "../transports/tls-fault.js";
import { authenticationOf } from "./client-authentication.js";
import { discover, placeOf } from "./discover.js";
import { type Reach, type ReachOptions, reachOptions } from "./reach.js";
import type { TokenSource } from "./token-source.js";
import type { Tokens } from "./tokens.js";

/** An authorization server, and how to ask it. */
export interface Asking {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  readonly options: ReachOptions & { readonly DPoP?: oauth.DPoPHandle };
  readonly keys: PossessionKey | undefined;
}

/** Who asks: a call of a client, or a flow that stands before any call. */
export type Asker = Pick<ProofRequest, "signal"> & Partial<Pick<ProofRequest, "api" | "scheme" | "tls" | "origin">>;

/** What is found out once of an authorization server. */
interface Found {
  readonly server: oauth.AuthorizationServer;
  readonly keys: PossessionKey | undefined;
  readonly DPoP: oauth.DPoPHandle | undefined;
}

/** Finds the authorization server of a scheme, once. A failure is not remembered. */
export function askingOf(source: TokenSource): (asker: Asker) => Promise<Asking> {
  let found: Promise<Found> | undefined;
  return async (asker) => {
    const scheme = schemeOf(asker);
    const place = placeOf(source, scheme);
    const isBound = scheme?.kind === "token" && scheme.binding === "mtls";
    const showsCertificate = isBound || source.clientAuthentication?.showsCertificate === true;
    const { signal, tls, origin } = asker;
    const reach: Reach = {
      source,
      client: origin === undefined ? undefined : { tls, origin },
      showsCertificate,
      signal,
    };
    const options = reachOptions(reach, place.url.protocol === "http:");
    found ??= discover(place, source, scheme, options)
      .then(async (server) => gathered(server, await keysOf(source, asker)))
      .catch((thrown: unknown) => {
        found = undefined;
        throw thrown;
      });
    const { server, keys, DPoP } = await found;
    const authentication = authenticationOf(
      source.clientAuthentication,
      source.clientSecret,
      server.token_endpoint_auth_methods_supported,
    );
    return {
      server,
      // RFC 8705, 5: where certificates are shown, the endpoints that take them go first.
      client: { client_id: source.clientId, use_mtls_endpoint_aliases: showsCertificate },
      authentication: authentication.apply,
      options: DPoP === undefined ? options : { ...options, DPoP },
      keys,
    };
  };
}

function gathered(server: oauth.AuthorizationServer, keys: PossessionKey | undefined): Found {
  return { server, keys, DPoP: keys === undefined ? undefined : oauth.DPoP({}, keys) };
}

function schemeOf({ api, scheme }: Asker): TokenScheme | undefined {
  const policy = scheme === undefined ? undefined : api?.schemes[scheme];
  return policy?.kind === "token" ? policy : undefined;
}

/** RFC 9449: tokens are bound where the spec says so, and nowhere else: a server that expects none refuses a bound one. */
async function keysOf(source: TokenSource, asker: Asker): Promise<PossessionKey | undefined> {
  // Before any call, there is no spec to ask: what code says goes.
  if (asker.api === undefined) return source.dpop;
  const binding = schemeOf(asker)?.binding;
  if (binding === "dpop") return source.dpop ?? (await dpopKeys());
  if (source.dpop === undefined) return undefined;
  throw new Failure("configuration", `${asker.scheme}: dpop is set, and the spec does not say binding: dpop`);
}

/**
 * A token response, judged.
 * @throws Failure `session_ended` when the grant is no longer good, `credential_rejected` when the server refuses for another reason.
 */
export async function issued(
  ask: () => Promise<oauth.TokenEndpointResponse>,
  { keys, options }: Pick<Asking, "keys" | "options">,
  now: number,
): Promise<Tokens & { readonly accessToken: string }> {
  try {
    const token = await withNonce(ask);
    // RFC 6749, 5.1: the type says how the token is used. RFC 9449, 5: one that is not bound although it should be is not taken.
    if (token.token_type !== (keys === undefined ? "bearer" : "dpop"))
      throw new Failure("credential_rejected", `The token is of type ${token.token_type}`);
    return {
      accessToken: token.access_token,
      issuedAt: now,
      ...(token.expires_in === undefined ? {} : { expiresAt: now + token.expires_in * 1_000 }),
      ...(token.refresh_token === undefined ? {} : { refreshToken: token.refresh_token }),
      ...(token.scope === undefined ? {} : { scope: token.scope }),
      ...(token.id_token === undefined ? {} : { idToken: token.id_token }),
      ...(options.DPoP === undefined ? {} : { boundTo: await options.DPoP.calculateThumbprint() }),
    };
  } catch (thrown) {
    throw judged(thrown);
  }
}

/** RFC 9449, 8: the server may want a nonce in the proof, and says which; once. */
export async function withNonce<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    if (!oauth.isDPoPNonceError(thrown)) throw thrown;
    return ask();
  }
}

/** What an authorization server's refusal means to a caller. */
export function judged(thrown: unknown): unknown {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof oauth.ResponseBodyError || thrown instanceof oauth.AuthorizationResponseError) {
    const code = thrown.error === "invalid_grant" ? "session_ended" : "credential_rejected";
    return new Failure(code, `The authorization server refused: ${thrown.error}`, { cause: thrown });
  }
  if (thrown instanceof oauth.WWWAuthenticateChallengeError)
    return new Failure("credential_rejected", "The authorization server does not know this client", { cause: thrown });
  // What it answered is not what was asked for: of another state, issuer, nonce, client.
  if (thrown instanceof oauth.OperationProcessingError && thrown.code !== oauth.RESPONSE_IS_NOT_CONFORM)
    return new Failure("credential_rejected", `The authorization server's answer is not taken: ${thrown.message}`, {
      cause: thrown,
    });
  const fault = tlsFault(thrown);
  if (fault !== undefined)
    return new Failure("tls", `The authorization server's certificate is refused: ${fault}`, { cause: thrown });
  return new Failure("network", "The authorization server did not answer", { cause: thrown });
}

/** Form parameters, without those that are not said. */
export function form(fields: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const said = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, value] as [string, string]],
  );
  return new URLSearchParams(said);
}
