import { insecurePlaintext, listen } from "@sallyport/runtime/node";
import { apiKeys, createApiKey, jwt, memoryKeys } from "@sallyport/runtime/server";
import type { SecuritySetup } from "@sallyport/runtime/testing/security";
import { createApi } from "../generated/server.js";
import { bankHandlers } from "../handlers.js";
import { openLedger } from "../ledger.js";
import { startProvider } from "../provider.js";

// Ours, and written by hand: where the server is, and what its callers hold. Here both it and the provider are started for the tests.
const roles = ["none", "teller", "auditor", "admin"];
const scope = "accounts:read accounts:write payments:write admin";
const people = roles.map((id) => ({ id, secret: `${id}-secret`, roles: id === "none" ? [] : [id], scope }));
const provider = await startProvider(people, 600);
const keys = memoryKeys();
const ledger = openLedger();
const api = createApi({
  env: { BANK_ISSUER: provider.issuer },
  handlers: bankHandlers(ledger),
  schemes: { oidc: jwt(), partnerKey: apiKeys({ store: keys }) },
  objects: { Account: (id) => ledger.find(id) },
  rules: { signatory: (account, { principal }) => ledger.maySign(account.id, principal.id) },
  audit: { write: () => {} },
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
});
const server = await listen(api, {
  port: 0,
  host: "127.0.0.1",
  [insecurePlaintext]: "tests on the loopback interface",
});

async function credentialsOf(person: string) {
  const answer = await fetch(`${provider.issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${person}:${person}-secret`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const { key } = await createApiKey({ store: keys, prefix: "bank_live_", owner: person });
  return { oidc: { authorization: `Bearer ${token}` }, partnerKey: { "x-partner-key": key } };
}

export const setup: SecuritySetup = {
  baseUrl: `${server.url}/v1`,
  credentials: Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await credentialsOf(role)]))),
  foreign: { Account: "acc-alice" },
  path: { currency: "USD", month: "2026-01" },
  bodies: { renameAccount: { name: "Mine" }, createPayment: { amount: 1, iban: "DE89370400440532013000" } },
  close: async () => {
    await server.close();
    await provider.close();
  },
};
