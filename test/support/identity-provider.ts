import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import { type JWK, Provider } from "oidc-provider";

/** What tokens for it are: JWTs, or opaque. */
export const resources = { jwt: "https://api.test", opaque: "https://opaque.test" } as const;

/** Where codes are sent to. Nothing listens there: the agent stops before. */
export const redirectUri = "http://127.0.0.1:1/callback";

/** A whole OpenID provider on loopback: it can go away, come back, and change its keys. */
export interface IdentityProvider {
  readonly issuer: string;
  /** Publishes these keys and signs with the first. */
  readonly sign: (...keys: readonly JWK[]) => void;
  readonly stop: () => Promise<void>;
  /** Comes back at the same address. */
  readonly start: () => Promise<void>;
  readonly asked: ReadonlyMap<string, number>;
}

/** A private key for the provider. */
export async function providerKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: "ES256", use: "sig", kid } as JWK;
}

/** Starts one. Whoever signs in is `ann`, by `acr` mfa; whatever is asked for is consented to. */
export async function startIdentityProvider(first: JWK): Promise<IdentityProvider> {
  const asked = new Map<string, number>();
  let handle: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  let server: Server | undefined;
  let port = 0;
  const listen = async () => {
    server = createServer((request, response) => {
      const path = (request.url ?? "").replace(/\?.*/, "");
      asked.set(path, (asked.get(path) ?? 0) + 1);
      handle?.(request, response);
    });
    await new Promise<void>((ready) => server?.listen(port, "127.0.0.1", ready));
    port = (server.address() as AddressInfo).port;
  };
  await listen();
  const issuer = `http://127.0.0.1:${port}`;
  const sign = (...keys: readonly JWK[]) => {
    const provider = quietly(() => new Provider(issuer, configuration(keys)));
    const callback = provider.callback();
    handle = (request, response) => {
      if (request.url?.startsWith("/interaction/")) void agree(provider, request, response);
      else void callback(request, response);
    };
  };
  sign(first);
  return {
    issuer,
    sign,
    asked,
    start: listen,
    stop: () =>
      new Promise((done) => {
        server?.closeAllConnections();
        server?.close(() => done());
      }),
  };
}

/** Signs `ann` in, and consents. */
async function agree(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    const login = { accountId: "ann", acr: "mfa" };
    return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? "", clientId: String(params.client_id) });
  const { missingOIDCScope, missingResourceScopes } = prompt.details as {
    readonly missingOIDCScope?: readonly string[];
    readonly missingResourceScopes?: Readonly<Record<string, readonly string[]>>;
  };
  if (missingOIDCScope !== undefined) grant.addOIDCScope(missingOIDCScope.join(" "));
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {}))
    grant.addResourceScope(resource, scopes.join(" "));
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

type Configuration = NonNullable<ConstructorParameters<typeof Provider>[1]>;

function configuration(keys: readonly JWK[]): Configuration {
  const grants = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"];
  const common = { id_token_signed_response_alg: "ES256", scope: "openid offline_access read write" } as const;
  return {
    clients: [
      {
        ...common,
        client_id: "service",
        client_secret: "service-secret",
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
      },
      {
        ...common,
        client_id: "app",
        token_endpoint_auth_method: "none",
        application_type: "native",
        grant_types: grants,
        redirect_uris: [redirectUri],
        response_types: ["code"],
      },
      {
        ...common,
        client_id: "api",
        client_secret: "api-secret",
        grant_types: [],
        redirect_uris: [],
        response_types: [],
      },
    ],
    scopes: ["openid", "offline_access", "read", "write"],
    ttl: {
      ClientCredentials: 300,
      AccessToken: 300,
      RefreshToken: 3_600,
      Grant: 3_600,
      IdToken: 300,
      Interaction: 60,
      Session: 600,
      DeviceCode: 60,
      AuthorizationCode: 60,
    },
    rotateRefreshToken: true,
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    acrValues: ["mfa"],
    cookies: { keys: ["test"] },
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (context, form) => {
          context.body = form;
        },
        userCodeConfirmSource: (context, form) => {
          context.body = form;
        },
        successSource: (context) => {
          context.body = "done";
        },
      },
      devInteractions: { enabled: false },
      dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resources.jwt,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => ({
          scope: "read write",
          audience: resource,
          ...(resource === resources.opaque
            ? { accessTokenFormat: "opaque" as const }
            : { accessTokenFormat: "jwt" as const, jwt: { sign: { alg: "ES256" as const } } }),
        }),
      },
    },
    jwks: { keys: [...keys] },
    // RFC 9470, 5: what step-up is judged by.
    extraTokenClaims: (context) => {
      const code = context.oidc.entities.AuthorizationCode as { acr?: string; authTime?: number } | undefined;
      return code === undefined ? {} : { acr: code.acr, auth_time: code.authTime };
    },
  };
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
