import type { ServerOptions } from "node:https";
import type { TLSSocket } from "node:tls";
import { type ClientTls, connect } from "@sallyport/runtime/client";
import { clientCredentials, secretPost, type TokenSource, tlsClientAuth } from "@sallyport/runtime/client/oauth";
import { anyOf, scheme } from "@sallyport/runtime/policy";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Authority, type Leaf, makeAuthority } from "../support/certificates.js";
import { type Answer, clientPolicy, failureOf, json, type Origin, operation, startOrigin } from "../support/client.js";

const backup = `sha256/${"A".repeat(43)}=`;
const other = `sha256/${"B".repeat(42)}A=`;
const closing: (() => Promise<void>)[] = [];
let ca: Authority;
let leaf: Leaf;
let mine: Leaf;

beforeAll(async () => {
  ca = await makeAuthority();
  leaf = await ca.issue();
  mine = await ca.issue({ client: true, subject: "CN=app" });
});
afterEach(async () => {
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  for (const close of closing.splice(0).reverse()) await close();
});

const issue: Answer = (_request, response) =>
  json(response, 200, { access_token: "t", token_type: "Bearer", expires_in: 60 });

/** An authorization server over TLS, and what reached it. */
async function issuer(answer: Answer = issue, more: ServerOptions = {}) {
  const origin = await startOrigin(
    (request, response, count) => {
      if (!request.url.startsWith("/.well-known/")) return answer(request, response, count);
      json(response, 200, { issuer: origin.url, token_endpoint: `${origin.url}/token` });
    },
    { cert: leaf.cert, key: leaf.key, ...more },
  );
  closing.push(origin.close);
  const seen = { octets: 0, subjects: [] as string[] };
  origin.server.on("secureConnection", (socket: TLSSocket) => {
    const subject = socket.getPeerCertificate()?.subject;
    if (subject !== undefined) seen.subjects.push(String(subject.CN));
    socket.on("data", (chunk: Buffer) => {
      seen.octets += chunk.length;
    });
  });
  return { origin, seen };
}

/** One call of an API that needs a token of the issuer. */
async function call(from: Origin, tls: ClientTls, more: Partial<TokenSource> = {}) {
  const api = await startOrigin((_request, response) => json(response, 200, { ok: true }), {
    cert: leaf.cert,
    key: leaf.key,
  });
  closing.push(api.close);
  const credential = clientCredentials({ issuer: from.url, clientId: "app", clientSecret: "secret", ...more });
  const caller = connect(clientPolicy(), { baseUrl: api.url, auth: { oidc: credential }, tls });
  closing.push(caller.close);
  return caller.send(operation({ access: anyOf({ allOf: [scheme("oidc")] }) }), {});
}

describe("R57 the authorization server is asked over the client's own TLS", () => {
  it("R57 the client's authorities hold for it, and discovery too", async () => {
    const { origin } = await issuer();
    await expect(call(origin, { ca: ca.cert })).resolves.toEqual({ ok: true });
    expect(origin.requests.map(({ url }) => url)).toEqual(["/.well-known/openid-configuration", "/token"]);
  });

  it("R57 an untrusted one is refused, and NODE_TLS_REJECT_UNAUTHORIZED=0 does not open it", async () => {
    const stranger = await (await makeAuthority("Stranger")).issue();
    const { origin, seen } = await issuer(issue, { cert: stranger.cert, key: stranger.key });
    for (const value of ["1", "0"]) {
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = value;
      expect(await failureOf(call(origin, { ca: ca.cert }))).toMatchObject({ code: "tls" });
      const direct = { tokenUrl: `${origin.url}/token` };
      expect(await failureOf(call(origin, { ca: ca.cert }, direct))).toMatchObject({ code: "tls" });
    }
    expect(seen.octets).toBe(0);
  });

  it("R57 pins by origin hold for it, before any octet of the secret", async () => {
    const { origin, seen } = await issuer();
    const wrong = { ca: ca.cert, pins: { [origin.url]: [backup, other] } };
    expect(await failureOf(call(origin, wrong))).toMatchObject({ code: "pin_mismatch" });
    expect(seen.octets).toBe(0);
    const right = { ca: ca.cert, pins: { [origin.url]: [backup, leaf.pin] } };
    await expect(call(origin, right)).resolves.toEqual({ ok: true });
  });

  it("R57 pins of the API are not those of the authorization server, unless it is the same origin", async () => {
    const { origin } = await issuer(undefined, await ca.issue({ algorithm: "EC" }));
    await expect(call(origin, { ca: ca.cert, pins: [leaf.pin, backup] })).resolves.toEqual({ ok: true });
  });

  it("R57 settings of the source's own go before those of the client", async () => {
    const { origin, seen } = await issuer();
    const tls = { ca: ca.cert, pins: [backup, other] };
    expect(await failureOf(call(origin, { ca: ca.cert }, { tls }))).toMatchObject({ code: "pin_mismatch" });
    expect(seen.octets).toBe(0);
  });

  it.each([{ "https://api.example/v1": [backup, other] }, { "api.example": [backup, other] }])(
    "R57 pins under %j, which is no origin, are refused at the start",
    (pins) => {
      expect(() => connect(clientPolicy(), { baseUrl: "https://localhost", tls: { pins } })).toThrow("is no origin");
    },
  );
});

describe("R58 the authorization server leads nowhere else", () => {
  it.each([301, 302, 307, 308])("R58 a %i of the token endpoint is not followed", async (status) => {
    const elsewhere = await startOrigin(issue);
    closing.push(elsewhere.close);
    const { origin } = await issuer((_request, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/token` }).end();
    });
    expect(await failureOf(call(origin, { ca: ca.cert }))).toMatchObject({ code: "redirect_refused" });
    expect(elsewhere.requests).toEqual([]);
  });
});

describe("who asks", () => {
  const asking = { requestCert: true, rejectUnauthorized: false };

  it("tls_client_auth: the certificate is shown, the mTLS alias of the endpoint goes first, and no secret is sent", async () => {
    const { origin, seen } = await issuer(issue, { ...asking, ca: ca.cert });
    const alias = await issuer(issue, { ...asking, ca: ca.cert });
    const metadata = await issuer((_request, response) => json(response, 404, {}));
    metadata.origin.server.removeAllListeners("request");
    metadata.origin.server.on("request", (_request, response) =>
      json(response, 200, {
        issuer: metadata.origin.url,
        token_endpoint: `${origin.url}/token`,
        mtls_endpoint_aliases: { token_endpoint: `${alias.origin.url}/token` },
      }),
    );
    const tls = { ca: ca.cert, cert: mine.cert, key: mine.key };
    await call(metadata.origin, tls, { clientAuthentication: tlsClientAuth() });
    expect(origin.requests).toEqual([]);
    const [request] = alias.origin.requests;
    expect(new URLSearchParams(request?.body).get("client_id")).toBe("app");
    expect(request?.headers.authorization).toBeUndefined();
    expect(alias.seen.subjects).toEqual(["app"]);
    expect(seen.subjects).toEqual([]);
  });

  it("the certificate is not shown to an authorization server that it is not for", async () => {
    const { origin, seen } = await issuer(issue, { ...asking, ca: ca.cert });
    await call(origin, { ca: ca.cert, cert: mine.cert, key: mine.key });
    expect(seen.subjects).toEqual([]);
  });

  it("client_secret_post: in the form, not in a header; by itself where the server takes nothing else", async () => {
    const { origin } = await issuer();
    await call(origin, { ca: ca.cert }, { clientAuthentication: secretPost("other") });
    const [, request] = origin.requests;
    expect(request?.headers.authorization).toBeUndefined();
    expect(new URLSearchParams(request?.body).get("client_secret")).toBe("other");
  });
});
