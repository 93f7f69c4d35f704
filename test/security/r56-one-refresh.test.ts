import { afterEach, describe, expect, it } from "vitest";
import { bearer, clientCredentials, connect, refreshToken } from "../../runtime/src/client/index.js";
import { allOf, anyOf, scheme } from "../../runtime/src/policy/index.js";
import { api, failureOf, json, operation, startServer } from "../support/caller.js";
import { startProvider } from "../support/provider.js";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const guarded = operation({ access: anyOf(allOf(scheme("oidc", "read"))) });

/** A token endpoint that issues numbered tokens, and an API that accepts the last one. */
async function startPair(options: { readonly expiresIn?: number; readonly refuse?: () => boolean } = {}) {
  let issued = 0;
  const tokens = await startServer((response) => {
    issued += 1;
    if (options.refuse?.() === true) return json(response, { error: "invalid_grant" }, 400);
    const token = {
      access_token: `token-${issued}`,
      refresh_token: `refresh-${issued}`,
      token_type: "Bearer",
      expires_in: options.expiresIn ?? 300,
    };
    setTimeout(() => json(response, token), 20);
  });
  const server = await startServer((response, { headers }) => {
    const valid = headers.authorization === `Bearer token-${issued}`;
    json(response, valid ? { ok: true } : { title: "no" }, valid ? 200 : 401);
  });
  closing.push(tokens.close, server.close);
  return { tokens, server, issued: () => issued, revoke: () => (issued += 1) };
}

describe("R56 tokens are refreshed once", () => {
  it("a hundred parallel calls without a token make one token request", async () => {
    const { tokens, server, issued } = await startPair();
    const caller = connect(api, {
      baseUrl: server.url,
      auth: { oidc: clientCredentials({ clientId: "me", clientSecret: "s", tokenUrl: `${tokens.url}/token` }) },
    });
    closing.push(caller.close);
    await Promise.all(Array.from({ length: 100 }, () => caller.send(guarded, {})));
    expect(issued()).toBe(1);
    expect(tokens.seen[0]?.body).toContain("scope=read");
  });

  it("a hundred parallel calls on an expired token make one refresh, by the clock", async () => {
    const { tokens, server, issued } = await startPair();
    let now = Date.now();
    const caller = connect(api, {
      baseUrl: server.url,
      now: () => now,
      auth: { oidc: clientCredentials({ clientId: "me", clientSecret: "s", tokenUrl: `${tokens.url}/token` }) },
    });
    closing.push(caller.close);
    await caller.send(guarded, {});
    now += 300_000;
    await Promise.all(Array.from({ length: 100 }, () => caller.send(guarded, {})));
    expect(issued()).toBe(2);
  });

  it("a hundred parallel calls on a revoked token make one refresh, after the 401, and all succeed", async () => {
    const { tokens, server, issued, revoke } = await startPair();
    const caller = connect(api, {
      baseUrl: server.url,
      auth: { oidc: clientCredentials({ clientId: "me", clientSecret: "s", tokenUrl: `${tokens.url}/token` }) },
    });
    closing.push(caller.close);
    await caller.send(guarded, {});
    revoke();
    const before = tokens.seen.length;
    await Promise.all(Array.from({ length: 100 }, () => caller.send(guarded, {})));
    expect(tokens.seen.length - before).toBe(1);
    expect(issued()).toBe(3);
  });

  it("a token that is refused again after the renewal is not renewed a second time", async () => {
    const { tokens } = await startPair();
    const closed = await startServer((response) => json(response, { title: "no" }, 401));
    const caller = connect(api, {
      baseUrl: closed.url,
      auth: { oidc: clientCredentials({ clientId: "me", clientSecret: "s", tokenUrl: `${tokens.url}/token` }) },
    });
    closing.push(caller.close, closed.close);
    expect((await failureOf(caller.send(guarded, {}))).code).toBe("unauthenticated");
    expect(closed.seen).toHaveLength(2);
    expect(tokens.seen).toHaveLength(2);
  });

  it("the rotated refresh token is stored before the access token is used", async () => {
    const { tokens, server } = await startPair();
    const order: string[] = [];
    let stored = "refresh-0";
    const caller = connect(api, {
      baseUrl: server.url,
      interceptors: [(next) => (call) => next(call).finally(() => order.push("called"))],
      auth: {
        oidc: refreshToken({
          clientId: "me",
          tokenUrl: `${tokens.url}/token`,
          store: {
            load: () => stored,
            save: async (next) => {
              await new Promise((wait) => setTimeout(wait, 30));
              expect(server.seen).toHaveLength(0);
              stored = next;
              order.push("stored");
            },
          },
        }),
      },
    });
    closing.push(caller.close);
    await caller.send(guarded, {});
    expect(order).toEqual(["stored", "called"]);
    expect(stored).toBe("refresh-1");
  });

  it("a refresh token that cannot be stored is not used: the call fails", async () => {
    const { tokens, server } = await startPair();
    const store = { load: () => "refresh-0", save: () => Promise.reject(new Error("disk full")) };
    const caller = connect(api, {
      baseUrl: server.url,
      auth: { oidc: refreshToken({ clientId: "me", tokenUrl: `${tokens.url}/token`, store }) },
    });
    closing.push(caller.close);
    await expect(caller.send(guarded, {})).rejects.toThrow("could not be saved");
    expect(server.seen).toHaveLength(0);
  });

  it("invalid_grant rejects every waiting call, and ends the session without a loop", async () => {
    const { tokens, server } = await startPair({ refuse: () => true });
    const caller = connect(api, {
      baseUrl: server.url,
      auth: { oidc: refreshToken({ clientId: "me", tokenUrl: `${tokens.url}/token`, refreshToken: "old" }) },
    });
    closing.push(caller.close);
    const failures = await Promise.all(Array.from({ length: 50 }, () => failureOf(caller.send(guarded, {}))));
    expect(new Set(failures.map((failure) => failure.code))).toEqual(new Set(["credential_rejected"]));
    expect((await failureOf(caller.send(guarded, {}))).code).toBe("credential_rejected");
    expect(tokens.seen).toHaveLength(1);
    expect(server.seen).toHaveLength(0);
  });

  it("a call that is aborted does not take the shared refresh from the others", async () => {
    const { tokens, server } = await startPair();
    const caller = connect(api, {
      baseUrl: server.url,
      auth: { oidc: clientCredentials({ clientId: "me", clientSecret: "s", tokenUrl: `${tokens.url}/token` }) },
    });
    closing.push(caller.close);
    const leaving = new AbortController();
    const first = failureOf(caller.send(guarded, {}, { signal: leaving.signal }));
    const second = caller.send(guarded, {});
    setTimeout(() => leaving.abort(), 5);
    expect((await first).code).toBe("aborted");
    await expect(second).resolves.toEqual({ ok: true });
    expect(tokens.seen).toHaveLength(1);
  });

  it("a real provider that rotates: fifty calls use one refresh token once, and the session lives on", async () => {
    const provider = await startProvider({
      clients: [{ id: "app", secret: "app-secret", scope: "read offline_access" }],
      accessTokenTtl: 60,
    });
    const server = await startServer((response) => json(response, { ok: true }));
    let now = Date.now();
    const rotated: string[] = [];
    const caller = connect(api, {
      baseUrl: server.url,
      now: () => now,
      auth: {
        oidc: refreshToken({
          clientId: "app",
          clientSecret: "app-secret",
          issuer: provider.issuer,
          refreshToken: await provider.refreshToken({ client: "app", account: "alice", scope: "read offline_access" }),
          onRotate: (next) => void rotated.push(next),
        }),
      },
    });
    closing.push(caller.close, server.close, provider.close);
    await Promise.all(Array.from({ length: 50 }, () => caller.send(guarded, {})));
    now += 120_000;
    await Promise.all(Array.from({ length: 50 }, () => caller.send(guarded, {})));
    expect(rotated).toHaveLength(2);
    expect(provider.tokenRequests()).toBe(2);
  });

  it("a bearer token from elsewhere is asked for before each attempt", async () => {
    const server = await startServer((response, { headers }) => json(response, headers.authorization));
    let count = 0;
    const caller = connect(api, { baseUrl: server.url, auth: { oidc: bearer(() => `t${++count}`) } });
    closing.push(caller.close, server.close);
    expect(await caller.send(guarded, {})).toBe("Bearer t1");
    expect(await caller.send(guarded, {})).toBe("Bearer t2");
  });
});
