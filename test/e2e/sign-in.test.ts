import { connect, dpopKeys } from "@sallyport/runtime/client";
import {
  type DeviceCode,
  finishSignIn,
  memoryPending,
  memoryStore,
  privateKeyJwt,
  type SignInOptions,
  session,
  signInByDevice,
  signOut,
  startSignIn,
  tokenExchange,
} from "@sallyport/runtime/client/oauth";
import { signInOnThisMachine } from "@sallyport/runtime/client/oauth/node";
import { anyOf, scheme } from "@sallyport/runtime/policy";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agent } from "../support/browser-agent.js";
import { clientPolicy, failureOf, json, operation, startOrigin } from "../support/client.js";
import {
  type IdentityProvider,
  providerKey,
  redirectUri,
  resources,
  startIdentityProvider,
} from "../support/identity-provider.js";

let provider: IdentityProvider;
beforeAll(async () => {
  provider = await startIdentityProvider(await providerKey("first"));
});
afterAll(() => provider.stop());

const scope = "openid offline_access read";
const source = () => ({ issuer: provider.issuer, clientId: "app", scope, resource: resources.jwt });
const flow = (more: Partial<SignInOptions> = {}): SignInOptions => ({
  ...source(),
  redirectUri,
  pending: memoryPending(),
  parameters: { prompt: "consent" },
  ...more,
});
const signedIn = async (options: SignInOptions) => (await agent().open(await startSignIn(options), redirectUri)).url;

/** One call of an API that lets everybody in. */
async function callWith(oidc: ReturnType<typeof session>): Promise<readonly (string | undefined)[]> {
  const api = await startOrigin((_request, response) => json(response, 200, {}));
  const caller = connect(clientPolicy(), { baseUrl: api.url, auth: { oidc } });
  try {
    await caller.send(operation({ access: anyOf({ allOf: [scheme("oidc", "read")] }) }), {});
  } finally {
    await caller.close();
    await api.close();
  }
  return api.requests.map(({ headers }) => headers.authorization);
}

describe("code with PKCE at a real provider", () => {
  it("signs in; the session goes on, and ends everywhere with the sign-out", async () => {
    const options = flow();
    const tokens = await finishSignIn(options, await signedIn(options));
    expect(decodeJwt(tokens.accessToken ?? "").aud).toBe(resources.jwt);
    expect(decodeJwt(tokens.idToken ?? "").nonce).toBeTypeOf("string");
    const store = memoryStore(tokens);
    const oidc = session({ ...source(), store });
    expect(await callWith(oidc)).toEqual([`Bearer ${tokens.accessToken}`]);
    expect(await signOut({ ...source(), store })).toBe(true);
    expect(await store.load()).toBeUndefined();
    // The provider has forgotten it too.
    const stolen = session({ ...source(), store: memoryStore({ refreshToken: tokens.refreshToken ?? "" }) });
    expect((await failureOf(callWith(stolen))).code).toBe("session_ended");
  });

  it("asks with S256, a state and a nonce, each time others", async () => {
    const urls = [new URL(await startSignIn(flow())), new URL(await startSignIn(flow()))];
    for (const url of urls) expect(url.searchParams.get("code_challenge_method")).toBe("S256");
    for (const name of ["state", "nonce", "code_challenge"])
      expect(new Set(urls.map((url) => url.searchParams.get(name))).size).toBe(2);
    await expect(startSignIn(flow({ parameters: { state: "mine" } }))).rejects.toThrow("not yours to set");
  });

  it.each<readonly [string, (url: URL) => void]>([
    ["another state", (url) => url.searchParams.set("state", "x".repeat(43))],
    ["two states", (url) => url.searchParams.append("state", "y")],
    ["no state", (url) => url.searchParams.delete("state")],
    ["another issuer (RFC 9207)", (url) => url.searchParams.set("iss", "https://id.evil.example")],
    ["no issuer, where the server says that it names it", (url) => url.searchParams.delete("iss")],
    ["a user who declined", (url) => url.searchParams.set("error", "access_denied")],
  ])("refuses %s, and asks for no token", async (_, change) => {
    const options = flow();
    const url = new URL(await signedIn(options));
    change(url);
    const before = provider.asked.get("/token") ?? 0;
    expect((await failureOf(finishSignIn(options, url))).code).toBe("credential_rejected");
    expect(provider.asked.get("/token") ?? 0).toBe(before);
  });

  it("a state is good once", async () => {
    const options = flow();
    const url = await signedIn(options);
    await finishSignIn(options, url);
    expect((await failureOf(finishSignIn(options, url))).message).toContain("ended before");
  });

  it("another nonce, and another verifier, are refused", async () => {
    for (const change of [{ nonce: "other" }, { verifier: "v".repeat(43) }]) {
      const pending = memoryPending();
      const options = flow({ pending: { save: (one) => pending.save({ ...one, ...change }), take: pending.take } });
      const failure = await failureOf(finishSignIn(options, await signedIn(options)));
      expect(["credential_rejected", "session_ended"]).toContain(failure.code);
    }
  });

  it("a server that does not say that it knows PKCE is refused, unless code says so", async () => {
    const old = await startOrigin((_request, response) =>
      json(response, 200, { issuer: old.url, authorization_endpoint: `${old.url}/a`, token_endpoint: `${old.url}/t` }),
    );
    const options = flow({ issuer: old.url });
    await expect(startSignIn(options)).rejects.toThrow("PKCE");
    expect(await startSignIn({ ...options, assumePkce: true })).toContain("S256");
    await old.close();
  });

  it("a program on the user's machine: the browser comes back to a port of it, and strangers do not end the wait", async () => {
    const tokens = await signInOnThisMachine({
      ...source(),
      parameters: { prompt: "consent" },
      open: async (url) => {
        const back = new URL(url).searchParams.get("redirect_uri") ?? "";
        expect((await fetch(`${back}?state=guess&code=x`)).status).toBe(400);
        expect((await fetch(new URL("/", back))).status).toBe(404);
        expect((await agent().open(url)).body).toContain("You have signed in");
      },
    });
    expect(decodeJwt(tokens.accessToken ?? "").sub).toBe("ann");
  });

  it("DPoP: the code's tokens are bound, and so is the next refresh", async () => {
    const dpop = await dpopKeys();
    const options = flow({ dpop });
    const tokens = await finishSignIn(options, await signedIn(options));
    expect(decodeJwt(tokens.accessToken ?? "").cnf).toEqual({ jkt: tokens.boundTo });
  });
});

describe("a device without a browser", () => {
  it("shows a code, waits as it is told, and has the tokens when the user has entered it", async () => {
    const waits: number[] = [];
    let shown: DeviceCode | undefined;
    const tokens = await signInByDevice({
      ...source(),
      show: (code) => {
        shown = code;
      },
      sleep: async (milliseconds) => {
        waits.push(milliseconds);
        // The first question comes too early.
        if (waits.length === 2) await enter(shown);
      },
    });
    expect(decodeJwt(tokens.accessToken ?? "").sub).toBe("ann");
    expect(waits).toEqual([5_000, 5_000]);
  });

  async function enter(code: DeviceCode | undefined): Promise<void> {
    const person = agent();
    const page = await person.open(code?.verificationUri ?? "");
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
    const form = { xsrf, user_code: code?.userCode ?? "", confirm: "yes" };
    await person.open(code?.verificationUri ?? "", undefined, form);
  }

  it.each([
    [["slow_down", "authorization_pending"], [5_000, 10_000, 10_000], "ok"],
    [["silence", "authorization_pending"], [5_000, 10_000, 10_000], "ok"],
    [["access_denied"], [5_000], "credential_rejected"],
    [["expired_token"], [5_000], "credential_rejected"],
    [Array(40).fill("authorization_pending"), Array(11).fill(5_000), "credential_rejected"],
  ])("RFC 8628, 3.5: %j", async (answers, paces, end) => {
    let [asked, now] = [0, 0];
    const server = await startOrigin(({ url }, response) => {
      if (url === "/device")
        return json(response, 200, {
          device_code: "d",
          user_code: "U",
          verification_uri: "https://id.example/device",
          expires_in: 60,
        });
      const answer = answers[asked++];
      if (answer === "silence") return void response.destroy();
      if (answer !== undefined) return json(response, 400, { error: answer });
      json(response, 200, { access_token: "t", token_type: "bearer" });
    });
    const waits: number[] = [];
    const options = {
      clientId: "app",
      tokenUrl: `${server.url}/token`,
      deviceAuthorizationUrl: `${server.url}/device`,
      show: () => {},
      now: () => now,
      sleep: async (milliseconds: number) => {
        waits.push(milliseconds);
        now += milliseconds;
      },
    };
    const outcome = await signInByDevice(options).then(
      () => "ok",
      (thrown) => thrown.code,
    );
    expect([outcome, waits]).toEqual([end, paces]);
    await server.close();
  });
});

describe("what no provider here can do", () => {
  it("token exchange (RFC 8693): what is sent, and that what comes back is an access token", async () => {
    let type = "urn:ietf:params:oauth:token-type:access_token";
    const server = await startOrigin((_request, response) =>
      json(response, 200, { access_token: "narrow", token_type: "Bearer", issued_token_type: type }),
    );
    const oidc = () =>
      tokenExchange({
        tokenUrl: `${server.url}/token`,
        clientId: "gateway",
        clientSecret: "s",
        audience: "payments",
        subject: () => ({ token: "incoming" }),
        actor: () => ({ token: "me", type: "jwt" }),
      });
    expect(await callWith(oidc())).toEqual(["Bearer narrow"]);
    expect(Object.fromEntries(new URLSearchParams(server.requests[0]?.body))).toMatchObject({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: "incoming",
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
      actor_token: "me",
      actor_token_type: "urn:ietf:params:oauth:token-type:jwt",
      audience: "payments",
      scope: "read",
    });
    type = "urn:ietf:params:oauth:token-type:id_token";
    expect((await failureOf(callWith(oidc()))).code).toBe("credential_rejected");
    await server.close();
  });

  it("private_key_jwt: a statement signed for this server, short-lived, and no secret", async () => {
    const server = await startOrigin((_request, response) =>
      json(response, 200, { access_token: "t", token_type: "Bearer" }),
    );
    const { privateKey } = await dpopKeys();
    const oidc = tokenExchange({
      tokenUrl: `${server.url}/token`,
      clientId: "app",
      clientAuthentication: privateKeyJwt({ key: privateKey, kid: "k1" }),
      subject: () => ({ token: "x" }),
    });
    await failureOf(callWith(oidc));
    const statement = new URLSearchParams(server.requests[0]?.body).get("client_assertion") ?? "";
    expect(decodeProtectedHeader(statement)).toMatchObject({ alg: "ES256", kid: "k1" });
    expect(decodeJwt(statement)).toMatchObject({ iss: "app", sub: "app", aud: server.url });
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    await server.close();
  });

  it("RFC 7009: a server that is busy is asked again when it says; the tokens are forgotten whatever it answers", async () => {
    const answers = [503, 200, 200, 500];
    const server = await startOrigin((_request, response, count) =>
      json(response, answers[count - 1] ?? 500, {}, { "retry-after": "2" }),
    );
    const waits: number[] = [];
    const options = {
      clientId: "app",
      tokenUrl: `${server.url}/token`,
      revocationUrl: `${server.url}/revoke`,
      sleep: async (milliseconds: number) => void waits.push(milliseconds),
    };
    const store = memoryStore({ refreshToken: "r", accessToken: "a" });
    expect(await signOut({ ...options, store })).toBe(true);
    expect(server.requests.map(({ body }) => new URLSearchParams(body).get("token"))).toEqual(["r", "r", "a"]);
    expect(waits).toEqual([2_000]);
    const other = memoryStore({ refreshToken: "r" });
    await failureOf(signOut({ ...options, store: other }));
    expect(await other.load()).toBeUndefined();
    await server.close();
  });
});
