import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { bearer, connect, Failure, type TokenCredential } from "@sallyport/runtime/client";
import {
  clientCredentials,
  memoryStore,
  refreshToken,
  type SessionEnd,
  session,
  type Tokens,
} from "@sallyport/runtime/client/oauth";
import { anyOf, scheme } from "@sallyport/runtime/policy";
import { afterEach, describe, expect, it } from "vitest";
import { clientPolicy, failureOf, json, noRetries, operation, startOrigin } from "../support/client.js";
import { startProvider } from "../support/provider.js";

const secured = (...needs: string[]) => operation({ access: anyOf({ allOf: [scheme("oidc", ...needs)] }) });
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A token endpoint that answers as told, and keeps what it was asked. */
async function endpoint(answer: (form: URLSearchParams, response: ServerResponse, count: number) => unknown) {
  const forms: URLSearchParams[] = [];
  const origin = await startOrigin(async ({ body }, response) => {
    const form = new URLSearchParams(body);
    forms.push(form);
    await answer(form, response, forms.length);
  });
  closing.push(origin.close);
  return { url: `${origin.url}/token`, forms, requests: origin.requests };
}

const token = (response: ServerResponse, access: string, more: object = {}) =>
  json(response, 200, { access_token: access, token_type: "Bearer", expires_in: 60, ...more });

/** An API that lets in who shows one of these tokens. */
async function api(good: (authorization: string) => boolean) {
  const origin = await startOrigin(({ headers }, response) =>
    good(headers.authorization ?? "") ? json(response, 200, { ok: true }) : json(response, 401, {}),
  );
  closing.push(origin.close);
  return origin;
}

function client(baseUrl: string, oidc: TokenCredential, now: () => number = Date.now) {
  const caller = connect(clientPolicy(), { baseUrl, auth: { oidc }, now });
  closing.push(caller.close);
  return caller;
}

const many = (count: number, call: () => Promise<unknown>) => Promise.allSettled(Array.from({ length: count }, call));
const codes = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.map((one) => (one.status === "fulfilled" ? "ok" : one.reason instanceof Failure ? one.reason.code : "?"));
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

describe("R56 tokens of a real provider", () => {
  it("R56 a hundred calls on an expired token make one refresh, and the session goes on", async () => {
    const provider = await startProvider({ clients: [{ id: "app", secret: "s", scope: "read" }], accessTokenTtl: 300 });
    closing.push(provider.close);
    const first = await provider.refreshToken({ client: "app", account: "alice", scope: "read" });
    const saved: string[] = [];
    const credential = refreshToken({
      issuer: provider.issuer,
      clientId: "app",
      clientSecret: "s",
      refreshToken: first,
      onRotate: (next) => void saved.push(next),
    });
    const origin = await api((authorization) => authorization.startsWith("Bearer ey"));
    let now = Date.now();
    const caller = client(origin.url, credential, () => now);
    await caller.send(secured("read"), {});
    expect(provider.tokenRequests()).toBe(1);
    now += 400_000;
    const outcomes = await many(100, () => caller.send(secured("read"), {}));
    expect(new Set(codes(outcomes))).toEqual(new Set(["ok"]));
    expect(provider.tokenRequests()).toBe(2);
    expect(new Set([first, ...saved]).size).toBe(3);
    // A replayed refresh token would have ended the family: the last one still works.
    now += 400_000;
    await caller.send(secured("read"), {});
    expect(provider.tokenRequests()).toBe(3);
  });

  it("R56 discovery, and no more scopes than the operation needs", async () => {
    const provider = await startProvider({ clients: [{ id: "app", secret: "s", scope: "read write admin" }] });
    closing.push(provider.close);
    const origin = await api(() => true);
    const caller = client(
      origin.url,
      clientCredentials({ issuer: provider.issuer, clientId: "app", clientSecret: "s" }),
    );
    await caller.send(secured("write", "read"), {});
    await caller.send(secured("read", "write"), {});
    await caller.send(secured("read"), {});
    expect(provider.tokenRequests()).toBe(2);
    const scopes = origin.requests.map(({ headers }) => {
      const [, payload = ""] = (headers.authorization ?? "").split(".");
      return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")).scope;
    });
    expect(scopes).toEqual(["read write", "read write", "read"]);
  });

  it("R56 the spec's discovery document is the default, and a refused client is told so without the secret", async () => {
    const provider = await startProvider({ clients: [{ id: "app", secret: "s", scope: "read" }] });
    closing.push(provider.close);
    const origin = await api(() => true);
    const policy = clientPolicy();
    const { oidc } = policy.schemes;
    if (oidc?.kind !== "token") throw new Error("no token scheme");
    const schemes = { oidc: { ...oidc, jwt: { ...oidc.jwt, issuer: provider.issuer } } };
    const call = (clientSecret: string) => {
      const auth = { oidc: clientCredentials({ clientId: "app", clientSecret }) };
      const caller = connect({ ...policy, schemes }, { baseUrl: origin.url, auth });
      closing.push(caller.close);
      return caller.send(secured("read"), {});
    };
    await expect(call("s")).resolves.toEqual({ ok: true });
    const failure = await failureOf(call("wrong-secret"));
    expect(failure.code).toBe("credential_rejected");
    expect(`${failure.message} ${JSON.stringify(failure)}`).not.toContain("wrong-secret");
    expect(origin.requests).toHaveLength(1);
  });
});

describe("R56 rotation", () => {
  it("R56 the rotated token is saved before the access token is used", async () => {
    const order: string[] = [];
    const source = await endpoint((_form, response) => token(response, "a1", { refresh_token: "r2" }));
    const origin = await api(() => order.push("used") > 0);
    const store = {
      load: () => ({ refreshToken: "r1" }),
      save: async (next: Tokens) => {
        await pause(40);
        order.push(`saved ${next.refreshToken}`);
      },
      clear: () => {},
    };
    const caller = client(origin.url, session({ tokenUrl: source.url, clientId: "app", store }));
    await Promise.all([caller.send(secured(), {}), caller.send(secured(), {})]);
    expect(order).toEqual(["saved r2", "used", "used"]);
  });

  it("R56 what could not be saved is saved later, and the spent token is not used again", async () => {
    const source = await endpoint((_form, response, count) =>
      token(response, `a${count}`, { refresh_token: `r${count + 1}` }),
    );
    const origin = await api(() => true);
    let kept: Tokens = { refreshToken: "r1" };
    let broken = true;
    const store = {
      load: () => kept,
      save: (next: Tokens) => {
        if (broken) throw new Error("disk full");
        kept = next;
      },
      clear: () => {},
    };
    let now = Date.now();
    const caller = client(origin.url, session({ tokenUrl: source.url, clientId: "app", store }), () => now);
    const failed = await many(3, () => caller.send(secured(), {}));
    expect(codes(failed)).toEqual(["credential_missing", "credential_missing", "credential_missing"]);
    expect(origin.requests).toEqual([]);
    broken = false;
    await caller.send(secured(), {});
    expect(kept.refreshToken).toBe("r2");
    now += 90_000;
    await caller.send(secured(), {});
    expect(source.forms.map((form) => form.get("refresh_token"))).toEqual(["r1", "r2"]);
  });

  it("R56 a token endpoint that does not rotate keeps the token", async () => {
    const source = await endpoint((_form, response) => token(response, "a"));
    const saved: string[] = [];
    const origin = await api(() => true);
    const options = { tokenUrl: source.url, clientId: "app", refreshToken: "r1" };
    let now = Date.now();
    const credential = refreshToken({ ...options, onRotate: (next) => void saved.push(next) });
    const caller = client(origin.url, credential, () => now);
    await caller.send(secured(), {});
    now += 90_000;
    await caller.send(secured(), {});
    expect(source.forms.map((form) => form.get("refresh_token"))).toEqual(["r1", "r1"]);
    expect(saved).toEqual([]);
  });

  it("R56 invalid_grant rejects all who wait, once, and nothing is asked again", async () => {
    const source = await endpoint(async (_form, response) => {
      await pause(20);
      json(response, 400, { error: "invalid_grant" });
    });
    const origin = await api(() => true);
    const ends: SessionEnd[] = [];
    const onEnd = (end: SessionEnd) => void ends.push(end);
    const options = { tokenUrl: source.url, clientId: "app", refreshToken: "r1", onEnd };
    const caller = client(origin.url, refreshToken(options));
    const outcomes = await many(20, () => caller.send(secured(), {}));
    expect(new Set(codes(outcomes))).toEqual(new Set(["session_ended"]));
    const failures = new Set(outcomes.map((one) => (one.status === "rejected" ? one.reason : undefined)));
    expect(failures.size).toBe(20);
    expect(await failureOf(caller.send(secured(), {}))).toMatchObject({ code: "session_ended" });
    expect(ends).toMatchObject([{ reason: "invalid_grant", failure: { code: "session_ended" } }]);
    expect(source.forms).toHaveLength(1);
    expect(origin.requests).toEqual([]);
  });

  it("R56 a session that has ended goes on when the user has signed in again", async () => {
    const source = await endpoint((form, response) =>
      form.get("refresh_token") === "old" ? json(response, 400, { error: "invalid_grant" }) : token(response, "a"),
    );
    const origin = await api(() => true);
    const store = memoryStore({ refreshToken: "old" });
    const caller = client(origin.url, session({ tokenUrl: source.url, clientId: "app", store }));
    expect(await failureOf(caller.send(secured(), {}))).toMatchObject({ code: "session_ended" });
    expect(await store.load()).toBeUndefined();
    expect(await failureOf(caller.send(secured(), {}))).toMatchObject({ code: "session_ended" });
    await store.save({ refreshToken: "new" });
    await expect(caller.send(secured(), {})).resolves.toEqual({ ok: true });
    expect(source.forms.map((form) => form.get("refresh_token"))).toEqual(["old", "new"]);
  });

  it("R56 an access token of the store is used while it is good, and one that another has got after a 401", async () => {
    const source = await endpoint((_form, response) => json(response, 400, { error: "invalid_grant" }));
    const times = { expiresAt: Date.now() + 60_000, issuedAt: Date.now() };
    let kept: Tokens = { accessToken: "a1", refreshToken: "r1", ...times };
    const origin = await api((authorization) => authorization === `Bearer ${kept.accessToken}`);
    const store = { load: () => kept, save: () => {}, clear: () => {} };
    const caller = client(origin.url, session({ tokenUrl: source.url, clientId: "app", store }));
    await caller.send(secured(), {});
    kept = { accessToken: "a2", refreshToken: "r2", ...times };
    await caller.send(secured(), {});
    expect(origin.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer a1",
      "Bearer a1",
      "Bearer a2",
    ]);
    expect(source.forms).toEqual([]);
  });

  it("R56 a refresh token that another has spent meanwhile is not the end: the store has the next one", async () => {
    let kept: Tokens = { refreshToken: "r1" };
    const source = await endpoint((form, response) => {
      if (form.get("refresh_token") === "r2") return token(response, "a", { refresh_token: "r3" });
      kept = { refreshToken: "r2" };
      return json(response, 400, { error: "invalid_grant" });
    });
    const origin = await api(() => true);
    const store = {
      load: () => kept,
      save: (next: Tokens) => {
        kept = next;
      },
      clear: () => expect.unreachable(),
    };
    const caller = client(origin.url, session({ tokenUrl: source.url, clientId: "app", store }));
    await expect(caller.send(secured(), {})).resolves.toEqual({ ok: true });
    expect(kept.refreshToken).toBe("r3");
  });

  it("R56 a token endpoint that stumbles is asked again by the next call", async () => {
    const source = await endpoint((_form, response, count) =>
      count === 1 ? json(response, 503, {}) : token(response, "a"),
    );
    const origin = await api(() => true);
    const caller = client(origin.url, clientCredentials({ tokenUrl: source.url, clientId: "app", clientSecret: "s" }));
    expect(await failureOf(caller.send(secured(), {}))).toMatchObject({ code: "network" });
    await expect(caller.send(secured(), {})).resolves.toEqual({ ok: true });
  });
});

describe("R56 many calls at a time", () => {
  const credential = (tokenUrl: string) => clientCredentials({ tokenUrl, clientId: "app", clientSecret: "s" });

  it("R56 a hundred parallel calls without a token make one token request, for the scopes of the operation", async () => {
    const source = await endpoint(async (_form, response) => {
      await pause(20);
      token(response, "a");
    });
    const origin = await api(() => true);
    const caller = client(origin.url, credential(source.url));
    await Promise.all(Array.from({ length: 100 }, () => caller.send(secured("read"), {})));
    expect(source.forms.map((form) => form.get("scope"))).toEqual(["read"]);
  });

  it("R56 a hundred parallel calls on a revoked token make one refresh, after the 401, and all succeed", async () => {
    let issuedTokens = 0;
    const source = await endpoint(async (_form, response, count) => {
      await pause(20);
      issuedTokens = count;
      token(response, `a${count}`);
    });
    let revoked = "";
    const origin = await api(
      (authorization) => authorization === `Bearer a${issuedTokens}` && authorization !== revoked,
    );
    const caller = client(origin.url, credential(source.url));
    await caller.send(secured(), {});
    revoked = "Bearer a1";
    const outcomes = await many(100, () => caller.send(secured(), {}));
    expect(new Set(codes(outcomes))).toEqual(new Set(["ok"]));
    expect(source.forms).toHaveLength(2);
  });

  it("R56 a bearer token from elsewhere is asked for before each attempt", async () => {
    const origin = await api(() => true);
    let count = 0;
    const caller = client(
      origin.url,
      bearer(() => `t${++count}`),
    );
    await caller.send(secured(), {});
    await caller.send(secured(), {});
    expect(origin.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer t1", "Bearer t2"]);
  });
});

describe("R56 401 and leaving", () => {
  it("R56 a 401 renews once and replays once, for many calls at a time", async () => {
    const source = await endpoint((_form, response, count) => token(response, `a${count}`));
    const origin = await api((authorization) => authorization === "Bearer a2");
    const caller = client(origin.url, clientCredentials({ tokenUrl: source.url, clientId: "app", clientSecret: "s" }));
    expect(new Set(codes(await many(30, () => caller.send(secured(), {}))))).toEqual(new Set(["ok"]));
    expect(source.forms).toHaveLength(2);
    expect(origin.requests).toHaveLength(60);
  });

  it("R56 a server that always says 401 gets one replay, with the same body, and then the caller hears", async () => {
    const source = await endpoint((_form, response, count) => token(response, `a${count}`));
    const origin = await api(() => false);
    const caller = client(origin.url, clientCredentials({ tokenUrl: source.url, clientId: "app", clientSecret: "s" }));
    const access = anyOf({ allOf: [scheme("oidc")] });
    const post = operation({ method: "POST", access }, { body: { media: ["application/json"], required: true } });
    expect(await failureOf(caller.send(post, { body: { a: 1 } }))).toMatchObject({
      code: "unauthenticated",
      status: 401,
    });
    const sent = origin.requests.map(({ headers, body }) => [headers.authorization, body]);
    expect(sent).toEqual([
      ["Bearer a1", '{"a":1}'],
      ["Bearer a2", '{"a":1}'],
    ]);
  });

  it("R56 one caller who leaves does not take the refresh from the others", async () => {
    const source = await endpoint(async (_form, response) => {
      await pause(60);
      token(response, "a");
    });
    const origin = await api(() => true);
    const caller = client(origin.url, clientCredentials({ tokenUrl: source.url, clientId: "app", clientSecret: "s" }));
    const leaver = new AbortController();
    const gone = caller.send(secured(), {}, { signal: leaver.signal });
    const late = caller.send(secured(), {}, { timeout: "20ms" });
    const stays = caller.send(secured(), {});
    setTimeout(() => leaver.abort(), 10);
    expect(codes(await Promise.allSettled([gone, late, stays]))).toEqual(["aborted", "timeout", "ok"]);
    expect(source.forms).toHaveLength(1);
  });

  it("R56 when all who waited have left, a refusal ends no process", async () => {
    const source = await endpoint(async (_form, response) => {
      await pause(30);
      json(response, 400, { error: "invalid_client" });
    });
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    const origin = await api(() => true);
    const caller = client(origin.url, clientCredentials({ tokenUrl: source.url, clientId: "app", clientSecret: "s" }));
    const leaver = new AbortController();
    const call = caller.send(secured(), {}, { signal: leaver.signal });
    setTimeout(() => leaver.abort(), 5);
    expect(await failureOf(call)).toMatchObject({ code: "aborted" });
    await pause(60);
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  it("R56 a token is renewed ahead of its end", async () => {
    const source = await endpoint((_form, response, count) => token(response, `a${count}`));
    const origin = await api(() => true);
    let now = Date.now();
    const credential = clientCredentials({ tokenUrl: source.url, clientId: "app", clientSecret: "s" });
    const caller = client(origin.url, credential, () => now);
    await caller.send(secured(), {});
    now += 50_000;
    await caller.send(secured(), {});
    now += 5_000;
    await caller.send(secured(), {});
    expect(origin.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer a1",
      "Bearer a1",
      "Bearer a2",
    ]);
  });
});

describe("R56 the authorization server", () => {
  it("R56 metadata of another issuer, or that names a plain http endpoint elsewhere, is refused", async () => {
    const lying = createServer((request, response) => {
      const { port } = lying.address() as AddressInfo;
      const own = `http://127.0.0.1:${port}`;
      const document = request.url?.startsWith("/mixed")
        ? { issuer: `${own}/mixed`, token_endpoint: "http://tokens.example/token" }
        : { issuer: "https://other.example", token_endpoint: `${own}/token` };
      json(response, 200, document);
    });
    await new Promise<void>((ready) => lying.listen(0, "127.0.0.1", ready));
    closing.push(() => {
      lying.closeAllConnections();
      return new Promise((done) => lying.close(() => done()));
    });
    const issuer = `http://127.0.0.1:${(lying.address() as AddressInfo).port}`;
    const origin = await api(() => true);
    for (const one of [issuer, `${issuer}/mixed`, "http://id.example"]) {
      const credential = clientCredentials({ issuer: one, clientId: "app", clientSecret: "s" });
      const failure = await failureOf(client(origin.url, credential).send(secured(), {}));
      expect([one, failure.code]).toEqual([one, "configuration"]);
    }
    expect(origin.requests).toEqual([]);
  });

  it("R56 a token of another type is not sent as a bearer token", async () => {
    const source = await endpoint((_form, response) => token(response, "a", { token_type: "DPoP" }));
    const origin = await api(() => true);
    const retries = { ...noRetries, maxAttempts: 3, network: true, when: "always" } as const;
    const auth = { oidc: clientCredentials({ tokenUrl: source.url, clientId: "app", clientSecret: "s" }) };
    const caller = connect(clientPolicy({ retries }), { baseUrl: origin.url, auth });
    closing.push(caller.close);
    expect((await failureOf(caller.send(secured(), {}))).code).toBe("credential_rejected");
    expect(origin.requests).toEqual([]);
    expect(source.forms).toHaveLength(1);
  });
});
