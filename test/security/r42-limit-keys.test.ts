import { insecurePlaintext, listen, type Server } from "@sallyport/runtime/node";
import { limit } from "@sallyport/runtime/policy";
import { type LimitCheck, type LimitStore, memoryLimits } from "@sallyport/runtime/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jwt } from "../../runtime/src/credentials/jwt.js";
import { anyToken, apiPolicy, keys, logins, open } from "../support/contract.js";
import { makeKey, mint, startIssuer, type TestIssuer, type TestKey } from "../support/tokens.js";
import { tokenScheme } from "../support/verifying.js";

const perUser = limit("perUser", { limit: 3, window: "1h", key: ["principal"] });
const counted: string[] = [];
let issuer: TestIssuer;
let key: TestKey;
let server: Server;

beforeAll(async () => {
  key = await makeKey("k1");
  issuer = await startIssuer(key);
  const memory = memoryLimits();
  const limits: LimitStore = {
    take: (checks: readonly LimitCheck[], now) => {
      counted.push(...checks.map((check) => check.key));
      return memory.take(checks, now);
    },
  };
  const { api } = open(
    { list: { policy: { access: anyToken, limits: [perUser] } } },
    {
      limits,
      schemes: { oidc: jwt(), key: keys(), login: logins() },
      policy: { schemes: { ...apiPolicy.schemes, oidc: tokenScheme(issuer.issuer) } },
    },
  );
  server = await listen(api, { port: 0, host: "127.0.0.1", [insecurePlaintext]: "a test on loopback" });
});
afterAll(async () => {
  await server.close();
  await issuer.close();
});

const call = async (token: string) =>
  (await fetch(`${server.url}/list`, { headers: { authorization: `Bearer ${token}` } })).status;

describe("R42 no limit is counted for a caller who is not verified", () => {
  it("R42 forged, expired and foreign tokens in ann's name leave ann's counter alone", async () => {
    const thief = await makeKey("k1");
    const bad = [
      await mint(issuer.issuer, thief),
      await mint(issuer.issuer, key, { claims: { exp: 1 } }),
      await mint(issuer.issuer, key, { claims: { aud: "https://other.test" } }),
      "made.up.token",
    ];
    for (let round = 0; round < 5; round += 1) for (const token of bad) expect(await call(token)).toBe(401);
    expect(counted).toEqual([]);
    const good = await mint(issuer.issuer, key);
    expect([await call(good), await call(good), await call(good), await call(good)]).toEqual([200, 200, 200, 429]);
    expect(new Set(counted).size).toBe(1);
  });

  it("R42 a new token of the same caller does not reset the count", async () => {
    expect(await call(await mint(issuer.issuer, key, { claims: { jti: "another" } }))).toBe(429);
    expect(await call(await mint(issuer.issuer, key, { claims: { sub: "bob" } }))).toBe(200);
  });
});
