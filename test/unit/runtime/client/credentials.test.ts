import { apiKey, basic, bearer, connect, Failure } from "@sallyport/runtime/client";
import { type Access, anonymous, anyOf, publicAccess, scheme } from "@sallyport/runtime/policy";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  callOnce,
  clientPolicy,
  failureOf,
  json,
  type Origin,
  operation,
  type Received,
  startOrigin,
} from "../../../support/client.js";

let origin: Origin;
const seen: Received[] = [];

beforeAll(async () => {
  origin = await startOrigin((request, response) => {
    seen.push(request);
    json(response, 200, {});
  });
});
beforeEach(() => {
  seen.length = 0;
});
afterAll(() => origin.close());

const all = { oidc: bearer("t"), key: apiKey("k"), crumb: apiKey("c"), login: basic({ username: "u", password: "p" }) };

/** What of a credential the server got. */
async function sent(access: Access, auth: object) {
  await callOnce({ baseUrl: origin.url, auth }, operation({ access }));
  const { authorization, "x-key": key, cookie } = seen[0]?.headers ?? {};
  return { ...(authorization && { authorization }), ...(key && { key }), ...(cookie && { cookie }) };
}

const and = anyOf({ allOf: [scheme("oidc"), scheme("key")] });
const or = anyOf({ allOf: [scheme("oidc")] }, { allOf: [scheme("key")] });

describe("which credentials are sent", () => {
  it("all of an AND", async () => {
    expect(await sent(and, all)).toEqual({ authorization: "Bearer t", key: "k" });
  });

  it("one of an OR: the first that is configured", async () => {
    expect(await sent(or, all)).toEqual({ authorization: "Bearer t" });
    seen.length = 0;
    expect(await sent(or, { key: all.key })).toEqual({ key: "k" });
  });

  it("an alternative that is configured as a whole goes before one that is not", async () => {
    const access = anyOf({ allOf: [scheme("oidc"), scheme("key")] }, { allOf: [scheme("crumb")] });
    expect(await sent(access, { oidc: all.oidc, crumb: all.crumb })).toEqual({ cookie: "sid=c" });
  });

  it("where {} is an alternative: the credential if there is one, else none", async () => {
    const access = anyOf(anonymous, { allOf: [scheme("key")] });
    expect(await sent(access, all)).toEqual({ key: "k" });
    seen.length = 0;
    expect(await sent(access, { oidc: all.oidc })).toEqual({});
  });

  it("none to a public operation, whatever is configured", async () => {
    expect(await sent(publicAccess, all)).toEqual({});
  });

  it.each([
    [and, { oidc: all.oidc }, "oidc and key"],
    [or, {}, "oidc, or key"],
    [or, { login: all.login, oidc: undefined }, "oidc, or key"],
  ])("what is missing is named before anything is sent (%#)", async (access, auth, words) => {
    const failure = await failureOf(callOnce({ baseUrl: origin.url, auth }, operation({ access })));
    expect(failure.code).toBe("credential_missing");
    expect(failure.message).toContain(words);
    expect(seen).toEqual([]);
  });

  it("two credentials that need one header are an error, not a silent loss", async () => {
    const access = anyOf({ allOf: [scheme("oidc"), scheme("login")] });
    const failure = await failureOf(callOnce({ baseUrl: origin.url, auth: all }, operation({ access })));
    expect(failure.code).toBe("configuration");
    expect(seen).toEqual([]);
  });

  it.each([
    [{ other: bearer("t") }, /auth\.other: the spec has no such scheme of kind token/],
    [{ toString: bearer("t") }, /auth\.toString/],
    [{ oidc: apiKey("k") }, /auth\.oidc: the spec has no such scheme of kind apiKey/],
    [{ key: basic({ username: "u", password: "p" }) }, /auth\.key/],
  ])("a credential that the spec does not know stops the start (%#)", (auth, message) => {
    const start = () => connect(clientPolicy(), { baseUrl: origin.url, auth });
    expect(start).toThrow(message);
    expect(start).toThrow(expect.objectContaining({ code: "configuration" }));
  });

  it("code for another policy format does not start", () => {
    expect(() => connect(clientPolicy({ format: 99 }), { baseUrl: origin.url })).toThrow(/format 99/);
  });
});

describe("how credentials are written", () => {
  const one = (name: string) => anyOf({ allOf: [scheme(name)] });

  it("basic in UTF-8 (RFC 7617)", async () => {
    const auth = { login: basic({ username: "Zoë", password: async () => "p:ß→" }) };
    const { authorization } = await sent(one("login"), auth);
    expect(Buffer.from(String(authorization).slice(6), "base64").toString("utf8")).toBe("Zoë:p:ß→");
  });

  it("a user name holds no colon", () => {
    expect(() => basic({ username: "a:b", password: "c" })).toThrow(Failure);
  });

  it("an API key in a cookie joins the operation's own", async () => {
    const crumbs = operation({ access: one("crumb") }, { cookie: [{ name: "lang" }] });
    await callOnce({ baseUrl: origin.url, auth: all }, crumbs, { lang: "de" });
    expect(seen[0]?.headers.cookie).toBe("lang=de; sid=c");
  });

  it("a rotated secret is used at the next call", async () => {
    let key = 0;
    const caller = connect(clientPolicy(), { baseUrl: origin.url, auth: { key: apiKey(() => `k${++key}`) } });
    await caller.send(operation({ access: one("key") }), {});
    await caller.send(operation({ access: one("key") }), {});
    await caller.close();
    expect(seen.map(({ headers }) => headers["x-key"])).toEqual(["k1", "k2"]);
  });

  it.each([
    ["oidc", { oidc: bearer("a\r\nx: y") }],
    ["oidc", { oidc: bearer("") }],
    ["key", { key: apiKey("a b") }],
    ["crumb", { crumb: apiKey("a;b") }],
  ])("a %s that cannot stand in its place is not sent, nor told (%#)", async (name, auth) => {
    const failure = await failureOf(callOnce({ baseUrl: origin.url, auth }, operation({ access: one(name) })));
    expect(failure.code).toBe("configuration");
    expect(failure.message).not.toMatch(/a;b|a b|x: y/);
    expect(seen).toEqual([]);
  });
});
