// The token by its middleware. It repeats nothing.
import { full, origin, peer, ready, token } from "./about.mjs";

const { default: createClient } = await peer("openapi-fetch");
const client = createClient({ baseUrl: origin });
if (full) {
  client.use({
    onRequest: ({ request }) => {
      request.headers.set("authorization", token);
      return request;
    },
  });
}
const template = full ? "/accounts/{accountId}" : "/public/accounts/{accountId}";
ready(async () => (await client.GET(template, { params: { path: { accountId: "a1" } } })).data);
