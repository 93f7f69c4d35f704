import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from "jose";

/** A key pair, and the JWK that is published for it. */
export interface TestKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  /** The public key in PEM, as an attacker of R15 would use it for a shared secret. */
  readonly pem: string;
}

/** Makes a key pair; `published` changes what of it stands in the key set. */
export async function makeKey(
  kid: string,
  alg = "ES256",
  published: Readonly<Record<string, unknown>> = {},
): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: "sig", ...published };
  const stated = Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== undefined));
  return { kid, alg, privateKey, jwk: stated, pem: await exportSPKI(publicKey) };
}

/** An issuer of nothing but metadata and keys: a static server that counts who asks for what. */
export interface TestIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Requests by path. */
  readonly asked: ReadonlyMap<string, number>;
  /** What the key set holds. */
  publish(...keys: readonly (TestKey | JWK)[]): void;
  /** What a path answers instead: a status, or a body. */
  answer(path: string, reply: Answer | undefined): void;
  close(): Promise<void>;
}

/** A reply of the test issuer. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Milliseconds before the answer. */
  readonly delay?: number;
}

/** Starts a static issuer on loopback. */
export async function startIssuer(...keys: readonly TestKey[]): Promise<TestIssuer> {
  let published: readonly JWK[] = keys.map((key) => key.jwk);
  const asked = new Map<string, number>();
  const answers = new Map<string, Answer>();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.set(path, (asked.get(path) ?? 0) + 1);
    const documents: Readonly<Record<string, unknown>> = {
      "/.well-known/openid-configuration": { issuer, jwks_uri: `${issuer}/jwks` },
      "/jwks": { keys: published },
    };
    const { status, headers, body, delay = 0 } = answers.get(path) ?? { body: documents[path] };
    setTimeout(() => {
      response.writeHead(status ?? (body === undefined ? 404 : 200), {
        "content-type": "application/json",
        ...headers,
      });
      response.end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
    }, delay);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    asked,
    publish: (...next) => {
      published = next.map((key) => ("jwk" in key ? (key as TestKey).jwk : (key as JWK)));
    },
    answer: (path, reply) => {
      if (reply === undefined) answers.delete(path);
      else answers.set(path, reply);
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** What differs from a token that would be accepted. `undefined` leaves a member out. */
export interface TokenChange {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** The claims of a good token. */
export function claimsFor(issuer: string, now = Date.now()): Readonly<Record<string, unknown>> {
  const seconds = Math.floor(now / 1_000);
  return {
    iss: issuer,
    sub: "ann",
    aud: "https://api.test",
    client_id: "app",
    scope: "read write",
    jti: "1",
    iat: seconds,
    exp: seconds + 300,
  };
}

/** A token of the issuer, signed with a key, changed as asked. */
export function mint(issuer: string, key: TestKey, { header = {}, claims = {} }: TokenChange = {}): Promise<string> {
  const payload = without({ ...claimsFor(issuer), ...claims });
  const protectedHeader = without({ alg: key.alg, kid: key.kid, typ: "at+jwt", ...header });
  return new SignJWT(payload).setProtectedHeader(protectedHeader as { alg: string }).sign(key.privateKey);
}

/** A token put together by hand, for headers that a library would not sign. */
export function forge(
  header: unknown,
  claims: unknown,
  signature: (input: string) => Uint8Array | string = () => "AA",
): string {
  const input = `${encode(header)}.${encode(claims)}`;
  const signed = signature(input);
  return `${input}.${typeof signed === "string" ? signed : Buffer.from(signed).toString("base64url")}`;
}

/** A token put together by hand, with a true ES256 signature over whatever the header says. */
export async function signAnyway(header: unknown, claims: unknown, key: TestKey): Promise<string> {
  const input = `${encode(header)}.${encode(claims)}`;
  const octets = new TextEncoder().encode(input);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.privateKey, octets);
  return `${input}.${Buffer.from(signature).toString("base64url")}`;
}

function encode(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

function without(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
