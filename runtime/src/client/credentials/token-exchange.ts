import * as oauth from "oauth4webapi";
import type { TokenCredential } from "../contract.js";
import { Failure } from "../failure.js";
import { askingOf, form, issued } from "./authorization-server.js";
import { tokenCredential } from "./token.js";
import type { TokenSource } from "./token-source.js";

const grant = "urn:ietf:params:oauth:grant-type:token-exchange";
const types = {
  access_token: "urn:ietf:params:oauth:token-type:access_token",
  id_token: "urn:ietf:params:oauth:token-type:id_token",
  jwt: "urn:ietf:params:oauth:token-type:jwt",
} as const;

/** A token that is shown in exchange for another, and what it is. */
export interface ShownToken {
  readonly token: string;
  /** Default: `access_token`. */
  readonly type?: keyof typeof types;
}

/** What is exchanged for what. */
export interface ExchangeOptions extends TokenSource {
  /** On whose behalf the new token is used. Asked for each time that a token is got. */
  readonly subject: () => ShownToken | Promise<ShownToken>;
  /** Who uses it, where that is not the client. */
  readonly actor?: () => ShownToken | Promise<ShownToken>;
  /** The name of the API that the token is for, where the server knows it by one. */
  readonly audience?: string;
}

/**
 * Exchanges a token of a caller for one that is good for the API behind (RFC 8693): narrower, and for that API alone. One credential is
 * for one subject: a server that calls on behalf of many makes one each.
 */
export function tokenExchange(options: ExchangeOptions): TokenCredential {
  const asking = askingOf(options);
  return tokenCredential(
    async (request, scope) => {
      const { server, client, authentication, options: asked, keys } = await asking(request);
      const [subject, actor] = [await options.subject(), await options.actor?.()];
      const parameters = form({
        subject_token: subject.token,
        subject_token_type: types[subject.type ?? "access_token"],
        actor_token: actor?.token,
        actor_token_type: actor === undefined ? undefined : types[actor.type ?? "access_token"],
        requested_token_type: types.access_token,
        audience: options.audience,
        resource: options.resource,
        scope,
      });
      const token = await issued(
        async () => {
          const response = await oauth.genericTokenEndpointRequest(
            server,
            client,
            authentication,
            grant,
            parameters,
            asked,
          );
          return accessToken(await oauth.processGenericTokenEndpointResponse(server, client, response));
        },
        { keys, options: asked },
        request.now(),
      );
      return { ...token, keys };
    },
    ({ scopes }) => options.scope ?? [...scopes].sort().join(" "),
  );
}

/** RFC 8693, 2.2.1: what comes back says what it is. An ID token is no access token. */
function accessToken(token: oauth.TokenEndpointResponse): oauth.TokenEndpointResponse {
  const type = token.issued_token_type;
  if (type === types.access_token || type === types.jwt) return token;
  throw new Failure("credential_rejected", "What the authorization server issued is no access token");
}
