import { type Access, allOf, anonymous, anyOf, publicAccess, scheme } from "@sallyport/runtime/policy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { open, type Sample } from "../support/contract.js";
import { send, serveLocally } from "../support/wire.js";

const token = scheme("oidc", "read");
const key = scheme("key");
const accesses: Readonly<Record<string, Access>> = {
  open: publicAccess,
  token: anyOf(allOf(token)),
  and: anyOf(allOf(token, key)),
  or: anyOf(allOf(token), allOf(key)),
  optional: anyOf(anonymous, allOf(token)),
  optionalLast: anyOf(allOf(token), anonymous),
  wide: anyOf(allOf(scheme("oidc", "write")), allOf(token)),
  both: anyOf(allOf(scheme("oidc", "read", "write"))),
  keyRole: anyOf(allOf(scheme("key", "editor"))),
  login: anyOf(allOf(scheme("login"))),
  andOr: anyOf(allOf(token, key), allOf(scheme("oidc", "admin"))),
};
const echo: Sample["handler"] = ({ principal }: { principal?: { id: string } }) => ({
  status: 200,
  body: principal?.id ?? null,
});
const shop = open(
  Object.fromEntries(Object.entries(accesses).map(([id, access]) => [id, { policy: { access }, handler: echo }])),
);
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());

const none: readonly string[] = [];
const good = "Authorization: Bearer alice scope=read";
const bare = "Authorization: Bearer alice";
const bad = "Authorization: Bearer bad";
const partner = "X-Key: partner";
const badKey = "X-Key: bad";

describe("R9 the truth table of security requirements", () => {
  it.each([
    ["open", none, 200, null],
    ["open", [bad], 200, null],
    ["token", none, 401, undefined],
    ["token", [good], 200, "alice"],
    ["token", [bad], 401, undefined],
    ["token", [bare], 403, undefined],
    ["token", [partner], 401, undefined],
    ["token", ["Authorization: Basic carol"], 401, undefined],
    ["and", none, 401, undefined],
    ["and", [good], 401, undefined],
    ["and", [partner], 401, undefined],
    ["and", [good, partner], 200, "alice"],
    ["and", [bare, partner], 403, undefined],
    ["and", [good, badKey], 401, undefined],
    ["and", [bad, partner], 401, undefined],
    ["or", none, 401, undefined],
    ["or", [good], 200, "alice"],
    ["or", [partner], 200, "partner"],
    ["or", [good, partner], 200, "alice"],
    ["or", [bare, partner], 200, "partner"],
    ["or", [bare], 403, undefined],
    ["or", [bad, badKey], 401, undefined],
    ["optional", none, 200, null],
    ["optional", [good], 200, "alice"],
    ["optionalLast", none, 200, null],
    ["optionalLast", [good], 200, "alice"],
    ["wide", [good], 200, "alice"],
    ["wide", ["Authorization: Bearer alice scope=write"], 200, "alice"],
    ["wide", [bare], 403, undefined],
    ["both", [good], 403, undefined],
    ["both", ["Authorization: Bearer alice scope=write,read"], 200, "alice"],
    ["keyRole", [partner], 403, undefined],
    ["keyRole", ["X-Key: partner viewer"], 403, undefined],
    ["keyRole", ["X-Key: partner editor"], 200, "partner"],
    ["keyRole", ["X-Key: partner admin"], 200, "partner"],
    ["login", ["Authorization: Basic carol"], 200, "carol"],
    ["login", [good], 401, undefined],
    ["andOr", [good], 403, undefined],
    ["andOr", ["Authorization: Bearer root scope=admin"], 200, "root"],
    ["andOr", [good, partner], 200, "alice"],
  ])("%s with %j answers %i", async (id, headers, status, body) => {
    const ran = shop.runs[id] ?? 0;
    const reply = await send(server, { target: `/${id}`, headers });
    expect(reply.status).toBe(status);
    if (status === 200) expect(JSON.parse(reply.body)).toBe(body);
    expect(shop.runs[id] ?? 0).toBe(status === 200 ? ran + 1 : ran);
  });
});

describe("R11 a bad credential is not the same as none", () => {
  it.each(["optional", "optionalLast"])("%s refuses it", async (id) => {
    expect((await send(server, { target: `/${id}`, headers: [bad] })).status).toBe(401);
  });

  it("a good credential that does not reach is let in as anybody would be", async () => {
    const reply = await send(server, { target: "/optional", headers: [bare] });
    expect([reply.status, reply.body]).toEqual([200, "null"]);
  });
});

describe("R12 a verifier that fails lets nobody in", () => {
  it.each([
    ["down", 503],
    ["throws", 500],
    ["nonsense", 500],
  ])("%s answers %i", async (who, status) => {
    for (const id of ["token", "optional", "or"]) {
      const reply = await send(server, { target: `/${id}`, headers: [`Authorization: Bearer ${who}`] });
      expect(reply.status).toBe(status);
      expect(reply.body).not.toContain("secret");
    }
  });
});

describe("R35 two Authorization headers are two readings", () => {
  it.each([[[good, good]], [[good, bad]], [["Authorization: Basic carol", good]]])("%j is 400", async (headers) => {
    const reply = await send(server, { target: "/token", headers });
    expect([reply.status, reply.json.code]).toEqual([400, "invalid_request"]);
  });
});

describe("R46 every 401 has a challenge", () => {
  it("of every scheme that would do, and without an error code when no credential came", async () => {
    const reply = await send(server, { target: "/or" });
    expect(reply.headers["www-authenticate"]).toEqual(['Bearer realm="oidc"', 'ApiKey realm="key"']);
  });

  it("with the error of the one that was bad", async () => {
    const reply = await send(server, { target: "/or", headers: [bad] });
    expect(reply.headers["www-authenticate"]).toEqual([
      'Bearer realm="oidc", error="invalid_token"',
      'ApiKey realm="key"',
    ]);
    expect(reply.json.code).toBe("invalid_token");
  });

  it("and no token's error for a key", async () => {
    const reply = await send(server, { target: "/or", headers: [badKey] });
    expect(reply.headers["www-authenticate"]).toEqual(['Bearer realm="oidc"', 'ApiKey realm="key"']);
  });
});

describe("R47 a token without the scope", () => {
  it("is 403 with insufficient_scope and the scope", async () => {
    const reply = await send(server, { target: "/both", headers: [good] });
    expect(reply.status).toBe(403);
    expect(reply.headers["www-authenticate"]).toEqual([
      'Bearer realm="oidc", error="insufficient_scope", scope="read write"',
    ]);
    expect(reply.json).toMatchObject({ code: "insufficient_scope", scope: "read write", status: 403 });
  });

  it("a role that is lacking is 403 without a word about which", async () => {
    const reply = await send(server, { target: "/keyRole", headers: [partner] });
    expect([reply.status, reply.json.code]).toEqual([403, "forbidden"]);
    expect(reply.body).not.toContain("editor");
  });
});
