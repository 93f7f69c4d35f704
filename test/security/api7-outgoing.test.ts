import { apiKey, bearer } from "@sallyport/runtime/client";
import { openSender, urlOf } from "@sallyport/runtime/outgoing";
import { anyOf, scheme } from "@sallyport/runtime/policy";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { makeAuthority } from "../support/certificates.js";
import {
  clientPolicy,
  failureOf,
  json,
  type Origin,
  operation,
  type Received,
  startOrigin,
} from "../support/client.js";

vi.mock("node:dns", async (original) => {
  const real = await original<typeof import("node:dns")>();
  const names: Readonly<Record<string, string>> = {
    "rebound.example.com": "127.0.0.1",
    "metadata.example.com": "169.254.169.254",
    "six.example.com": "::ffff:127.0.0.1",
  };
  type Done = (
    error: Error | null,
    addresses: readonly { readonly address: string; readonly family: number }[],
  ) => void;
  const lookup = (host: string, options: object, done: Done) => {
    const address = names[host];
    if (address === undefined) return real.lookup(host, { ...options, all: true }, done);
    done(null, [{ address, family: address.includes(":") ? 6 : 4 }]);
  };
  return { ...real, lookup };
});

let home: Origin;
let other: Origin;
let ca: string;
let answer: (received: Received, response: Parameters<Parameters<typeof startOrigin>[0]>[1]) => void;

beforeAll(async () => {
  const authority = await makeAuthority();
  const leaf = await authority.issue();
  ca = authority.cert;
  home = await startOrigin((received, response) => answer(received, response), leaf);
  other = await startOrigin((_, response) => json(response, 200, {}), leaf);
});
beforeEach(() => {
  answer = (_, response) => json(response, 200, { ok: true });
  for (const one of [home, other]) (one.requests as unknown[]).length = 0;
});
afterAll(async () => {
  await home.close();
  await other.close();
});

const event = operation(
  { method: "POST", path: "/" },
  { body: { media: ["application/json"], required: true } },
  "onEvent",
);
const input = { body: { event: "paid" } };
const opened = (options: object = {}) => openSender(clientPolicy(), { allow: [home.url], ca, ...options });

describe("API7 a call to a URL that its receiver chose", () => {
  it("goes to the very URL, when its origin is in the list", async () => {
    expect(await opened().send(event, `${home.url}/hooks/a/?id=7`, input)).toEqual({ ok: true });
    expect(home.requests).toMatchObject([{ method: "POST", url: "/hooks/a/?id=7", body: '{"event":"paid"}' }]);
  });

  it("the query of the call stands behind that of the URL", async () => {
    const asked = operation({ path: "/" }, { query: [{ name: "page" }] });
    await opened().send(asked, `${home.url}/x?id=7#part`, { page: "2" });
    expect(home.requests.map(({ url }) => url)).toEqual(["/x?id=7&page=2"]);
  });

  it("needs a list: without one nothing starts", () => {
    const refused = expect.objectContaining({ code: "configuration" });
    expect(() => openSender(clientPolicy(), { allow: [] })).toThrow(refused);
    expect(() => openSender(clientPolicy(), {} as { allow: string[] })).toThrow(refused);
  });

  it.each([
    "*",
    "https://*",
    "https://*.com",
    "https://*.127.0.0.1",
    "https://a.example/path",
    "a.example",
    "https://u@a.example",
    "ftp://a.example",
    "https://a*.example",
    "",
  ])("a list with %j allows more than it seems to", (allow) => {
    expect(() => openSender(clientPolicy(), { allow: [allow] })).toThrow(
      expect.objectContaining({ code: "configuration" }),
    );
  });

  it.each([
    "http://169.254.169.254/latest/meta-data",
    "https://169.254.169.254/",
    "http://127.0.0.1/",
    "http://127.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://localhost/",
    "https://evil.example/",
    "https://example.com/",
    "https://hooks.example.com.evil.example/",
    "https://hooks.example.com@evil.example/",
    "https://user:pass@hooks.example.com/",
    "https://hooks.example.com:8443/",
    "http://hooks.example.com/",
    "https://notexample.com/",
    "//hooks.example.com/",
    "/relative",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://hooks.example.com\\@evil.example/",
    "",
  ])("%s is refused, and nothing is sent", async (url) => {
    const sender = openSender(clientPolicy(), { allow: ["https://hooks.example.com", "https://*.example.com"] });
    const failure = await failureOf(sender.send(event, url, input));
    // What only looks like it is a name of the list, and leads nowhere here.
    expect(failure.code).toBe("target_refused");
    expect([...home.requests, ...other.requests]).toEqual([]);
  });

  it.each(["rebound", "metadata", "six"])(
    "a name of the list that leads to an address which is not public: %s",
    async (name) => {
      const { port } = home;
      const sender = openSender(clientPolicy(), { allow: [`https://*.example.com:${port}`], ca });
      const failure = await failureOf(sender.send(event, `https://${name}.example.com:${port}/`, input));
      expect(failure).toMatchObject({ code: "target_refused" });
      expect(home.requests).toEqual([]);
    },
  );

  it.each([302, 307, 308])("a redirect %i is not followed", async (status) => {
    answer = (_, response) => void response.writeHead(status, { location: `${other.url}/steal` }).end();
    const failure = await failureOf(opened({ allow: [home.url, other.url] }).send(event, home.url, input));
    expect(failure.code).toBe("redirect_refused");
    expect(other.requests).toEqual([]);
  });

  it("what takes too long, or answers too much, is cut off", async () => {
    answer = () => {};
    expect((await failureOf(opened({ timeout: "100ms" }).send(event, home.url, input))).code).toBe("timeout");
    answer = (_, response) => json(response, 200, { text: "x".repeat(70_000) });
    expect((await failureOf(opened().send(event, home.url, input))).code).toBe("response_invalid");
    expect(await opened({ answer: "1MiB" }).send(event, home.url, input)).toMatchObject({ text: expect.any(String) });
  });

  it("a certificate that nobody vouches for is refused", async () => {
    expect((await failureOf(openSender(clientPolicy(), { allow: [home.url] }).send(event, home.url, input))).code).toBe(
      "tls",
    );
    expect(home.requests).toEqual([]);
  });

  it("R58 carries the credentials of its own call, and none besides", async () => {
    const sender = opened({ auth: { oidc: bearer("t0ken"), key: apiKey("k3y") } });
    await sender.send(event, home.url, input);
    await sender.send(
      operation({ ...event.policy, access: anyOf({ allOf: [scheme("key")] }) }, event.wire),
      home.url,
      input,
    );
    const seen = home.requests.map(({ headers }) => [headers.authorization, headers["x-key"]]);
    expect(seen).toEqual([
      [undefined, undefined],
      [undefined, "k3y"],
    ]);
  });

  it("does not go to the servers of the operation", async () => {
    await opened().send(operation({ ...event.policy, servers: [{ url: other.url }] }, event.wire), home.url, input);
    expect([home.requests.length, other.requests.length]).toEqual([1, 0]);
  });
});

describe("the URL of a callback", () => {
  const about = {
    url: "https://api.example/orders",
    method: "POST",
    request: {
      path: { id: "7" },
      query: { url: "https://q.example/a?b=c", who: "../admin?x#y", dot: ".." },
      header: { "X-Hook": "https://h.example" },
      body: { url: "https://b.example", list: [{ "a/b": "https://l.example" }], n: 5, o: {} },
    },
    response: { status: 201, header: { location: "https://r.example/1" }, body: { id: "o1" } },
  };

  it.each([
    ["{$request.body#/url}", "https://b.example"],
    ["$request.body#/url", "https://b.example"],
    ["{$request.body#/list/0/a~1b}", "https://l.example"],
    ["{$request.query.url}", "https://q.example/a?b=c"],
    ["{$request.header.x-hook}", "https://h.example"],
    ["{$response.header.Location}", "https://r.example/1"],
    ["{$request.body#/url}/events/{$response.body#/id}?n={$request.body#/n}", "https://b.example/events/o1?n=5"],
    ["https://hooks.example/{$request.path.id}/{$statusCode}", "https://hooks.example/7/201"],
    [
      "https://hooks.example/?from={$url}&m={$method}",
      "https://hooks.example/?from=https%3A%2F%2Fapi.example%2Forders&m=POST",
    ],
    ["https://hooks.example/{$request.query.who}", "https://hooks.example/..%2Fadmin%3Fx%23y"],
  ])("%s is %s", (expression, url) => {
    expect(urlOf(expression, about)).toBe(url);
  });

  it.each([
    "{$request.body#/missing}",
    "{$request.body#/o}",
    "{$request.body#/constructor}",
    "{$request.body#/__proto__/x}",
    "{$request.query.toString}",
    "{$response.query.x}",
    "{$nothing}",
    "https://hooks.example/{$request.query.dot}",
    "{$request.query.url}/events",
  ])("%s is refused", (expression) => {
    expect(() => urlOf(expression, about)).toThrow(expect.objectContaining({ code: "target_refused" }));
  });
});
