import * as oauth from "oauth4webapi";
import type { ProofRequest, TokenCredential } from "../contract.js";
import { Failure } from "../failure.js";
import { type Asking, askingOf, form, issued } from "./authorization-server.js";
import { type IssuedToken, tokenCredential } from "./token.js";
import type { TokenSource } from "./token-source.js";
import { renewalOf, type TokenStore, type Tokens } from "./tokens.js";

/** What one is told when a session is over: the user must sign in again. */
export interface SessionEnd {
  readonly reason: "invalid_grant";
  readonly failure: Failure;
}

/** How a session is continued. */
export interface SessionOptions extends TokenSource {
  /** What signing in has left, and where the next tokens are kept. */
  readonly store: TokenStore;
  /** Told once when the authorization server has ended the session. */
  readonly onEnd?: (end: SessionEnd) => void;
}

/** A refresh token that was refused: asking again would ask in vain. */
interface Refused {
  readonly token: string | undefined;
  readonly failure: Failure;
}

/**
 * A session that a user has signed in to: its access token as long as it is good, then a refresh (RFC 6749, 6) with rotation (RFC 9700,
 * 4.14.2). One refresh at a time, in all processes that share a store which locks; the new tokens are saved before they are used; a
 * session that the server ended is not asked for again.
 */
export function session(options: SessionOptions): TokenCredential {
  const { store } = options;
  const asking = askingOf(options);
  /** Issued, and not saved yet: the refresh token in the store is spent, and using it again would end the session. */
  let unsaved: Tokens | undefined;
  let refused: Refused | undefined;

  const kept = async (tokens: Tokens): Promise<Tokens> => {
    unsaved = tokens;
    await stored("saved", () => store.save(tokens));
    unsaved = undefined;
    return tokens;
  };
  /** Tries what the store holds, and once more where somebody without the lock was faster: then it holds the token that goes on. */
  const renewed = async (held: Tokens | undefined, asked: Asking, now: number): Promise<Tokens> => {
    if (held?.refreshToken === undefined || held.refreshToken === refused?.token) throw refused?.failure ?? signedOut();
    try {
      return await kept(await refreshed(held, held.refreshToken, asked, { resource: options.resource, now }));
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.code !== "session_ended") throw thrown;
      refused = { token: held.refreshToken, failure: thrown };
      const next = await stored("loaded", () => store.load());
      if (next?.refreshToken !== undefined && next.refreshToken !== refused.token) return renewed(next, asked, now);
      await stored("cleared", () => store.clear());
      options.onEnd?.({ reason: "invalid_grant", failure: thrown });
      throw thrown;
    }
  };
  const tokensFor = async (request: ProofRequest, stale: string | undefined): Promise<IssuedToken> => {
    const asked = await asking(request);
    const now = request.now();
    if (unsaved !== undefined) return usable(await kept(unsaved), asked);
    const held = await stored("loaded", () => store.load());
    const isGood = held !== undefined && (await lasts(held, asked, stale, now));
    return usable(isGood ? held : await renewed(held, asked, now), asked);
  };
  return tokenCredential(
    (request, _scope, stale) => {
      const work = () => tokensFor(request, stale);
      return store.exclusively === undefined ? work() : store.exclusively(work, request.signal);
    },
    // One session, one token: narrower scopes would be another refresh each.
    () => "",
  );
}

/** Whether an access token of the store can still be used: not the one that was just refused, nor one that is bound to another key. */
async function lasts(held: Tokens, { options }: Asking, stale: string | undefined, now: number): Promise<boolean> {
  if (held.accessToken === undefined || held.accessToken === stale) return false;
  if (now >= renewalOf(held.expiresAt, held.issuedAt ?? now)) return false;
  return held.boundTo === (await options.DPoP?.calculateThumbprint());
}

async function refreshed(
  held: Tokens,
  old: string,
  asked: Asking,
  { resource, now }: { readonly resource: string | undefined; readonly now: number },
): Promise<Tokens> {
  const { server, client, authentication, options } = asked;
  const tokens = await issued(
    async () => {
      const additionalParameters = form({ resource });
      const request = { ...options, additionalParameters };
      const response = await oauth.refreshTokenGrantRequest(server, client, authentication, old, request);
      return oauth.processRefreshTokenResponse(server, client, response);
    },
    asked,
    now,
  );
  // A server that does not rotate says nothing: the old ones go on.
  return { ...tokens, refreshToken: tokens.refreshToken ?? old, ...idTokenOf(tokens.idToken ?? held.idToken) };
}

function idTokenOf(idToken: string | undefined): Pick<Tokens, "idToken"> {
  return idToken === undefined ? {} : { idToken };
}

function usable({ accessToken = "", expiresAt, issuedAt }: Tokens, { keys }: Asking): IssuedToken {
  return { accessToken, expiresAt, issuedAt, keys };
}

function signedOut(): Failure {
  return new Failure("session_ended", "There is no session: sign in");
}

async function stored<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new Failure("credential_missing", `The tokens could not be ${what}`, { cause });
  }
}
