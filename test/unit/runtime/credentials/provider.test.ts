import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Refusal } from "../../../../runtime/src/problem/refusal.js";
import { startProvider, type TestProvider } from "../../../support/provider.js";
import { gist, judge, tokenScheme, tokenVerifier } from "../../../support/verifying.js";

let provider: TestProvider;

beforeAll(async () => {
  provider = await startProvider({
    clients: [{ id: "teller", secret: "teller-secret", scope: "accounts:read accounts:write", roles: ["Tellers"] }],
    audiences: ["https://api.test", "https://other.test"],
  });
});
afterAll(() => provider.close());

const roles = { claim: "/roles", map: { Tellers: "teller" } };

describe("tokens of a real OpenID provider", () => {
  it("are accepted, and say who calls with which scopes and roles", async () => {
    const verifier = tokenVerifier(tokenScheme(provider.issuer, {}, { principal: { id: ["iss", "sub"], roles } }));
    const verdict = await judge(verifier, await provider.token({ client: "teller", scope: "accounts:read" }));
    if (verdict === undefined || verdict instanceof Refusal) throw new Error("refused");
    expect(verdict.id).toBe(`${provider.issuer}|teller`);
    expect([...verdict.scopes]).toEqual(["accounts:read"]);
    expect([...verdict.roles]).toEqual(["teller"]);
    expect(verdict.client).toBe("teller");
  });

  it("for another resource are refused", async () => {
    const verifier = tokenVerifier(tokenScheme(provider.issuer));
    const token = await provider.token({ client: "teller", resource: "https://other.test" });
    expect(decodeJwt(token).aud).toBe("https://other.test");
    expect(gist(await judge(verifier, token))).toBe("401 invalid_token");
  });

  it("can be refreshed, and a used refresh token is not taken twice", async () => {
    const refresh = await provider.refreshToken({ client: "teller", account: "ann", scope: "accounts:read" });
    const ask = async (token: string) => {
      const response = await fetch(provider.tokenEndpoint, {
        method: "POST",
        headers: { authorization: `Basic ${Buffer.from("teller:teller-secret").toString("base64")}` },
        body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: token }),
      });
      return (await response.json()) as Record<string, string>;
    };
    const first = await ask(refresh);
    expect(first.refresh_token).not.toBe(refresh);
    expect(decodeProtectedHeader(first.access_token ?? "").typ).toBe("at+jwt");
    expect(decodeJwt(first.access_token ?? "").sub).toBe("ann");
    const verdict = await judge(tokenVerifier(tokenScheme(provider.issuer)), first.access_token ?? "");
    expect(gist(verdict)).toBe(`${provider.issuer}|ann`);
    expect((await ask(refresh)).error).toBe("invalid_grant");
  });
});
