import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

const audience = "https://tasks.example";
const scopes = "tasks:read tasks:write";

/**
 * A real OpenID provider on loopback, with a page to sign in on. It knows one public client, which is a page of `origin`.
 * @param seconds how long an access token lives.
 */
export async function startProvider(origin: string, seconds: number) {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "web",
        token_endpoint_auth_method: "none",
        redirect_uris: [`${origin}/`],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        scope: `openid ${scopes}`,
        id_token_signed_response_alg: "ES256",
      },
    ],
    // Whoever signs in is who they say: it is an example.
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    scopes: ["openid", ...scopes.split(" ")],
    // Fetch: a page may read the token endpoint's answers where the provider says so.
    clientBasedCORS: (_context, asking) => asking === origin,
    issueRefreshToken: async (_context, client) => client.grantTypeAllowed("refresh_token"),
    rotateRefreshToken: true,
    ttl: { AccessToken: seconds, RefreshToken: 3_600, IdToken: 300, Grant: 3_600, Session: 600, Interaction: 300 },
    cookies: { keys: [crypto.randomUUID()] },
    features: {
      devInteractions: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: scopes,
          audience,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
    jwks: { keys: [await signingKey()] },
  });
  server.on("request", provider.callback());
  return {
    issuer,
    provider,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

async function signingKey() {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  // Without key_ops: the provider publishes the key with what it says, and "sign" is no use of a public key (RFC 7517, 4.3).
  const { key_ops: _signing, ...key } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { ...key, alg: "ES256", use: "sig", kid: "tasks-1" };
}
