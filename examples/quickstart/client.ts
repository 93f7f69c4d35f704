import { apiKey, Failure } from "@sallyport/runtime/client";
import { createClient } from "./generated/client.js";
import { key, server } from "./server.js";

const client = createClient({ baseUrl: server.url, auth: { key: apiKey(key) } });
console.log(await client.notes.getNote({ noteId: "n1" })); // { id: "n1", text: "Buy milk" }: ownerId is not in the spec, so it stays inside
await client.notes.getNote({ noteId: "n2" }).catch((thrown) => {
  if (thrown instanceof Failure) console.log(thrown.code); // not_found: also what another's note answers
});
await client.close();
await server.close();
