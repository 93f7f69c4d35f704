import * as oauth from "oauth4webapi";
import type { TokenCredential } from "../contract.js";
import { Failure } from "../failure.js";
import { askingOf, issued, type TokenSource } from "./authorization-server.js";
import { tokenCredential } from "./token.js";

/** Where the refresh token is kept. It changes with every use, so what is not saved is lost. */
export interface RefreshTokenStore {
  readonly load: () => string | undefined | Promise<string | undefined>;
  readonly save: (refreshToken: string) => void | Promise<void>;
}

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
  return tokenCredential(
    async (request) => {
      const { server, client, authentication, options: asked } = await asking(request);
      const old = await store.load();
      if (old === undefined) throw new Failure("credential_rejected", "There is no refresh token: sign in again");
      const extra = options.resource === undefined ? {} : { additionalParameters: { resource: options.resource } };
      const token = await issued(async () => {
        const response = await oauth.refreshTokenGrantRequest(server, client, authentication, old, {
          ...asked(request.signal),
          ...extra,
        });
        return oauth.processRefreshTokenResponse(server, client, response);
      }, request.now);
      // Saved first: were the process to end now, the old one would be refused as a replay, and the session with it.
      if (token.refreshToken !== undefined && token.refreshToken !== old) await store.save(token.refreshToken);
      return token;
    },
    // One session, one token: narrower scopes would be another refresh each.
    () => "",
  );
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
