import * as oauth from "oauth4webapi";
import type { TokenCredential } from "../contract.js";
import { Failure } from "../failure.js";
import { askingOf, issued, type TokenSource } from "./authorization-server.js";
import { type IssuedToken, tokenCredential } from "./token.js";

/** Where the refresh token is kept. It changes with every use, so what is not saved is lost. */
export interface RefreshTokenStore {
  readonly load: () => string | undefined | Promise<string | undefined>;
  readonly save: (refreshToken: string) => void | Promise<void>;
}

type Issued = IssuedToken & { readonly refreshToken: string | undefined };

/** How a session is continued. */
export type RefreshOptions = TokenSource &
  (
    | { readonly refreshToken: string; readonly onRotate?: (refreshToken: string) => void | Promise<void> }
    | { readonly store: RefreshTokenStore }
  );

/**
 * The refresh token grant (RFC 6749, 6) with rotation (RFC 9700, 4.14.2): one refresh at a time, the new token is saved before the access
 * token is used, and a session that the server ended is not asked for again.
 */
export function refreshToken(options: RefreshOptions): TokenCredential {
  const asking = askingOf(options);
  const store = storeOf(options);
  /** Issued, and its refresh token not saved yet: the one in the store is spent, and using it again would end the session. */
  let unsaved: Issued | undefined;
  const kept = async (token: Issued): Promise<Issued> => {
    const { refreshToken: next } = token;
    if (next === undefined) return token;
    unsaved = token;
    await stored("saved", () => store.save(next));
    unsaved = undefined;
    return token;
  };
  return tokenCredential(
    async (request) => {
      if (unsaved !== undefined) return await kept(unsaved);
      const { server, client, authentication, options: asked, keys } = await asking(request);
      const old = await stored("loaded", () => store.load());
      if (old === undefined) throw new Failure("credential_rejected", "There is no refresh token: sign in again");
      const extra = options.resource === undefined ? {} : { additionalParameters: { resource: options.resource } };
      const token = await issued(
        async () => {
          const response = await oauth.refreshTokenGrantRequest(server, client, authentication, old, {
            ...asked(request.signal),
            ...extra,
          });
          return oauth.processRefreshTokenResponse(server, client, response);
        },
        request.now,
        keys,
      );
      // Saved first: were the process to end now, the old one would be refused as a replay, and the session with it.
      return token.refreshToken === old ? token : kept(token);
    },
    // One session, one token: narrower scopes would be another refresh each.
    () => "",
  );
}

async function stored<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new Failure("credential_missing", `The refresh token could not be ${what}`, { cause });
  }
}

function storeOf(options: RefreshOptions): RefreshTokenStore {
  if ("store" in options) return options.store;
  let current = options.refreshToken;
  return {
    load: () => current,
    save: async (next) => {
      current = next;
      await options.onRotate?.(next);
    },
  };
}
