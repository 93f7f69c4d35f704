import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import { type JWK, Provider } from "oidc-provider";

/** Who may ask the provider for tokens, and what the tokens say. */
export interface ProviderClient {
  readonly id: string;
  readonly secret: string;
  readonly scope?: string;
  readonly roles?: readonly string[];
}

/** Options of `startProvider`. */
export interface ProviderOptions {
  readonly clients: readonly ProviderClient[];
  /** Resources that tokens may be for; the first is the default. */
  readonly audiences?: readonly string[];
  /** Seconds that an access token lives; 300 where absent. */
  readonly accessTokenTtl?: number;
  readonly algorithm?: "ES256" | "PS256" | "RS256";
  /** Opaque access tokens instead of JWTs. */
  readonly opaque?: boolean;
}

/** What a token is asked for. */
export interface TokenRequest {
  readonly client: string;
  readonly scope?: string;
  /** One of the audiences. */
  readonly resource?: string;
}

/** A real OpenID provider on loopback. */
export interface TestProvider {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  /** Requests to the token endpoint so far. */
  readonly tokenRequests: () => number;
  /** An access token by client credentials, over HTTP. */
  readonly token: (request: TokenRequest) => Promise<string>;
  /** A rotating refresh token of an account, as a code flow would have ended with; no browser takes part. */
  readonly refreshToken: (request: TokenRequest & { readonly account: string }) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Starts a real `oidc-provider` in this process: JWT access tokens (RFC 9068) by client credentials and by refresh. */
export async function startProvider(options: ProviderOptions): Promise<TestProvider> {
  const signing = await signingKey(options.algorithm ?? "ES256");
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = quietly(() => new Provider(issuer, configuration(options, signing)));
  const handle = provider.callback();
  const tokenEndpoint = `${issuer}/token`;
  let tokenRequests = 0;
  server.on("request", (request, response) => {
    if (request.method === "POST" && request.url === "/token") tokenRequests += 1;
    void handle(request, response);
  });
  return {
    issuer,
    tokenEndpoint,
    tokenRequests: () => tokenRequests,
    token: (request) => requestToken(tokenEndpoint, secretOf(options, request.client), request),
    refreshToken: (request) => mintRefreshToken(provider, options, request),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

type Configuration = NonNullable<ConstructorParameters<typeof Provider>[1]>;

const openScopes = ["openid", "offline_access"];

function configuration(options: ProviderOptions, key: JWK): Configuration {
  const {
    clients,
    audiences = ["https://api.test"],
    accessTokenTtl = 300,
    algorithm = "ES256",
    opaque = false,
  } = options;
  const known = new Map(clients.map((one) => [one.id, one]));
  return {
    clients: clients.map((one) => ({
      client_id: one.id,
      client_secret: one.secret,
      grant_types: ["client_credentials", "refresh_token"],
      redirect_uris: [],
      response_types: [],
      id_token_signed_response_alg: algorithm,
      scope: [...openScopes, ...scopesOf(one)].join(" "),
    })),
    scopes: [...new Set([...openScopes, ...clients.flatMap(scopesOf)])],
    ttl: {
      ClientCredentials: accessTokenTtl,
      AccessToken: accessTokenTtl,
      RefreshToken: 3_600,
      Grant: 3_600,
      IdToken: 300,
    },
    rotateRefreshToken: true,
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: opaque },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audiences[0] ?? "",
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource, client) => ({
          scope: known.get(client.clientId)?.scope ?? "",
          audience: resource,
          ...(opaque
            ? { accessTokenFormat: "opaque" as const }
            : { accessTokenFormat: "jwt" as const, jwt: { sign: { alg: algorithm } } }),
        }),
      },
    },
    jwks: { keys: [key] },
    extraTokenClaims: (_context, token) => ({ roles: [...(known.get(token.clientId ?? "")?.roles ?? [])] }),
  };
}

function scopesOf({ scope = "" }: ProviderClient): readonly string[] {
  return scope.split(" ").filter((one) => one !== "");
}

function secretOf({ clients }: ProviderOptions, id: string): string {
  const client = clients.find((one) => one.id === id);
  if (client === undefined) throw new Error(`The provider has no client "${id}"`);
  return client.secret;
}

async function requestToken(
  endpoint: string,
  secret: string,
  { client, scope, resource }: TokenRequest,
): Promise<string> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString("base64")}` },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      ...(scope === undefined ? {} : { scope }),
      ...(resource === undefined ? {} : { resource }),
    }),
  });
  const answer = (await response.json()) as { readonly access_token?: string };
  if (answer.access_token === undefined) throw new Error(`The provider answered ${JSON.stringify(answer)}`);
  return answer.access_token;
}

async function mintRefreshToken(
  provider: Provider,
  options: ProviderOptions,
  { client: clientId, account, scope = "", resource }: TokenRequest & { readonly account: string },
): Promise<string> {
  const client = await provider.Client.find(clientId);
  if (client === undefined) throw new Error(`The provider has no client "${clientId}"`);
  const target = resource ?? options.audiences?.[0] ?? "https://api.test";
  const grant = new provider.Grant({ accountId: account, clientId });
  grant.addOIDCScope(openScopes.join(" "));
  grant.addResourceScope(target, scope);
  const grantId = await grant.save();
  const token = new provider.RefreshToken({
    accountId: account,
    client,
    grantId,
    gty: "authorization_code",
    scope: [...openScopes, scope].join(" ").trim(),
    resource: target,
    claims: {},
  } as ConstructorParameters<Provider["RefreshToken"]>[0]);
  return token.save();
}

async function signingKey(algorithm: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: algorithm, use: "sig", kid: "provider-1" } as JWK;
}

/** The provider greets on the console when the runtime is older than it likes. */
function quietly<T>(make: () => T): T {
  const { info, warn } = console;
  console.info = () => {};
  console.warn = () => {};
  try {
    return make();
  } finally {
    console.info = info;
    console.warn = warn;
  }
}
