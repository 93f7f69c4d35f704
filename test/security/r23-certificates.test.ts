import { createHash, X509Certificate } from "node:crypto";
import { request } from "node:https";
import { connect } from "node:tls";
import { bearer, certificate, connect as connectClient } from "@sallyport/runtime/client";
import { toFetch } from "@sallyport/runtime/fetch";
import { insecurePlaintext, listen, type Server } from "@sallyport/runtime/node";
import { type CertificateOptions, certificates, jwt } from "@sallyport/runtime/server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { certificateFact } from "../../runtime/src/credentials/certificate-facts.js";
import { allOf, anyOf, type CertificateScheme, publicAccess, scheme } from "../../runtime/src/policy/index.js";
import { type Authority, type Leaf, makeAuthority } from "../support/certificates.js";
import { apiPolicy, open } from "../support/contract.js";
import { makeKey, mint, startIssuer, type TestIssuer, type TestKey } from "../support/tokens.js";
import { tokenScheme } from "../support/verifying.js";

const spiffe = "spiffe://bank.test/teller";
let ours: Authority;
let theirs: Authority;
let own: Leaf;
let mine: Leaf;
let other: Leaf;
let stranger: Leaf;
let key: TestKey;
let issuer: TestIssuer;
let server: Server | undefined;

beforeAll(async () => {
  [ours, theirs] = await Promise.all([makeAuthority("Ours"), makeAuthority("Theirs")]);
  const client = (subject: string) => ({ client: true, subject, names: [{ type: "url" as const, value: spiffe }] });
  [own, mine, other, stranger] = await Promise.all([
    ours.issue(),
    ours.issue(client("CN=teller, O=Bank")),
    ours.issue(client("CN=other, O=Bank")),
    theirs.issue(client("CN=teller, O=Bank")),
  ]);
  key = await makeKey("k");
  issuer = await startIssuer(key);
});
afterAll(() => issuer.close());
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const thumbprint = ({ cert }: Leaf) => createHash("sha256").update(new X509Certificate(cert).raw).digest("base64url");
const mtls = anyOf(allOf(scheme("machines")));
const bound = anyOf(allOf(scheme("oidc")));

function shop(rule: CertificateScheme, options: CertificateOptions = {}) {
  const schemes = { ...apiPolicy.schemes, machines: rule, oidc: tokenScheme(issuer.issuer, {}, { binding: "mtls" }) };
  return open(
    {
      a: {
        policy: { access: mtls },
        handler: ({ principal }: never) => ({ status: 200, body: { id: (principal as { id: string }).id } }),
      },
      b: { policy: { access: bound } },
      c: { policy: { access: publicAccess } },
    },
    { schemes: { machines: certificates(options), oidc: jwt() }, policy: { schemes } },
  );
}
const serve = async (
  rule: CertificateScheme = { kind: "certificate", principal: { id: ["subject.CN"] } },
  options: CertificateOptions = {},
) => {
  server = await listen(shop(rule, options).api, { port: 0, host: "localhost", tls: { ...own, clientCa: ours.cert } });
  return server;
};

/** The status and body of a request that shows a certificate, or none. */
function ask(
  path: string,
  leaf?: Leaf,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: string; challenge: string | undefined }> {
  return new Promise((resolve, reject) => {
    const shown = leaf === undefined ? {} : { cert: leaf.cert, key: leaf.key };
    request(`${server?.url}${path}`, { ca: ours.cert, agent: false, headers, ...shown }, async (response) => {
      let body = "";
      for await (const chunk of response) body += String(chunk);
      resolve({ status: response.statusCode ?? 0, body, challenge: response.headers["www-authenticate"] });
    })
      .on("error", reject)
      .end();
  });
}
const tokenFor = (cnf: unknown) => mint(issuer.issuer, key, { claims: { cnf } });

describe("R23 tokens that are bound to a certificate (RFC 8705)", () => {
  it("come over a connection with just that certificate", async () => {
    await serve();
    const token = { authorization: `Bearer ${await tokenFor({ "x5t#S256": thumbprint(mine) })}` };
    expect((await ask("/b", mine, token)).status).toBe(200);
    const refusals = await Promise.all([ask("/b", other, token), ask("/b", undefined, token)]);
    expect(refusals.map(({ status, challenge }) => [status, challenge?.includes('error="invalid_token"')])).toEqual([
      [401, true],
      [401, true],
    ]);
  });

  it("need no authority: the handshake proves the key, and the token names it", async () => {
    await serve();
    const token = { authorization: `Bearer ${await tokenFor({ "x5t#S256": thumbprint(stranger) })}` };
    expect((await ask("/b", stranger, token)).status).toBe(200);
  });

  it("are the only ones: no other token is taken, and no certificate that a header claims", async () => {
    await serve();
    for (const cnf of [undefined, {}, { "x5t#S256": "" }, { jkt: "x" }, { "x5t#S256": thumbprint(mine), jkt: "x" }]) {
      expect((await ask("/b", mine, { authorization: `Bearer ${await tokenFor(cnf)}` })).status).toBe(401);
    }
    const authorization = `Bearer ${await tokenFor({ "x5t#S256": thumbprint(mine) })}`;
    const pem = encodeURIComponent(mine.cert);
    const claims = {
      authorization,
      "x-client-cert": pem,
      "x-forwarded-client-cert": `Cert="${pem}"`,
      "client-cert": `:${pem}:`,
    };
    expect((await ask("/b", other, claims)).status).toBe(401);
    expect((await ask("/b", undefined, claims)).status).toBe(401);
  });

  it("a session that is resumed still has its certificate", async () => {
    const { port } = await serve();
    const token = await tokenFor({ "x5t#S256": thumbprint(mine) });
    const once = (session?: Buffer) =>
      new Promise<{ session: Buffer | undefined; status: string; reused: boolean }>((resolve, reject) => {
        let text = "";
        let fresh: Buffer | undefined;
        let reused = false;
        const socket = connect(
          {
            port,
            host: "localhost",
            ca: ours.cert,
            cert: mine.cert,
            key: mine.key,
            maxVersion: "TLSv1.2",
            ...(session === undefined ? {} : { session }),
          },
          () => {
            reused = socket.isSessionReused();
            socket.write(
              `GET /b HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
            );
          },
        );
        socket.on("session", (one) => {
          fresh = one;
        });
        socket.on("data", (chunk) => {
          text += String(chunk);
        });
        socket.on("error", reject);
        socket.on("close", () => resolve({ session: fresh, status: text.slice(9, 12), reused }));
      });
    const first = await once();
    const second = await once(first.session);
    expect([first.status, second.status, second.reused]).toEqual(["200", "200", true]);
  });
});

describe("OpenAPI's mutualTLS", () => {
  it("a trusted certificate says who calls; any other is 401, and none leaves the rest of the API open", async () => {
    await serve();
    expect(await ask("/a", mine)).toMatchObject({ status: 200, body: '{"id":"teller"}' });
    expect(await ask("/a", stranger)).toMatchObject({ status: 401, challenge: 'Certificate realm="machines"' });
    expect(await ask("/a")).toMatchObject({ status: 401, challenge: 'Certificate realm="machines"' });
    expect((await ask("/c")).status).toBe(200);
    expect((await ask("/c", stranger)).status).toBe(200);
  });

  it("the mapping names several facts, and code may say it instead", async () => {
    await serve({ kind: "certificate", principal: { id: ["subject.O", "san.uri"], tenant: "subject.O" } });
    expect((await ask("/a", mine)).body).toBe(`{"id":"Bank|${spiffe}"}`);
    await server?.close();
    await serve(
      { kind: "certificate" },
      { identify: async ({ thumbprint: print }) => (print === thumbprint(mine) ? { id: "ann" } : undefined) },
    );
    expect((await ask("/a", mine)).body).toBe('{"id":"ann"}');
    expect((await ask("/a", other)).status).toBe(401);
  });

  it.each<[string, CertificateOptions["identify"] & object, number]>([
    [
      "throws",
      () => {
        throw new Error("down");
      },
      503,
    ],
    ["rejects", () => Promise.reject(new Error("down")), 503],
    ["answers an empty id", () => ({ id: "" }), 401],
  ])("R12 a mapping that %s lets nobody in", async (_, identify, status) => {
    await serve({ kind: "certificate" }, { identify });
    expect((await ask("/a", mine)).status).toBe(status);
  });

  it("a fact that is absent, repeated or unknown is nobody", () => {
    const shown = {
      thumbprint: "t",
      trusted: true,
      subject: { CN: ["a", "b"], O: "Bank" },
      issuer: { CN: "Ours" },
      serialNumber: "1",
      names: [
        { type: "dns", value: "a.test" },
        { type: "dns", value: "b.test" },
        { type: "uri", value: spiffe },
      ],
    } as const;
    const facts = [
      "subject.CN",
      "subject.O",
      "subject.toString",
      "issuer.CN",
      "san.dns",
      "san.uri",
      "san.ip",
      "serialNumber",
      "thumbprint",
      "trusted",
    ];
    expect(facts.map((fact) => certificateFact(shown, fact))).toEqual([
      undefined,
      "Bank",
      undefined,
      "Ours",
      undefined,
      spiffe,
      undefined,
      "1",
      "t",
      undefined,
    ]);
  });
});

describe("what cannot be proved does not start", () => {
  const { api } = open({ c: { policy: { access: publicAccess } } });

  it("a mapping that nobody gives", () => {
    expect(() => shop({ kind: "certificate" })).toThrow(/say who a certificate belongs to/);
  });

  it("listen() without TLS, or without authorities", async () => {
    const made = shop({ kind: "certificate", principal: { id: ["subject.CN"] } }).api;
    await expect(listen(made, { port: 0, [insecurePlaintext]: "TLS ends at the mesh" })).rejects.toThrow(
      /without TLS there is none/,
    );
    await expect(listen(made, { port: 0, tls: own })).rejects.toThrow(/clientCa/);
  });

  it("the fetch adapter", () => {
    expect(() => toFetch(shop({ kind: "certificate", principal: { id: ["subject.CN"] } }).api)).toThrow(
      /does not hold/,
    );
    expect(() => toFetch(api)).not.toThrow();
  });
});

describe("the client", () => {
  const policy = () =>
    ({
      ...apiPolicy,
      schemes: {
        ...apiPolicy.schemes,
        machines: { kind: "certificate" },
        oidc: tokenScheme("https://id.test", {}, { binding: "mtls" }),
      },
    }) as const;
  const operation = (access: typeof mtls, path: string) => ({
    id: "a",
    policy: { method: "GET", path, access },
    wire: {},
  });

  it("shows its certificate, to a mutualTLS scheme and beside a bound token", async () => {
    const { url } = await serve();
    const token = await tokenFor({ "x5t#S256": thumbprint(mine) });
    const tls = { ca: ours.cert, cert: mine.cert, key: mine.key };
    const caller = connectClient(policy(), {
      baseUrl: url,
      tls,
      auth: { machines: certificate(), oidc: bearer(token) },
    });
    expect(await caller.send(operation(mtls, "/a"), {})).toEqual({ id: "teller" });
    expect(await caller.send(operation(bound, "/b"), {})).toEqual({ ran: "b" });
    await caller.close();
  });

  it("does not start with half of one", () => {
    const baseUrl = "https://api.test";
    expect(() => connectClient(policy(), { baseUrl, auth: { machines: certificate() } })).toThrow(/tls.cert/);
    expect(() => connectClient(policy(), { baseUrl, tls: { cert: mine.cert } })).toThrow(/go together/);
  });
});
