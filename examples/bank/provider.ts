import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

/** Who may ask the provider for tokens, and what the tokens say. */
export interface Client {
  readonly id: string;
  readonly secret: string;
  readonly roles: readonly string[];
  readonly scope: string;
}

const audience = "https://api.bank.example";

/** A real OpenID provider on loopback, with one client a person of the story. */
export async function startProvider(clients: readonly Client[], tokenLifetime: number) {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const known = new Map(clients.map((one) => [one.id, one]));
  const provider = new Provider(issuer, {
    clients: clients.map((one) => ({
      client_id: one.id,
      client_secret: one.secret,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      scope: one.scope,
      id_token_signed_response_alg: "ES256" as const,
    })),
    scopes: [...new Set(clients.flatMap((one) => one.scope.split(" ")))],
    ttl: { ClientCredentials: tokenLifetime },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, _resource, client) => ({
          scope: known.get(client.clientId)?.scope ?? "",
          audience,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
    jwks: { keys: [await signingKey()] },
    extraTokenClaims: (_context, token) => ({ roles: [...(known.get(token.clientId ?? "")?.roles ?? [])] }),
  });
  let issued = 0;
  provider.on("client_credentials.issued", () => {
    issued += 1;
  });
  server.on("request", provider.callback());
  return {
    issuer,
    /** How many tokens the provider has issued. */
    issued: () => issued,
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
}

async function signingKey() {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  // Without key_ops: the provider publishes the key with what it says, and "sign" is no use of a public key (RFC 7517, 4.3).
  const { key_ops: _signing, ...key } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { ...key, alg: "ES256", use: "sig", kid: "bank-1" };
}
