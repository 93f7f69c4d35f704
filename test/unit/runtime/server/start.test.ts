import { allOf, anyOf, env, limit, owner, role, scheme } from "@sallyport/runtime/policy";
import {
  type CompileOptions,
  compileApi,
  readSettings,
  type SchemeContext,
  StartError,
} from "@sallyport/runtime/server";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, apiPolicy, contractOf, keys, logins, type Sample, tokens } from "../../../support/contract.js";

const handler = () => ({ status: 200 });
const complete: CompileOptions = {
  handlers: { shop: { a: handler } },
  schemes: { oidc: tokens(), key: keys(), login: logins() },
};

function complaintsOf(
  samples: Readonly<Record<string, Sample>>,
  options: Partial<CompileOptions> = {},
  api: Partial<typeof apiPolicy> = {},
  readEnv: Parameters<typeof compileApi>[2] = () => ({}),
): readonly string[] {
  try {
    compileApi(contractOf(samples, api), { ...complete, ...options }, readEnv);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof StartError)) throw thrown;
    expect(thrown.message.split("\n")).toHaveLength(thrown.complaints.length);
    return thrown.complaints.map(({ code, message }) => `${code}: ${message}`);
  }
}

describe("a server that is complete", () => {
  it("starts, and says what it serves", () => {
    const api = compileApi(
      contractOf({ a: {} }, { servers: [{ url: "https://api.example/v1/" }] }),
      complete,
      () => ({}),
    );
    expect(api.routes).toEqual([{ operation: "a", method: "GET", path: "/v1/a" }]);
  });

  it.each([
    ["https://api.example/v1", undefined, "/v1/a"],
    ["https://api.example", undefined, "/a"],
    ["/v2", undefined, "/v2/a"],
    ["https://api.example/v1", "", "/a"],
    ["https://api.example/v1", "/behind/proxy", "/behind/proxy/a"],
  ])("stands at the path of %s with basePath %s: %s", (url, basePath, path) => {
    const options = basePath === undefined ? complete : { ...complete, basePath };
    expect(compileApi(contractOf({ a: {} }, { servers: [{ url }] }), options, () => ({})).routes[0]?.path).toBe(path);
  });
});

describe("a server that is not complete", () => {
  it("does not start, and names everything that is missing or unknown in one message", () => {
    const found = complaintsOf(
      {
        a: { policy: { access: anyOf(allOf(scheme("oidc"), scheme("key")), allOf(scheme("login"))) } },
        b: {
          policy: { path: "/b/{id}", access: anyToken, object: owner("Order", { id: "path:id", field: "o" }) },
          wire: { path: [{ name: "id" }] },
          schemas: { path: z.strictObject({ id: z.string() }) },
        },
      },
      {
        handlers: { shop: { a: "not a function", c: handler }, bakery: { d: handler } },
        schemes: { key: tokens(), oath: tokens(), login: {} },
        objects: { Invoice: handler },
      },
      {},
      (source) => readSettings(source, ["SALLYPORT_TEST_ONE", "SALLYPORT_TEST_TWO"]),
    );
    expect(found).toEqual([
      "missing_handler: handlers.shop.a is not a function.",
      "missing_handler: handlers.shop.b is not a function.",
      "unknown_handler: handlers.shop.c is no operation of this API.",
      "unknown_handler: handlers.bakery is no group of this API.",
      "missing_verifier: schemes.oidc is missing: jwt().",
      'wrong_verifier: schemes.key verifies "token", the spec says "apiKey".',
      "unknown_verifier: schemes.oath is no security scheme of this API.",
      "wrong_verifier: schemes.login is not a verifier: basic(…).",
      "missing_loader: objects.Order is not a function that finds an object by its id.",
      "unknown_loader: objects.Invoice: no operation has an object rule for it.",
      "missing_setting: SALLYPORT_TEST_ONE is not set in the environment.",
      "missing_setting: SALLYPORT_TEST_TWO is not set in the environment.",
    ]);
  });

  it("refuses a policy in a format that it does not know, before anything else", () => {
    expect(complaintsOf({ a: {} }, { handlers: {} }, { format: 2 })).toEqual([
      expect.stringMatching(/^unknown_format: .* 2/),
    ]);
  });

  it("a prototype is no group, no handler, no loader and no verifier", () => {
    expect(complaintsOf({ toString: {} }, { handlers: { shop: {} } })).toEqual([
      "missing_handler: handlers.shop.toString is not a function.",
    ]);
    expect(complaintsOf({ a: { policy: { access: anyOf(allOf(scheme("constructor"))) } } })).toEqual([
      'unknown_scheme: The policy uses the scheme "constructor" and does not define it.',
    ]);
  });

  it("says what a verifier says about its scheme", () => {
    const picky = {
      kind: "token" as const,
      bind: () => {
        throw new StartError([{ code: "missing_setting", message: "The issuer is nowhere." }]);
      },
    };
    expect(complaintsOf({ a: {} }, { schemes: { oidc: picky } })).toEqual(["missing_setting: The issuer is nowhere."]);
  });

  it("hands a verifier its scheme, its settings and the clock", () => {
    const seen: unknown[] = [];
    const curious = {
      kind: "token" as const,
      bind: (context: SchemeContext) => {
        seen.push(context);
        return tokens().bind(context);
      },
    };
    const now = () => 7;
    const oidc = { ...apiPolicy.schemes.oidc, jwt: { issuer: env("ISS") } } as never;
    complaintsOf({ a: {} }, { schemes: { oidc: curious }, now, env: { ISS: "x" } }, { schemes: { oidc } }, (source) =>
      readSettings(source, ["ISS"]),
    );
    expect(seen).toMatchObject([{ name: "oidc", scheme: oidc, settings: { ISS: "x" }, now }]);
  });
});

describe("a policy that cannot be enforced stops the start, not the first call", () => {
  const base = { limit: 1, window: "1s", key: ["ip"] } as const;
  it.each<[string, Sample, string]>([
    ["TRACE", { policy: { method: "TRACE" } }, "TRACE is never served"],
    ["a path without a slash", { policy: { path: "a" } }, "does not start with a slash"],
    ["no alternative", { policy: { access: anyOf() } }, "the access has no alternative"],
    ["an unknown access", { policy: { access: { kind: "private" } as never } }, "neither public nor restricted"],
    [
      "an unreadable window",
      { policy: { limits: [limit("x", { ...base, window: "soon" as never })] } },
      "is no duration",
    ],
    ["an empty window", { policy: { limits: [limit("x", { ...base, window: "0s" })] } }, "is no duration"],
    ["a limit of none", { policy: { limits: [limit("x", { ...base, limit: 0 })] } }, "counts nothing"],
    ["half a burst", { policy: { limits: [limit("x", { ...base, burst: 0.5 })] } }, "counts nothing"],
    ["no key", { policy: { limits: [limit("x", { ...base, key: [] })] } }, "has no key"],
    [
      "an unknown key",
      { policy: { limits: [limit("x", { ...base, key: ["person" as never] })] } },
      "has the key person",
    ],
    [
      "a header that is not there",
      { policy: { limits: [limit("x", { ...base, key: ["header:X-No"] })] } },
      "header:X-No",
    ],
    [
      "an unknown algorithm",
      { policy: { limits: [limit("x", { ...base, algorithm: "leaky" as never })] } },
      "algorithm",
    ],
    ["a cost beyond reach", { policy: { cost: 2, limits: [limit("x", base)] } }, "never has room"],
    [
      "failures by name alone",
      {
        policy: { limits: [limit("x", { ...base, key: ["query:user"], count: "failures" })] },
        wire: { query: [{ name: "user" }] },
        schemas: { query: z.object({ user: z.string() }) },
      },
      "anybody could lock anybody out",
    ],
    [
      "a lockout for all",
      { policy: { limits: [limit("x", { ...base, lockout: { after: 1, for: "1h" } })] } },
      "no failure",
    ],
    [
      "a plan of nobody",
      { policy: { limits: [limit("x", { ...base, tiers: { by: "claim:", of: {} } })] } },
      "no claim",
    ],
    [
      "a slowDown that cannot be read",
      { policy: { slowDown: { after: 0, window: "1s", delay: "1s", maxDelay: "1s", key: ["ip"] } } },
      "slowDown cannot be read",
    ],
    ["room for nobody", { policy: { concurrency: { max: 0, key: ["ip"] } } }, "concurrency cannot be read"],
    ["a limit twice", { policy: { limits: [limit("x", base), limit("x", base)] } }, "named twice"],
    ["an unreadable size", { policy: { bounds: { body: "big" as never, depth: 3 } } }, "limits.body is no size"],
    ["no depth", { policy: { bounds: { body: "1KiB", depth: Number.NaN } } }, "limits.depth is no count"],
    [
      "an unreadable sunset",
      { policy: { lifecycle: { deprecatedAt: "2026-01-01", sunset: "soon", afterSunset: "gone" } } },
      "sunset is no date",
    ],
    ["a role that does not exist", { policy: { authz: role("amdin") } }, 'the role "amdin" does not exist'],
    ["a query without a schema", { wire: { query: [{ name: "q" }] } }, "query has no schema"],
    [
      "a body without a schema",
      { wire: { body: { media: ["text/plain"], required: true } } },
      "no schema for text/plain",
    ],
    ["no response", { schemas: { responses: {} } }, "no response is declared"],
    [
      "an object by no parameter",
      { policy: { object: owner("T", { id: "path:id", field: "o" }) } },
      "which is no parameter",
    ],
  ])("%s", (_, sample, message) => {
    const objects = sample.policy?.object === undefined ? {} : { objects: { T: handler } };
    expect(complaintsOf({ a: sample }, objects)).toEqual([expect.stringContaining(message)]);
  });

  it("two operations at one place", () => {
    const found = complaintsOf(
      { a: { policy: { path: "/x/{a}" } }, b: { policy: { path: "/x/{b}" } } },
      { handlers: { shop: { a: handler, b: handler } } },
    );
    expect(found).toEqual(["invalid_policy: b: GET /x/{b} is another operation's already."]);
  });

  it("an inherited role that does not exist", () => {
    expect(complaintsOf({ a: {} }, {}, { roles: { admin: ["editor"] } })).toEqual([
      'unknown_role: roles.admin: the role "editor" does not exist.',
    ]);
  });

  it.each(["v1", "/a b", "/a?b", "//a"])("the base path %s", (basePath) => {
    expect(complaintsOf({ a: {} }, { basePath })).toEqual([expect.stringContaining("invalid_option")]);
  });
});
