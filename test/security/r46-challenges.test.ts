import { apiKeys, basic, jwt, memoryKeys } from "@sallyport/runtime/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allOf, anyOf, publicAccess, scheme } from "../../runtime/src/policy/index.js";
import { open } from "../support/contract.js";
import { makeKey, mint, startIssuer, type TestIssuer, type TestKey } from "../support/tokens.js";
import { tokenScheme } from "../support/verifying.js";
import { type Raw, send, serveLocally } from "../support/wire.js";

let key: TestKey;
let issuer: TestIssuer;
beforeAll(async () => {
  key = await makeKey("k");
  issuer = await startIssuer(key);
});
afterAll(() => issuer.close());

const token = (claims: Readonly<Record<string, unknown>> = {}) => mint(issuer.issuer, key, { claims });
const bearer = async (claims?: Readonly<Record<string, unknown>>) => [`Authorization: Bearer ${await token(claims)}`];
const reads = anyOf(allOf(scheme("oidc", "read")));
const metadata = "http://api.example/.well-known/oauth-protected-resource";

type Samples = Parameters<typeof open>[0];

async function asking<T>(
  samples: Samples,
  work: (ask: (target: string, headers?: readonly string[], method?: string) => Promise<Raw>) => Promise<T>,
  change: Parameters<typeof tokenScheme>[2] = {},
  options: Parameters<typeof open>[1] = {},
): Promise<T> {
  const schemes = {
    oidc: tokenScheme(issuer.issuer, {}, change),
    key: { kind: "apiKey", in: "header", name: "X-Key" },
    login: { kind: "basic" },
  } as const;
  const { api } = open(samples, {
    schemes: { oidc: jwt(), key: apiKeys({ store: memoryKeys() }), login: basic({ verify: () => undefined }) },
    ...options,
    policy: { schemes, ...options.policy },
  });
  const server = await serveLocally(api);
  try {
    return await work((target, headers = [], method = "GET") => send(server, { target, headers, method }));
  } finally {
    await server.close();
  }
}
const challenge = (raw: Raw) => raw.headers["www-authenticate"];

describe("R46 every 401 has a challenge", () => {
  const each = {
    token: { policy: { access: anyOf(allOf(scheme("oidc"))) } },
    key: { policy: { access: anyOf(allOf(scheme("key"))) } },
    login: { policy: { access: anyOf(allOf(scheme("login"))) } },
  };

  it("never a bare Bearer, and no error code where no credential came", () =>
    asking(each, async (ask) => {
      expect(challenge(await ask("/token"))).toEqual([`Bearer realm="oidc", resource_metadata="${metadata}"`]);
      expect(challenge(await ask("/key"))).toEqual(['ApiKey realm="key", in="header", name="X-Key"']);
      expect(challenge(await ask("/login"))).toEqual(['Basic realm="login", charset="UTF-8"']);
    }));

  it("an error code where one came that does not count, and its reason where that helps", () =>
    asking(each, async (ask) => {
      const [bad = ""] = challenge(await ask("/token", ["Authorization: Bearer x.y.z"])) ?? [];
      expect(bad).toBe(`Bearer realm="oidc", error="invalid_token", resource_metadata="${metadata}"`);
      const [old = ""] = challenge(await ask("/token", await bearer({ exp: 1_000 }))) ?? [];
      expect(old).toContain('error_description="The access token expired."');
      expect(challenge(await ask("/key", ["X-Key: nope"]))).toEqual(['ApiKey realm="key", in="header", name="X-Key"']);
      expect((await ask("/token", ["Authorization: Bearer a", "Authorization: Bearer b"])).status).toBe(400);
    }));

  it("a token in the URL or in a form is no credential (RFC 9700, 4.3.2)", () =>
    asking(each, async (ask) => {
      const raw = await ask(`/token?access_token=${await token()}`);
      expect([raw.status, challenge(raw)?.[0]?.includes("error")]).toEqual([401, false]);
    }));

  it("R47 403 says insufficient_scope, and which scope would do", () =>
    asking({ a: { policy: { access: anyOf(allOf(scheme("oidc", "admin"))) } } }, async (ask) => {
      const raw = await ask("/a", await bearer());
      expect([raw.status, challenge(raw)]).toEqual([
        403,
        [`Bearer realm="oidc", error="insufficient_scope", scope="admin", resource_metadata="${metadata}"`],
      ]);
    }));

  it("where proofs are asked for it is a DPoP challenge that lists the algorithms, with one nonce where those are asked for", () =>
    asking(
      each,
      async (ask) => {
        const none = await ask("/token");
        expect(challenge(none)?.[0]).toMatch(/^DPoP realm="oidc", resource_metadata="[^"]+", algs="ES256 [^"]+"$/);
        expect(none.headers["dpop-nonce"]).toHaveLength(1);
        const bad = await ask("/token", await bearer());
        expect([bad.status, challenge(bad)?.[0]]).toEqual([
          401,
          expect.stringMatching(/^DPoP .*error="invalid_token"/),
        ]);
        expect((await ask("/key")).headers["dpop-nonce"]).toBeUndefined();
      },
      { binding: "dpop", dpop: { maxAge: "60s", nonce: "required" } },
    ));
});

describe("protected resource metadata (RFC 9728)", () => {
  const samples: Samples = {
    a: { policy: { access: reads } },
    b: { policy: { access: anyOf(allOf(scheme("oidc", "write", "read")), allOf(scheme("key"))) } },
    c: { policy: { access: publicAccess } },
  };

  it("is where the challenge says, names the resource as it was asked for, and who issues tokens", () =>
    asking(samples, async (ask) => {
      const raw = await ask("/.well-known/oauth-protected-resource");
      expect([raw.status, raw.headers["content-type"]]).toEqual([200, ["application/json"]]);
      expect(raw.json).toEqual({
        resource: "http://api.example",
        authorization_servers: [issuer.issuer],
        scopes_supported: ["read", "write"],
        bearer_methods_supported: ["header"],
        resource_name: "Shop",
      });
    }));

  it("is inserted between host and base path, and says the origin that the server was told", () =>
    asking(
      samples,
      async (ask) => {
        const url = "https://shop.example/.well-known/oauth-protected-resource/v1";
        expect(challenge(await ask("/v1/a"))?.[0]).toContain(`resource_metadata="${url}"`);
        expect((await ask("/.well-known/oauth-protected-resource/v1")).json.resource).toBe("https://shop.example/v1");
        expect((await ask("/.well-known/oauth-protected-resource")).status).toBe(404);
        expect((await ask("/.well-known/oauth-protected-resource/v1/a")).status).toBe(404);
      },
      {},
      { basePath: "/v1", origin: "https://shop.example" },
    ));

  it("says what tokens are bound to", () =>
    asking(
      samples,
      async (ask) => {
        expect((await ask("/.well-known/oauth-protected-resource")).json).toMatchObject({
          dpop_bound_access_tokens_required: true,
          dpop_signing_alg_values_supported: expect.arrayContaining(["ES256"]),
        });
      },
      { binding: "dpop" },
    ));

  it("is read, and not written", () =>
    asking(samples, async (ask) => {
      const head = await ask("/.well-known/oauth-protected-resource", [], "HEAD");
      expect([head.status, head.body]).toEqual([200, ""]);
      const post = await ask("/.well-known/oauth-protected-resource", [], "POST");
      expect([post.status, post.headers.allow]).toEqual([405, ["GET, HEAD"]]);
    }));

  it("an origin that is none does not start", () => {
    for (const origin of ["https://api.test/", "api.test", "https://api.test/v1", "javascript:x"])
      expect(() => open({ a: {} }, { origin })).toThrow(/is no origin/);
  });
});

describe("step-up (RFC 9470)", () => {
  const samples: Samples = {
    a: { policy: { access: reads, stepUp: { acr: ["mfa", "hwk"], maxAge: "5m" } } },
    b: { policy: { access: anyOf(allOf(scheme("key"))), stepUp: { acr: ["mfa"] } } },
  };
  const at = () => Math.floor(Date.now() / 1_000);

  it.each<[string, () => Readonly<Record<string, unknown>>, number]>([
    ["as strong and as late as asked", () => ({ acr: "hwk", auth_time: at() - 200 }), 200],
    ["by other means", () => ({ acr: "pwd", auth_time: at() }), 401],
    ["by means that the token does not say", () => ({ auth_time: at() }), 401],
    ["by means that are a list", () => ({ acr: ["mfa"], auth_time: at() }), 401],
    ["too long ago", () => ({ acr: "mfa", auth_time: at() - 400 }), 401],
    ["at a time that the token does not say", () => ({ acr: "mfa" }), 401],
    ["in the future", () => ({ acr: "mfa", auth_time: at() + 3_600 }), 401],
  ])("a user who signed in %s gets %s", (_, claims, status) =>
    asking(samples, async (ask) => {
      const raw = await ask("/a", await bearer(claims()));
      expect(raw.status).toBe(status);
      if (status === 200) return;
      expect(challenge(raw)).toEqual([
        'Bearer realm="oidc", error="insufficient_user_authentication", error_description="A stronger or later sign-in is required", ' +
          `acr_values="mfa hwk", max_age="300", resource_metadata="${metadata}"`,
      ]);
      expect(raw.json).toMatchObject({
        code: "insufficient_user_authentication",
        acr_values: ["mfa", "hwk"],
        max_age: 300,
      });
    }),
  );

  it("comes after the scope: who may not call at all is not sent to sign in", () =>
    asking(samples, async (ask) => {
      expect((await ask("/a", await bearer({ scope: "other" }))).status).toBe(403);
      expect((await ask("/a")).status).toBe(401);
    }));

  it("a rule that asks for nothing, or that cannot be read, does not start", () => {
    const start =
      (stepUp: object, access = reads) =>
      () =>
        open({ a: { policy: { access, stepUp } } });
    expect(start({})).toThrow(/neither/);
    expect(start({ acr: [] })).toThrow(/neither/);
    expect(start({ acr: ['a"b'] })).toThrow(/no acr value/);
    expect(start({ maxAge: "soon" })).toThrow(/no duration/);
    expect(start({ acr: ["mfa"] }, publicAccess)).toThrow(/nobody is known/);
  });
});
