import { afterEach, describe, expect, it } from "vitest";
import { apiKey, connect } from "../../runtime/src/client/index.js";
import { createTransport } from "../../runtime/src/client/transports/fetch.js";
import { allOf, anyOf, scheme } from "../../runtime/src/policy/index.js";
import { api, failureOf, json, operation, startServer } from "../support/caller.js";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const access = anyOf(allOf(scheme("key")));
const transports = ["undici", "fetch"] as const;

async function pair(status: number, transport: (typeof transports)[number], target: "other" | "same") {
  const elsewhere = await startServer((response) => json(response, {}));
  const server = await startServer((response) => {
    response.writeHead(status, { location: target === "other" ? `${elsewhere.url}/stolen` : "/again" }).end();
  });
  const { origin } = new URL(server.url);
  const caller = connect(api, {
    baseUrl: server.url,
    auth: { key: apiKey("secret") },
    ...(transport === "fetch" ? { transport: createTransport({ origin, tls: undefined, server: undefined }) } : {}),
  });
  closing.push(caller.close, server.close, elsewhere.close);
  return { elsewhere, server, caller };
}

describe("R58 no redirect carries anything anywhere", () => {
  for (const transport of transports) {
    for (const target of ["other", "same"] as const) {
      it.each([301, 302, 303, 307, 308])(
        `%i to ${target === "other" ? "another origin" : "the same origin"} is refused, over ${transport}`,
        async (status) => {
          const { elsewhere, server, caller } = await pair(status, transport, target);
          const post = operation({ method: "POST", access }, { body: { media: ["application/json"], required: true } });
          expect((await failureOf(caller.send(post, { body: { secret: 1 } }))).code).toBe("redirect_refused");
          expect(elsewhere.seen).toHaveLength(0);
          expect(server.seen).toHaveLength(1);
        },
      );
    }
  }
});

describe("R58 path values", () => {
  const byId = operation({ path: "/orders/{id}", access }, { path: [{ name: "id" }] });

  it.each(["", ".", ".."])("%j is refused before anything is sent", async (id) => {
    const server = await startServer((response) => json(response, {}));
    const caller = connect(api, { baseUrl: server.url, auth: { key: apiKey("secret") } });
    closing.push(caller.close, server.close);
    expect((await failureOf(caller.send(byId, { id }))).code).toBe("invalid_input");
    expect(server.seen).toHaveLength(0);
  });

  it.each(["a/b", "%2e%2e", "?x", "#x", "a\\b", "..;", "é"])("%j stays one segment of the path", async (id) => {
    const server = await startServer((response) => json(response, {}));
    const caller = connect(api, { baseUrl: `${server.url}/v1/`, auth: { key: apiKey("secret") } });
    closing.push(caller.close, server.close);
    await caller.send(byId, { id });
    expect(server.seen[0]?.url).toBe(`/v1/orders/${encodeURIComponent(id)}`);
  });
});

describe("R58 credentials stay with their origin", () => {
  it("though a step of the caller's sends the call elsewhere", async () => {
    const elsewhere = await startServer((response) => json(response, {}));
    const server = await startServer((response) => json(response, {}));
    const caller = connect(api, {
      baseUrl: server.url,
      auth: { key: apiKey("secret") },
      interceptors: [
        (next) => (call) => next({ ...call, outgoing: { ...call.outgoing, url: `${elsewhere.url}/things` } }),
      ],
    });
    closing.push(caller.close, server.close, elsewhere.close);
    expect((await failureOf(caller.send(operation({ access }), {}))).code).toBe("configuration");
    expect((await failureOf(caller.send(operation(), {}))).code).toBe("configuration");
    expect(elsewhere.seen).toHaveLength(0);
  });

  it.each(["Authorization", "cookie", "HOST", "Content-Length"])("a caller cannot set %s", async (name) => {
    const server = await startServer((response) => json(response, {}));
    const caller = connect(api, { baseUrl: server.url });
    closing.push(caller.close, server.close);
    expect((await failureOf(caller.send(operation(), {}, { headers: { [name]: "x" } }))).code).toBe("invalid_input");
    expect(server.seen).toHaveLength(0);
  });

  it.each([
    "http://api.example",
    "https://user:pw@api.example",
    "ftp://api.example",
    "https://api.example?x=1",
    "https://{region}.example",
    "nonsense",
  ])("the base URL %s is refused", (baseUrl) => expect(() => connect(api, { baseUrl })).toThrow(/baseUrl/));
});
