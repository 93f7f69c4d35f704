import * as oauth from "oauth4webapi";
import type { TokenCredential } from "../contract.js";
import { askingOf, issued, type TokenSource } from "./authorization-server.js";
import { tokenCredential } from "./token.js";

/**
 * The client credentials grant (RFC 6749, 4.4): the client acts for itself.
 * @param source the scopes asked for are the operation's own unless `scope` says otherwise; one token is kept for each set.
 */
export function clientCredentials(source: TokenSource & { readonly clientSecret: string }): TokenCredential {
  const asking = askingOf(source);
  return tokenCredential(
    async (request, scope) => {
      const { server, client, authentication, options, keys } = await asking(request);
      const parameters = new URLSearchParams();
      if (scope !== "") parameters.set("scope", scope);
      if (source.resource !== undefined) parameters.set("resource", source.resource);
      return issued(
        async () => {
          const response = await oauth.clientCredentialsGrantRequest(
            server,
            client,
            authentication,
            parameters,
            options(request.signal),
          );
          return oauth.processClientCredentialsResponse(server, client, response);
        },
        request.now,
        keys,
      );
    },
    ({ scopes }) => source.scope ?? [...scopes].sort().join(" "),
  );
}
