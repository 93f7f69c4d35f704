// The token by its own option. It repeats nothing.
import { full, origin, own, ready, token } from "./about.mjs";

const { getAccount, getPublicAccount } = await import(own("hey-api/sdk.gen.ts"));
const { createClient } = await import(own("hey-api/client/index.ts"));
const client = createClient({ baseUrl: origin, auth: () => token.slice("Bearer ".length) });
const operation = full ? getAccount : getPublicAccount;
ready(async () => (await operation({ client, path: { accountId: "a1" } })).data);
