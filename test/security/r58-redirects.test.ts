import { apiKey, basic, bearer, connect, type Interceptor } from "@sallyport/runtime/client";
import { anyOf, scheme } from "@sallyport/runtime/policy";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTransport as fetchTransport } from "../../runtime/src/client/transports/fetch.js";
import {
  callOnce,
  clientPolicy,
  failureOf,
  json,
  noRetries,
  type Origin,
  operation,
  type Received,
  startOrigin,
} from "../support/client.js";

let home: Origin;
let elsewhere: Origin;
let location = "";
let status = 302;
const seen: Received[] = [];
const strayed: Received[] = [];
const secured = anyOf({ allOf: [scheme("oidc"), scheme("key"), scheme("crumb")] });
const auth = { oidc: bearer("t0ken"), key: apiKey("k3y"), crumb: apiKey("c00kie") };

beforeAll(async () => {
  home = await startOrigin((request, response) => {
    seen.push(request);
    if (location === "") return json(response, 200, { ok: true });
    response.writeHead(status, { location }).end();
  });
  elsewhere = await startOrigin((request, response) => {
    strayed.push(request);
    json(response, 200, { ok: true });
  });
});

beforeEach(() => {
  location = "";
  seen.length = 0;
  strayed.length = 0;
});

afterAll(async () => {
  await home.close();
  await elsewhere.close();
});

const transports = {
  undici: () => ({}),
  fetch: () => ({ transport: fetchTransport({ origin: home.url, tls: undefined, server: undefined }) }),
};

describe.each(["undici", "fetch"] as const)("R58 redirects, over %s", (name) => {
  it.each([301, 302, 303, 307, 308])("R58 %i is refused, to another origin and to the same", async (answered) => {
    const retries = { ...noRetries, maxAttempts: 3, network: true, when: "always", statuses: [503] } as const;
    for (const target of [`${elsewhere.url}/steal`, `${home.url}/again`, "/again", "//evil.example/"]) {
      status = answered;
      location = target;
      const options = { baseUrl: home.url, auth, policy: { retries }, ...transports[name]() };
      const post = operation(
        { method: "POST", access: secured },
        { body: { media: ["application/json"], required: true } },
      );
      const failure = await failureOf(callOnce(options, post, { body: { secret: 1 } }));
      expect([target, failure.code, failure.status, failure.attempts]).toEqual([
        target,
        "redirect_refused",
        answered,
        1,
      ]);
    }
    expect(strayed).toEqual([]);
    expect(seen).toHaveLength(4);
  });

  it("R58 a step that sends the call elsewhere gets no credential, and the call does not go", async () => {
    const astray: Interceptor = (next) => (call) =>
      next({ ...call, outgoing: { ...call.outgoing, url: `${elsewhere.url}/things` } });
    for (const access of [secured, operation().policy.access]) {
      const options = { baseUrl: home.url, auth, interceptors: [astray], ...transports[name]() };
      expect((await failureOf(callOnce(options, operation({ access })))).code).toBe("configuration");
    }
    expect([...seen, ...strayed]).toEqual([]);
  });

  it.each(["host", "Host", "HOST"])("R58 a step that names another host by %s is stopped", async (header) => {
    const astray: Interceptor = (next) => (call) =>
      next({
        ...call,
        outgoing: { ...call.outgoing, headers: { ...call.outgoing.headers, [header]: "evil.example" } },
      });
    const options = { baseUrl: home.url, interceptors: [astray], ...transports[name]() };
    expect((await failureOf(callOnce(options))).code).toBe("configuration");
    expect(seen).toEqual([]);
  });
});

it("R58 no credential reaches a transport of the caller's for another origin", async () => {
  let sent = 0;
  const send = async () => {
    sent += 1;
    return { status: 200, headers: {}, body: new Uint8Array() };
  };
  const astray: Interceptor = (next) => (call) =>
    next({ ...call, outgoing: { ...call.outgoing, url: "https://evil.example/things" } });
  const transport = { send, close: async () => {} };
  const options = { baseUrl: home.url, auth, interceptors: [astray], transport };
  expect((await failureOf(callOnce(options, operation({ access: secured })))).code).toBe("configuration");
  expect(sent).toBe(0);
});

describe("R58 path values", () => {
  const template = (path: string, style?: "label" | "matrix") =>
    operation({ path }, { path: [{ name: "id", ...(style === undefined ? {} : { style }) }, { name: "to" }] });

  it.each([
    ["/things/{id}", { id: "." }],
    ["/things/{id}", { id: ".." }],
    ["/things/{id}", { id: "" }],
    ["/things/{id}/parts", { id: ".." }],
    ["/things/{id}{to}", { id: ".", to: "." }],
    ["/things/.{id}", { id: "." }],
    ["/things/{id}", {}],
    ["/things/{id}", { id: null }],
  ])("R58 %s with %j is refused before the network", async (path, input) => {
    const failure = await failureOf(callOnce({ baseUrl: home.url }, template(path), input));
    expect(failure).toMatchObject({ code: "invalid_input", status: undefined, attempts: 0 });
    expect(seen).toEqual([]);
  });

  it("R58 a label of a dot, which would be two, is refused", async () => {
    const failure = await failureOf(callOnce({ baseUrl: home.url }, template("/things/{id}", "label"), { id: "." }));
    expect(failure.code).toBe("invalid_input");
    expect(seen).toEqual([]);
  });

  it.each([
    ["../admin", "/v1/things/..%2Fadmin"],
    ["a/b?c#d", "/v1/things/a%2Fb%3Fc%23d"],
    ["%2e%2e", "/v1/things/%252e%252e"],
    ["..\\admin", "/v1/things/..%5Cadmin"],
    ["...", "/v1/things/..."],
    ["é\r\nX: 1", "/v1/things/%C3%A9%0D%0AX%3A%201"],
  ])("R58 %j stays one segment", async (id, url) => {
    await callOnce({ baseUrl: `${home.url}/v1/` }, template("/things/{id}"), { id });
    expect(seen.map((one) => one.url)).toEqual([url]);
  });
});

describe("R58 headers that are not the caller's", () => {
  it.each([
    "authorization",
    "Cookie",
    "HOST",
    "x-key",
    "X-KEY",
    "Content-Length",
    "transfer-encoding",
    "Connection",
    "DPoP",
    "expect",
  ])("R58 a call cannot set %s", async (name) => {
    const call = callOnce({ baseUrl: home.url }, operation(), {}, { headers: { [name]: "x" } });
    expect((await failureOf(call)).code).toBe("invalid_input");
    expect(seen).toEqual([]);
  });

  it.each([{ "X-A": "1\r\nauthorization: x" }, { "X A": "1" }, { "X-A": "\u0000" }, { "X-A": "→" }])(
    "R58 a header cannot smuggle another: %j",
    async (headers) => {
      expect((await failureOf(callOnce({ baseUrl: home.url }, operation(), {}, { headers }))).code).toBe(
        "invalid_input",
      );
      expect(seen).toEqual([]);
    },
  );

  it("R58 what an interceptor writes does not stand beside the credential", async () => {
    const forging: Interceptor = (next) => (call) =>
      next({ ...call, outgoing: { ...call.outgoing, headers: { ...call.outgoing.headers, AUTHORIZATION: "forged" } } });
    const options = {
      baseUrl: home.url,
      auth: { login: basic({ username: "u", password: "p" }) },
      interceptors: [forging],
    };
    await callOnce(options, operation({ access: anyOf({ allOf: [scheme("login")] }) }));
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Basic dTpw"]);
  });

  it("R58 the caller's interceptors see no credential", async () => {
    const names: string[] = [];
    const looking: Interceptor = (next) => (call) => {
      names.push(...Object.keys(call.outgoing.headers));
      return next(call);
    };
    await callOnce({ baseUrl: home.url, auth, interceptors: [looking] }, operation({ access: secured }));
    expect(names).toEqual(["accept"]);
    expect(seen[0]?.headers).toMatchObject({ authorization: "Bearer t0ken", "x-key": "k3y", cookie: "sid=c00kie" });
  });

  it.each([
    "http://api.example",
    "ftp://api.example",
    "https://u:p@api.example",
    "https://{region}.example",
    "https://a.example/?",
    "https://a.example/v1#",
    "https://a.example?x=1",
    "/v1",
    "",
  ])("R58 the base URL %s is refused", (baseUrl) => {
    const refused = expect.objectContaining({ code: "configuration" });
    expect(() => connect(clientPolicy(), { baseUrl })).toThrow(refused);
  });
});
