import * as oauth from "oauth4webapi";
import type { TokenCredential } from "../contract.js";
import { askingOf, form, issued } from "./authorization-server.js";
import { tokenCredential } from "./token.js";
import type { TokenSource } from "./token-source.js";

/**
 * The client credentials grant (RFC 6749, 4.4): the client acts for itself.
 * @param source the scopes asked for are the operation's own unless `scope` says otherwise; one token is kept for each set.
 */
export function clientCredentials(source: TokenSource): TokenCredential {
  const asking = askingOf(source);
  return tokenCredential(
    async (request, scope) => {
      const { server, client, authentication, options, keys } = await asking(request);
      const parameters = form({ scope, resource: source.resource });
      const token = await issued(
        async () =>
          oauth.processClientCredentialsResponse(
            server,
            client,
            await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, options),
          ),
        { keys, options },
        request.now(),
      );
      return { ...token, keys };
    },
    ({ scopes }) => source.scope ?? [...scopes].sort().join(" "),
  );
}
