import { jwt } from "@sallyport/runtime/server";
import { buildRouter, createContext, type Query, query } from "@sallyport/runtime/trpc";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anyToken, apiPolicy, open } from "../../../support/contract.js";
import { proofKey, prove } from "../../../support/dpop.js";
import { makeKey, mint, startIssuer, type TestIssuer, type TestKey } from "../../../support/tokens.js";
import { tokenScheme } from "../../../support/verifying.js";

let key: TestKey;
let issuer: TestIssuer;
beforeAll(async () => {
  key = await makeKey("k");
  issuer = await startIssuer(key);
});
afterAll(() => issuer.close());

describe("proofs over tRPC", () => {
  it("a batch needs one, and each answer carries the nonce of the next", async () => {
    const oidc = tokenScheme(issuer.issuer, {}, { binding: "dpop", dpop: { maxAge: "60s", nonce: "required" } });
    const schemes = { ...apiPolicy.schemes, oidc };
    const { api, runs } = open(
      { a: { policy: { access: anyToken } } },
      { schemes: { oidc: jwt() }, policy: { schemes } },
    );
    const router = buildRouter<{ readonly shop: { readonly a: Query<undefined, unknown> } }>(api, {
      shop: { a: query("a") },
    });
    const caller = await proofKey();
    const token = await mint(issuer.issuer, key, { claims: { cnf: { jkt: caller.jkt } } });
    const htu = "https://api.test/trpc/shop.a,shop.a";
    const ask = async (nonce?: string) => {
      const dpop = await prove(caller, token, { claims: { htu, nonce } });
      const req = new Request(`${htu}?batch=1`, { headers: { authorization: `DPoP ${token}`, dpop } });
      return fetchRequestHandler({ endpoint: "/trpc", req, router, createContext });
    };
    const first = await ask();
    expect([first.status, runs.a ?? 0]).toEqual([401, 0]);
    expect(first.headers.get("www-authenticate")).toContain('error="use_dpop_nonce"');
    const second = await ask(first.headers.get("dpop-nonce") ?? "");
    expect(await second.json()).toMatchObject([{ result: { data: { ran: "a" } } }, { result: { data: { ran: "a" } } }]);
    expect(second.headers.get("dpop-nonce")).toBe(first.headers.get("dpop-nonce"));
  });
});
