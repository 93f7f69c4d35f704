import { bearer } from "@sallyport/runtime/client";
import { full, origin, own, ready, token } from "./about.mjs";

const { createClient } = await import(own("generated/client.ts"));
const client = createClient({ baseUrl: origin, auth: full ? { token: bearer(token.slice("Bearer ".length)) } : {} });
const call = full ? client.accounts.getAccount : client.accounts.getPublicAccount;
ready(() => call({ accountId: "a1" }));
