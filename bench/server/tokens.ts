import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from "jose";

/** What a server is told of the tokens that it will get. */
export interface Facts {
  readonly issuer: string;
  readonly audience: string;
  readonly pem: string;
  readonly jwk: JWK;
  readonly jwksUri: string;
}

/** An issuer on loopback: facts for servers, a few tokens of one user, and how to end it. */
export async function openIssuer(count: number) {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" };
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const audience = "https://ledger.example";
  const facts: Facts = { issuer, audience, pem: await exportSPKI(publicKey), jwk, jwksUri: `${issuer}/jwks` };
  const sign = (jti: string) =>
    new SignJWT({ roles: ["teller"], client_id: "bench", jti })
      .setProtectedHeader({ alg: "RS256", kid: "k1", typ: "JWT" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject("user-1")
      .setIssuedAt()
      .setExpirationTime("2h")
      .sign(privateKey);
  const tokens = await Promise.all(Array.from({ length: count }, (_, at) => sign(`t${at}`)));
  return { facts, tokens, close: () => server.close() };
}
