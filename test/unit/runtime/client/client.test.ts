import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  apiKey,
  basic,
  bearer,
  connect,
  type DeprecationNotice,
  noticing,
} from "../../../../runtime/src/client/index.js";
import { createTransport } from "../../../../runtime/src/client/transports/fetch.js";
import { type Access, allOf, anonymous, anyOf, publicAccess, scheme } from "../../../../runtime/src/policy/index.js";
import { api, failureOf, json, operation, startServer } from "../../../support/caller.js";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** What a server is sent by a client with this configuration, for an operation with this access. */
async function sent(access: Access, auth: object) {
  const server = await startServer((response) => json(response, {}));
  const caller = connect(api, { baseUrl: server.url, auth });
  closing.push(caller.close, server.close);
  await caller.send(operation({ access }), {});
  const { authorization, cookie, "x-key": key } = server.seen[0]?.headers ?? {};
  return { authorization, cookie, key };
}

describe("credentials go where the spec says", () => {
  const all = {
    oidc: bearer("t"),
    key: apiKey("k"),
    cookieKey: apiKey("c"),
    login: basic({ username: "ann", password: "pä:ss" }),
  };

  it("AND sends all", async () => {
    expect(await sent(anyOf(allOf(scheme("oidc"), scheme("key"), scheme("cookieKey"))), all)).toEqual({
      authorization: "Bearer t",
      key: "k",
      cookie: "session=c",
    });
  });

  it("OR sends the first that is configured, and nothing more", async () => {
    const either = anyOf(allOf(scheme("oidc")), allOf(scheme("key")));
    expect(await sent(either, all)).toEqual({ authorization: "Bearer t" });
    expect(await sent(either, { key: all.key })).toEqual({ key: "k" });
  });

  it("half of an AND is not sent: the other alternative is", async () => {
    const access = anyOf(allOf(scheme("oidc"), scheme("key")), allOf(scheme("cookieKey")));
    expect(await sent(access, { oidc: all.oidc, cookieKey: all.cookieKey })).toEqual({ cookie: "session=c" });
  });

  it("{} sends nothing where nothing is configured, and a credential where one is", async () => {
    const optional = anyOf(anonymous, allOf(scheme("key")));
    expect(await sent(optional, {})).toEqual({});
    expect(await sent(optional, all)).toEqual({ key: "k" });
  });

  it("a public operation gets none", async () => expect(await sent(publicAccess, all)).toEqual({}));

  it("basic is UTF-8 (RFC 7617, 2.1)", async () => {
    const { authorization } = await sent(anyOf(allOf(scheme("login"))), all);
    expect(Buffer.from(String(authorization).slice(6), "base64").toString("utf8")).toBe("ann:pä:ss");
  });

  it("what is missing is named before anything is sent", async () => {
    const server = await startServer((response) => json(response, {}));
    const caller = connect(api, { baseUrl: server.url, auth: { key: apiKey("k") } });
    closing.push(caller.close, server.close);
    const failure = await failureOf(
      caller.send(operation({ access: anyOf(allOf(scheme("oidc"), scheme("login"))) }), {}),
    );
    expect(failure.code).toBe("credential_missing");
    expect(failure.message).toContain("oidc and login");
    expect(server.seen).toHaveLength(0);
  });

  it("a scheme of another kind, or one that the spec has not, is refused at once", () => {
    expect(() => connect(api, { baseUrl: "https://a.example", auth: { oidc: apiKey("k") } })).toThrow("auth.oidc");
    expect(() => connect(api, { baseUrl: "https://a.example", auth: { oicd: bearer("t") } })).toThrow("auth.oicd");
    expect(() => connect({ ...api, format: 99 }, { baseUrl: "https://a.example" })).toThrow("policy format 99");
  });

  it.each(["a b", "a\r\nX: 1", "ü", ""])("the key %j cannot be sent", async (key) => {
    const server = await startServer((response) => json(response, {}));
    const caller = connect(api, { baseUrl: server.url, auth: { key: apiKey(key) } });
    closing.push(caller.close, server.close);
    expect((await failureOf(caller.send(operation({ access: anyOf(allOf(scheme("key"))) }), {}))).code).toBe(
      "configuration",
    );
    expect(server.seen).toHaveLength(0);
  });
});

describe("answers", () => {
  const answering = async (answer: Parameters<typeof startServer>[0]) => {
    const server = await startServer(answer);
    const caller = connect(api, { baseUrl: server.url });
    closing.push(caller.close, server.close);
    return { caller, server };
  };

  it.each([
    ["application/json", '{"a":1}', { a: 1 }],
    ["application/vnd.x+json; charset=utf-8", "[1]", [1]],
    ["text/csv", "a,b", "a,b"],
  ])("%s is read as what it is", async (type, body, value) => {
    const { caller } = await answering((response) => response.writeHead(200, { "content-type": type }).end(body));
    expect(await caller.send(operation(), {})).toEqual(value);
  });

  it("octets stay octets, and 204 is nothing", async () => {
    const { caller } = await answering((response, _seen, index) =>
      index === 0
        ? response.writeHead(200, { "content-type": "image/png" }).end(Buffer.from([1, 2]))
        : response.writeHead(204).end(),
    );
    expect(await caller.send(operation(), {})).toEqual(new Uint8Array([1, 2]));
    expect(await caller.send(operation(), {})).toBeUndefined();
  });

  it("JSON that is none is a failure", async () => {
    const { caller } = await answering((response) =>
      response.writeHead(200, { "content-type": "application/json" }).end("{"),
    );
    expect((await failureOf(caller.send(operation(), {}))).code).toBe("response_invalid");
  });

  it.each([
    [400, "invalid_input"],
    [401, "unauthenticated"],
    [403, "forbidden"],
    [404, "not_found"],
    [409, "conflict"],
    [410, "gone"],
    [418, "http_error"],
    [422, "invalid_input"],
    [500, "server_error"],
  ])("%i is %s", async (status, code) => {
    const problem = {
      type: "https://x.example/p",
      title: "Why",
      status: "wrong type",
      detail: 7,
      extra: true,
      errors: [{ in: "body", pointer: "#/a", detail: "no" }],
    };
    const { caller } = await answering((response) =>
      json(response, problem, status, { "content-type": "application/problem+json", "x-request-id": "r1" }),
    );
    const failure = await failureOf(caller.send(operation(), {}));
    expect(failure).toMatchObject({ code, status, operation: "getThing", attempts: 1, requestId: "r1" });
    // RFC 9457, 3.1: members of a wrong type are ignored.
    expect(failure.problem).toEqual({
      type: "https://x.example/p",
      title: "Why",
      status,
      extra: true,
      errors: problem.errors,
    });
  });

  it("an error page that is no problem document is a failure all the same", async () => {
    const { caller } = await answering((response) =>
      response.writeHead(502, { "content-type": "text/html" }).end("<h1>"),
    );
    expect((await failureOf(caller.send(operation({ method: "POST" }), {}))).code).toBe("server_error");
  });

  it("a deprecation is told once an operation", async () => {
    const server = await startServer((response) =>
      json(response, {}, 200, {
        deprecation: "@1780272000",
        sunset: "Thu, 01 Jan 2099 00:00:00 GMT",
        link: '</v2/things>; type="text/html"; rel="successor-version latest", <https://docs.example>; rel=Deprecation, <x>; rel=sunset; anchor="/y"',
      }),
    );
    const told: DeprecationNotice[] = [];
    const caller = connect(
      api,
      noticing(api, { baseUrl: server.url, onDeprecation: (notice) => void told.push(notice) }),
    );
    closing.push(caller.close, server.close);
    await caller.send(operation(), {});
    await caller.send(operation(), {});
    expect(told).toEqual([
      {
        operation: "getThing",
        deprecatedAt: "2026-06-01T00:00:00.000Z",
        sunset: "2099-01-01T00:00:00.000Z",
        links: [
          { rel: "successor-version", href: "/v2/things" },
          { rel: "latest", href: "/v2/things" },
          { rel: "deprecation", href: "https://docs.example" },
        ],
      },
    ]);
  });

  it("a process is warned once, whatever the number of its clients; who listens is told once a client", async () => {
    const server = await startServer((response) => json(response, {}, 200, { deprecation: "@1780272000" }));
    closing.push(server.close);
    const lines = vi.spyOn(console, "warn").mockImplementation(() => {});
    const told: DeprecationNotice[] = [];
    const listening = { onDeprecation: (notice: DeprecationNotice) => told.push(notice) };
    const warnedOf = { ...api, title: "Of which nobody was warned yet" };
    const callers = [{}, {}, {}, listening, listening].map((more) =>
      connect(warnedOf, noticing(warnedOf, { baseUrl: server.url, ...more })),
    );
    const another = { ...warnedOf, title: "Another" };
    const other = connect(another, noticing(another, { baseUrl: server.url }));
    closing.push(...[...callers, other].map((one) => one.close));
    for (const caller of callers) await caller.send(operation(), {});
    expect(lines.mock.calls).toEqual([["getThing is deprecated"]]);
    expect(told).toHaveLength(2);
    await other.send(operation(), {});
    expect(lines).toHaveBeenCalledTimes(2);
    lines.mockRestore();
  });
});

describe("requests", () => {
  it("an input that the operation does not take is refused", async () => {
    const caller = connect(api, { baseUrl: "http://127.0.0.1:1" });
    closing.push(caller.close);
    expect((await failureOf(caller.send(operation(), { limit: 1 }))).message).toContain("limit");
    expect(
      (await failureOf(caller.send(operation({}, { body: { media: ["application/json"], required: true } }), {})))
        .message,
    ).toContain("body");
  });

  it("bodies are sent as their media type says", async () => {
    const server = await startServer((response, { headers, body }) => json(response, [headers["content-type"], body]));
    const caller = connect(api, { baseUrl: server.url });
    closing.push(caller.close, server.close);
    const posting = (media: string) => operation({ method: "POST" }, { body: { media: [media], required: true } });
    expect(await caller.send(posting("application/json"), { body: { a: 1 } })).toEqual(["application/json", '{"a":1}']);
    expect(
      await caller.send(posting("application/x-www-form-urlencoded"), { body: { a: "1 2", b: ["x", "y"] } }),
    ).toEqual(["application/x-www-form-urlencoded", "a=1+2&b=x&b=y"]);
    expect(await caller.send(posting("text/plain"), { body: "hi" })).toEqual(["text/plain", "hi"]);
    expect(await caller.send(posting("application/octet-stream"), { body: new Uint8Array([104, 105]) })).toEqual([
      "application/octet-stream",
      "hi",
    ]);
  });
});

describe("the fetch transport", () => {
  it("does what undici's does", async () => {
    const server = await startServer((response, { headers, method, body }) =>
      json(response, [method, headers["x-key"], body]),
    );
    const { origin } = new URL(server.url);
    const caller = connect(api, {
      baseUrl: server.url,
      auth: { key: apiKey("k") },
      transport: createTransport({ origin, tls: undefined, server: undefined }),
    });
    closing.push(caller.close, server.close);
    const post = operation(
      { method: "POST", access: anyOf(allOf(scheme("key"))) },
      { body: { media: ["application/json"], required: true } },
    );
    expect(await caller.send(post, { body: 1 })).toEqual(["POST", "k", "1"]);
  });

  it("refuses TLS settings that it could not keep", () => {
    expect(() => createTransport({ origin: "https://a.example", tls: { pins: [] }, server: undefined })).toThrow(
      "the platform keeps them to itself",
    );
  });

  it("brings neither undici nor a Node module into a browser's bundle", () => {
    const start = fileURLToPath(new URL("../../../../runtime/src/client/index.ts", import.meta.url));
    const seen = new Set<string>();
    const foreign = new Set<string>();
    const open = [start];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      const text = readFileSync(file, "utf8");
      for (const [, type, specifier = ""] of text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"/gms)) {
        if (type !== undefined) continue;
        if (specifier === "#transport") open.push(path.join(path.dirname(start), "transports/fetch.ts"));
        else if (specifier === "#ending") open.push(path.join(path.dirname(start), "ending-of-fetch.ts"));
        else if (specifier.startsWith(".")) open.push(path.join(path.dirname(file), specifier.replace(/\.js$/, ".ts")));
        else foreign.add(specifier);
      }
    }
    expect(seen.size).toBeGreaterThan(15);
    expect([...foreign]).toEqual(["multipasta"]);
  });
});
