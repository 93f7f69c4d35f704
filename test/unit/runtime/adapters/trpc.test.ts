import type { AddressInfo } from "node:net";
import { limit, role } from "@sallyport/runtime/policy";
import { type Api, memoryKeys, refuse } from "@sallyport/runtime/server";
import {
  buildRouter,
  createContext,
  type Mutation,
  mutation,
  type Query,
  query,
  type Router,
} from "@sallyport/runtime/trpc";
import { createTRPCClient, httpBatchLink, httpLink, TRPCClientError } from "@trpc/client";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import { apiKeys } from "../../../../runtime/src/credentials/api-key.js";
import { jwt } from "../../../../runtime/src/credentials/jwt.js";
import { createApiKey } from "../../../../runtime/src/credentials/key-life.js";
import { apiPolicy, logins, open } from "../../../support/contract.js";
import { makeKey, mint, startIssuer, type TestIssuer, type TestKey } from "../../../support/tokens.js";
import { tokenScheme } from "../../../support/verifying.js";

interface Procedures {
  readonly shop: {
    readonly getItem: Query<
      { readonly id: string; readonly count?: number },
      { readonly id: string; readonly by: string }
    >;
    readonly health: Query<{ readonly verbose?: string } | undefined, { readonly up: boolean }>;
    readonly removeItem: Mutation<{ readonly id: string }, undefined>;
    readonly fail: Mutation<{ readonly how: string }, undefined>;
    readonly limited: Query<undefined, { readonly ok: boolean }>;
  };
}
type AppRouter = Router<Procedures>;

const oidc = { allOf: [{ scheme: "oidc", needs: ["read"] }] };
const access = { kind: "restricted", anyOf: [oidc] } as const;
const either = { kind: "restricted", anyOf: [oidc, { allOf: [{ scheme: "key", needs: [] }] }] } as const;

let issuer: TestIssuer;
let key: TestKey;
let api: Api;
let partnerKey: string;
let url: string;
let stop: () => void;

function routerOf(): AppRouter {
  return buildRouter<Procedures>(api, {
    shop: {
      getItem: query("getItem"),
      health: query("health"),
      removeItem: mutation("removeItem"),
      fail: mutation("fail"),
      limited: query("limited"),
    },
  });
}

beforeAll(async () => {
  key = await makeKey("k1");
  issuer = await startIssuer(key);
  const store = memoryKeys();
  partnerKey = (await createApiKey({ store, owner: "partner" })).key;
  const idPath = { path: [{ name: "id" }] };
  const idSchema = z.strictObject({ id: z.string().max(8) });
  ({ api } = open(
    {
      getItem: {
        policy: { access: either, path: "/items/{id}" },
        wire: { ...idPath, query: [{ name: "count", kind: "integer" }] },
        schemas: { path: idSchema, query: z.strictObject({ count: z.int().exactOptional() }) },
        handler: ((call: { path: { id: string }; principal: { id: string } }) => ({
          status: 200,
          body: { id: call.path.id, by: call.principal.id },
        })) as never,
      },
      health: {
        wire: { query: [{ name: "verbose" }] },
        schemas: { query: z.strictObject({ verbose: z.string().exactOptional() }) },
        handler: () => ({ status: 200, body: { up: true } }),
      },
      removeItem: {
        policy: { access, method: "DELETE", path: "/items/{id}", authz: role("admin") },
        wire: idPath,
        schemas: { path: idSchema, responses: { 204: {} } },
        handler: () => ({ status: 204 }),
      },
      fail: {
        policy: { method: "POST" },
        wire: { query: [{ name: "how" }] },
        schemas: {
          query: z.strictObject({ how: z.string() }),
          responses: { 204: {}, 409: { "application/json": z.object({ title: z.string() }) } },
        },
        handler: ((call: { query: { how: string } }) => {
          if (call.query.how === "throw") throw new Error("secret of the database");
          if (call.query.how === "refuse") throw refuse(409, { title: "Account is closed", detail: "Since May." });
          return { status: 409, body: { title: "declared" } };
        }) as never,
      },
      limited: {
        policy: { limits: [limit("two", { limit: 2, window: "1h", key: ["ip"] })] },
        handler: () => ({ status: 200, body: { ok: true } }),
      },
    },
    {
      schemes: { oidc: jwt(), key: apiKeys({ store }), login: logins() },
      policy: {
        schemes: {
          ...apiPolicy.schemes,
          oidc: tokenScheme(issuer.issuer, {}, { principal: { id: ["sub"], roles: { claim: "/roles" } } }),
        },
      },
    },
  ));
  const server = createHTTPServer({ router: routerOf(), createContext });
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () => server.close();
});
afterAll(async () => {
  stop();
  await issuer.close();
});

const clientWith = (headers: Record<string, string> = {}) =>
  createTRPCClient<AppRouter>({ links: [httpLink({ url, headers })] });
const clientOf = async (claims: Record<string, unknown> = {}) =>
  clientWith({ authorization: `Bearer ${await mint(issuer.issuer, key, { claims })}` });

async function errorOf(call: Promise<unknown>): Promise<TRPCClientError<AppRouter>> {
  const error = await call.then(
    () => new Error("the call succeeded"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof TRPCClientError) return error as TRPCClientError<AppRouter>;
  throw error;
}

describe("a typed client over HTTP", () => {
  it("calls operations through their guards", async () => {
    const client = await clientOf();
    const item = await client.shop.getItem.query({ id: "a1", count: 2 });
    expectTypeOf(item).toEqualTypeOf<{ readonly id: string; readonly by: string }>();
    expect(item).toEqual({ id: "a1", by: "ann" });
    expect(await clientWith({ "x-key": partnerKey }).shop.getItem.query({ id: "a1" })).toEqual({
      id: "a1",
      by: "partner",
    });
  });

  it("needs no input where an operation needs none", async () => {
    expect(await clientWith().shop.health.query()).toEqual({ up: true });
  });

  it("gets nothing from an operation that answers nothing", async () => {
    const admin = await clientOf({ roles: ["admin"] });
    expect(await admin.shop.removeItem.mutate({ id: "a1" })).toBeUndefined();
  });

  it("has types that refuse what the spec refuses", () => {
    const client = clientWith();
    // @ts-expect-error id is a string
    void (() => client.shop.getItem.query({ id: 1 }));
    // @ts-expect-error a query is not a mutation
    void (() => client.shop.getItem.mutate({ id: "a" }));
    // @ts-expect-error there is no such operation
    void (() => client.shop.getNothing.query());
    // @ts-expect-error every procedure of the contract must be there
    void (() => buildRouter<Procedures>(api, { shop: { getItem: query("getItem") } }));
    // @ts-expect-error a query cannot stand in for a mutation
    const wrong: ReturnType<typeof mutation> = query("removeItem");
    expect(wrong.type).toBe("query");
  });

  it("can batch: each call is judged by itself", async () => {
    const token = await mint(issuer.issuer, key);
    const client = createTRPCClient<AppRouter>({
      links: [httpBatchLink({ url, headers: { authorization: `Bearer ${token}` } })],
    });
    const [item, denied] = await Promise.all([
      client.shop.getItem.query({ id: "a1" }),
      errorOf(client.shop.getItem.query({ id: "much-too-long" })),
    ]);
    expect(item.by).toBe("ann");
    expect(denied.data?.code).toBe("UNPROCESSABLE_CONTENT");
  });
});

describe("refusals are tRPC errors with the problem document", () => {
  it("401 without a credential, with every challenge", async () => {
    const error = await errorOf(clientWith().shop.getItem.query({ id: "a" }));
    expect(error.data).toMatchObject({
      code: "UNAUTHORIZED",
      httpStatus: 401,
      problem: { status: 401, code: "unauthenticated" },
    });
    const response = (error.meta as { response: Response }).response;
    expect(response.headers.get("www-authenticate")).toMatch(
      /^Bearer realm="oidc", resource_metadata="[^"]+", ApiKey realm="key"/,
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("401 for a bad one, 403, 422", async () => {
    const forged = await errorOf(clientWith({ authorization: "Bearer made.up.token" }).shop.getItem.query({ id: "a" }));
    expect(forged.data?.problem).toMatchObject({ status: 401 });
    const noScope = await errorOf((await clientOf({ scope: "other" })).shop.getItem.query({ id: "a" }));
    expect(noScope.data).toMatchObject({ code: "FORBIDDEN", problem: { code: "insufficient_scope" } });
    const noRole = await errorOf((await clientOf()).shop.removeItem.mutate({ id: "a" }));
    expect(noRole.data?.code).toBe("FORBIDDEN");
    const invalid = await errorOf((await clientOf()).shop.getItem.query({ id: "much-too-long" }));
    expect(invalid.data?.problem?.errors).toMatchObject([{ in: "path", pointer: "#/id" }]);
    expect(JSON.stringify(invalid.data)).not.toContain("much-too-long");
  });

  it("429 with Retry-After", async () => {
    const client = clientWith();
    await client.shop.limited.query();
    await client.shop.limited.query();
    const error = await errorOf(client.shop.limited.query());
    expect(error.data?.code).toBe("TOO_MANY_REQUESTS");
    expect(Number((error.meta as { response: Response }).response.headers.get("retry-after"))).toBeGreaterThan(1_000);
  });

  it("what a handler refuses, and what it answers with another status than 2xx", async () => {
    const refused = await errorOf(clientWith().shop.fail.mutate({ how: "refuse" }));
    expect(refused.data).toMatchObject({
      code: "CONFLICT",
      problem: { title: "Account is closed", detail: "Since May.", status: 409 },
    });
    expect(refused.message).toBe("Since May.");
    const declared = await errorOf(clientWith().shop.fail.mutate({ how: "answer" }));
    expect(declared.data).toMatchObject({ code: "CONFLICT", problem: { title: "declared", status: 409 } });
  });

  it("R51 what nobody expected says nothing, and no error has a stack", async () => {
    const error = await errorOf(clientWith().shop.fail.mutate({ how: "throw" }));
    expect(error.data).toMatchObject({ code: "INTERNAL_SERVER_ERROR", problem: { status: 500 } });
    const said = JSON.stringify([error.message, error.data, error.shape]);
    expect(said).not.toContain("secret of the database");
    expect(said).not.toContain("stack");
    expect(said).not.toMatch(/\.ts:\d/);
  });

  it("an api that throws says nothing either", async () => {
    const broken: Api = { ...api, invoke: () => Promise.reject(new Error("secret")) };
    const router = buildRouter<
      Pick<Procedures, never> & { readonly shop: { readonly health: Query<undefined, unknown> } }
    >(broken, {
      shop: { health: query("health") },
    });
    const response = await fetchRequestHandler({
      endpoint: "/",
      req: new Request("http://api.test/shop.health"),
      router,
      createContext,
    });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).toContain("The server failed");
    expect(text).not.toContain("secret");
    expect(text).not.toContain("stack");
  });
});

describe("the router", () => {
  it("R12 refuses every call when the context has no exchange", async () => {
    for (const context of [{}, undefined, null, { exchange: {} }]) {
      const caller = routerOf().createCaller(context as never);
      await expect(caller.shop.health(undefined)).rejects.toMatchObject({ code: "INTERNAL_SERVER_ERROR" });
    }
  });

  it("names an operation that the API does not serve", () => {
    const build = () =>
      buildRouter<{ readonly a: { readonly b: Query<undefined, unknown> } }>(api, { a: { b: query("nothing") } });
    expect(build).toThrow(/"nothing"/);
  });

  it("serves the fetch adapter as well", async () => {
    const token = await mint(issuer.issuer, key);
    const input = encodeURIComponent(JSON.stringify({ id: "a1" }));
    const ask = async (headers: Record<string, string>) => {
      const req = new Request(`https://api.test/trpc/shop.getItem?input=${input}`, { headers });
      return fetchRequestHandler({ endpoint: "/trpc", req, router: routerOf(), createContext });
    };
    expect(await (await ask({ authorization: `Bearer ${token}` })).json()).toEqual({
      result: { data: { id: "a1", by: "ann" } },
    });
    const refused = await ask({});
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toContain("Bearer realm=");
    const twice = await ask({ authorization: `Bearer ${token}, Bearer ${token}` });
    expect(twice.status).toBe(401);
  });
});
