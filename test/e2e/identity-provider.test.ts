import { connect, dpop, dpopKeys, type TokenCredential } from "@sallyport/runtime/client";
import { clientCredentials, refreshToken } from "@sallyport/runtime/client/oauth";
import type { Server } from "@sallyport/runtime/node";
import { introspection, jwt } from "@sallyport/runtime/server";
import * as oauth from "oauth4webapi";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { allOf, anyOf, scheme, type TokenScheme } from "../../runtime/src/policy/index.js";
import { agent } from "../support/browser-agent.js";
import { failureOf } from "../support/client.js";
import { apiPolicy, open } from "../support/contract.js";
import {
  type IdentityProvider,
  providerKey,
  redirectUri,
  resources,
  startIdentityProvider,
} from "../support/identity-provider.js";
import { tokenScheme } from "../support/verifying.js";
import { serveLocally } from "../support/wire.js";

let provider: IdentityProvider;
let first: Awaited<ReturnType<typeof providerKey>>;
let running: Server[] = [];

beforeAll(async () => {
  first = await providerKey("first");
  provider = await startIdentityProvider(first);
});
afterAll(() => provider.stop());
afterEach(async () => {
  await Promise.all(running.map((one) => one.close()));
  running = [];
});

const reads = anyOf(allOf(scheme("oidc", "read")));
const operation = (path = "/a") => ({ id: "a", policy: { method: "GET", path, access: reads }, wire: {} });

/** An API whose tokens come from the provider, over a real socket, and clients of it. */
async function shop(
  change: Partial<TokenScheme> = {},
  verifier = jwt({ keyCooldown: 20 }),
  now: () => number = Date.now,
) {
  const oidc = tokenScheme(provider.issuer, {}, change);
  const policy = { ...apiPolicy, schemes: { ...apiPolicy.schemes, oidc } };
  const { api } = open(
    {
      a: {
        policy: { access: reads },
        handler: ({ principal }: never) => ({ status: 200, body: { sub: (principal as { subject: string }).subject } }),
      },
      mfa: { policy: { access: reads, stepUp: { acr: ["mfa"], maxAge: "5m" } } },
    },
    { schemes: { oidc: verifier }, policy: { schemes: policy.schemes }, now },
  );
  const server = await serveLocally(api);
  running.push(server);
  const client = (credential: TokenCredential) => connect(policy, { baseUrl: server.url, auth: { oidc: credential } });
  const call = async (credential: TokenCredential, path?: string) => {
    const caller = client(credential);
    try {
      return await caller.send<{ readonly sub: string }>(operation(path), {});
    } finally {
      await caller.close();
    }
  };
  return { server, client, call };
}

const service = (resource: string = resources.jwt) =>
  clientCredentials({ clientId: "service", clientSecret: "service-secret", issuer: provider.issuer, resource });

const insecure = { [oauth.allowInsecureRequests]: true } as const;

async function metadata(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(provider.issuer);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
}

/** Tokens of `ann`, who signs in by code and PKCE. */
async function signIn(resource: string = resources.jwt, DPoP?: oauth.DPoPHandle): Promise<oauth.TokenEndpointResponse> {
  const server = await metadata();
  const client: oauth.Client = { client_id: "app" };
  const verifier = oauth.generateRandomCodeVerifier();
  const url = new URL(server.authorization_endpoint ?? "");
  const parameters = {
    client_id: "app",
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid offline_access read write",
    prompt: "consent",
    state: "s",
    resource,
    acr_values: "mfa",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const landed = await agent().open(url.href, redirectUri);
  const answer = oauth.validateAuthResponse(server, client, landed.url, "s");
  const options = { ...insecure, ...(DPoP === undefined ? {} : { DPoP }), additionalParameters: { resource } };
  const ask = async () =>
    oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, redirectUri, verifier, options),
    );
  return ask().catch((thrown: unknown) => {
    if (!oauth.isDPoPNonceError(thrown)) throw thrown;
    return ask();
  });
}

const session = (token: oauth.TokenEndpointResponse, more: object = {}) =>
  refreshToken({
    clientId: "app",
    issuer: provider.issuer,
    refreshToken: token.refresh_token ?? "",
    resource: resources.jwt,
    ...more,
  });

describe("a real OpenID provider", () => {
  it("client credentials", async () => {
    const { call } = await shop();
    expect(await call(service())).toEqual({ sub: "service" });
  });

  it("code with PKCE: the user's token, how she signed in, and a step-up that it satisfies", async () => {
    const { call } = await shop();
    const token = await signIn();
    const credential = {
      kind: "token",
      prove: () => ({ headers: { authorization: `Bearer ${token.access_token}` } }),
    } as const;
    expect(await call(credential)).toEqual({ sub: "ann" });
    expect(await call(credential, "/mfa")).toEqual({ ran: "mfa" });
    expect((await failureOf(call(service(), "/mfa"))).problem).toMatchObject({
      code: "insufficient_user_authentication",
    });
  });

  it("refresh with rotation: fifty calls at once refresh once, and a spent token ends the session", async () => {
    const { client } = await shop();
    const token = await signIn();
    const before = provider.asked.get("/token") ?? 0;
    const rotated: string[] = [];
    const caller = client(session(token, { onRotate: (next: string) => void rotated.push(next) }));
    const answers = await Promise.all(Array.from({ length: 50 }, () => caller.send(operation(), {})));
    await caller.close();
    expect(new Set(answers.map((one) => JSON.stringify(one)))).toEqual(new Set(['{"sub":"ann"}']));
    expect([(provider.asked.get("/token") ?? 0) - before, rotated.length]).toEqual([1, 1]);
    const again = client(session(token));
    expect((await failureOf(again.send(operation(), {}))).code).toBe("session_ended");
    await again.close();
  });

  it("device flow", async () => {
    const { call } = await shop();
    const server = await metadata();
    const client: oauth.Client = { client_id: "app" };
    const parameters = { scope: "openid read", resource: resources.jwt };
    const device = await oauth.processDeviceAuthorizationResponse(
      server,
      client,
      await oauth.deviceAuthorizationRequest(server, client, oauth.None(), parameters, insecure),
    );
    const person = agent();
    const page = await person.open(device.verification_uri);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
    const done = await person.open(device.verification_uri, undefined, {
      xsrf,
      user_code: device.user_code,
      confirm: "yes",
    });
    expect(done.body).toBe("done");
    const token = await oauth.processDeviceCodeResponse(
      server,
      client,
      await oauth.deviceCodeGrantRequest(server, client, oauth.None(), device.device_code, {
        ...insecure,
        additionalParameters: { resource: resources.jwt },
      }),
    );
    const credential = {
      kind: "token",
      prove: () => ({ headers: { authorization: `Bearer ${token.access_token}` } }),
    } as const;
    expect(await call(credential)).toEqual({ sub: "ann" });
  });
});

describe("DPoP with a real provider, which asks for nonces, and a server that asks for its own", () => {
  const binding = { binding: "dpop", dpop: { maxAge: "60s", nonce: "required" } } as const;

  it("client credentials: the token is bound, each call has its proof, and the nonces of both are kept apart", async () => {
    const { client } = await shop(binding);
    const caller = client(service());
    const answers = await Promise.all(Array.from({ length: 20 }, () => caller.send(operation(), {})));
    expect(new Set(answers.map((one) => JSON.stringify(one)))).toEqual(new Set(['{"sub":"service"}']));
    await caller.close();
  });

  it("a user's session: code, refresh with the same key, and no other", async () => {
    const { client, call } = await shop(binding);
    const keys = await dpopKeys();
    const token = await signIn(resources.jwt, oauth.DPoP({}, keys));
    expect(token.token_type).toBe("dpop");
    expect(await call(dpop({ token: token.access_token, keys }))).toEqual({ sub: "ann" });
    expect((await failureOf(call(dpop({ token: token.access_token, keys: await dpopKeys() })))).code).toBe(
      "unauthenticated",
    );
    const other = client(session(token, { dpop: await dpopKeys() }));
    expect((await failureOf(other.send(operation(), {}))).code).toBe("session_ended");
    await other.close();
    const caller = client(session(token, { dpop: keys }));
    expect(await caller.send(operation(), {})).toEqual({ sub: "ann" });
    await caller.close();
  });

  it("R22 the bound token is no bearer token, here or where no proofs are asked for", async () => {
    const keys = await dpopKeys();
    const token = await signIn(resources.jwt, oauth.DPoP({}, keys));
    const stolen = {
      kind: "token",
      prove: () => ({ headers: { authorization: `Bearer ${token.access_token}` } }),
    } as const;
    for (const change of [binding, {}]) {
      const { call } = await shop(change);
      expect((await failureOf(call(stolen))).code).toBe("unauthenticated");
    }
  });
});

describe("introspection and revocation with a real provider", () => {
  const asked = () =>
    ({ introspection: { endpoint: `${provider.issuer}/token/introspection`, cacheTtl: "1s" } }) as const;
  const rules = () => ({ ...asked(), jwt: { ...tokenScheme(provider.issuer).jwt, audience: [resources.opaque] } });
  const verifier = () => introspection({ clientId: "api", clientSecret: "api-secret" });

  it("R24 opaque tokens of a client and of a user", async () => {
    const { call } = await shop(rules(), verifier());
    expect(await call(service(resources.opaque))).toEqual({ sub: "service" });
    const token = await signIn(resources.opaque);
    const credential = {
      kind: "token",
      prove: () => ({ headers: { authorization: `Bearer ${token.access_token}` } }),
    } as const;
    expect(await call(credential)).toEqual({ sub: "ann" });
  });

  it("R24 a token that is revoked ends when the answer about it does", async () => {
    let now = Date.now();
    const { call } = await shop(rules(), verifier(), () => now);
    const token = await signIn(resources.opaque);
    const credential = {
      kind: "token",
      prove: () => ({ headers: { authorization: `Bearer ${token.access_token}` } }),
    } as const;
    expect(await call(credential)).toEqual({ sub: "ann" });
    const server = await metadata();
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, { client_id: "app" }, oauth.None(), token.access_token, insecure),
    );
    expect(await call(credential)).toEqual({ sub: "ann" });
    now += 1_100;
    expect((await failureOf(call(credential))).code).toBe("unauthenticated");
  });

  it("R24 whoever we are not is not answered: 503, and nobody gets in", async () => {
    const { call } = await shop(rules(), introspection({ clientId: "api", clientSecret: "wrong" }));
    expect((await failureOf(call(service(resources.opaque)))).status).toBe(503);
  });
});

describe("keys that change, and a provider that goes away", () => {
  it("R18 rotation under load: no call is lost, and the old key's tokens end when it is withdrawn", async () => {
    let now = Date.now();
    const { client } = await shop({}, jwt({ keyCooldown: 20 }), () => now);
    const second = await providerKey("second");
    const outcomes: string[] = [];
    let busy = true;
    const worker = async () => {
      while (busy) {
        const caller = client(service());
        outcomes.push(await caller.send(operation(), {}).then((one) => JSON.stringify(one), String));
        await caller.close();
        now += 30;
      }
    };
    const old = await tokenOf();
    const workers = Array.from({ length: 4 }, worker);
    const until = async (count: number) => {
      while (outcomes.length < count) await new Promise((wait) => setTimeout(wait, 5));
    };
    await until(20);
    provider.sign(first, second);
    await until(40);
    provider.sign(second, first);
    await until(60);
    provider.sign(second);
    await until(80);
    busy = false;
    await Promise.all(workers);
    expect(new Set(outcomes)).toEqual(new Set(['{"sub":"service"}']));
    const last = client({ kind: "token", prove: () => ({ headers: { authorization: `Bearer ${old}` } }) });
    now += 11 * 60_000;
    expect((await failureOf(last.send(operation(), {}))).code).toBe("unauthenticated");
    await last.close();
    provider.sign(first);
  });

  it("down and back: verified callers go on, new ones by the keys at hand; without keys it is 503, and over when it is back", async () => {
    const { client, call } = await shop();
    const caller = client(service());
    const token = await tokenOf();
    const held = { kind: "token", prove: () => ({ headers: { authorization: `Bearer ${token}` } }) } as const;
    expect(await caller.send(operation(), {})).toEqual({ sub: "service" });
    await provider.stop();
    expect(await caller.send(operation(), {})).toEqual({ sub: "service" });
    expect(await call(held)).toEqual({ sub: "service" });
    expect((await failureOf(call(service()))).code).toBe("network");
    let later = 0;
    const fresh = await shop({}, jwt(), () => Date.now() + later);
    expect((await failureOf(fresh.call(held))).status).toBe(503);
    await provider.start();
    later = 1_100;
    expect(await fresh.call(held)).toEqual({ sub: "service" });
    expect(await call(service())).toEqual({ sub: "service" });
    await caller.close();
  });
});

async function tokenOf(): Promise<string> {
  const server = await metadata();
  const client: oauth.Client = { client_id: "service" };
  const response = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    oauth.ClientSecretBasic("service-secret"),
    { scope: "read", resource: resources.jwt },
    insecure,
  );
  return (await oauth.processClientCredentialsResponse(server, client, response)).access_token;
}
