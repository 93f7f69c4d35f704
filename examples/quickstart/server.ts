import { insecurePlaintext, listen } from "@sallyport/runtime/node";
import { apiKeys, createApiKey, memoryKeys } from "@sallyport/runtime/server";
import { createApi } from "./generated/server.js";

const notes = new Map([["n1", { id: "n1", text: "Buy milk", ownerId: "ann" }]]);
const keys = memoryKeys();

const api = createApi({
  handlers: { notes: { getNote: ({ object: note }) => ({ status: 200, body: note }) } },
  schemes: { key: apiKeys({ store: keys }) },
  objects: { Note: (id) => notes.get(id) },
});
export const { key } = await createApiKey({ store: keys, prefix: "note_", owner: "ann" });
export const server = await listen(api, { port: 0, host: "127.0.0.1", [insecurePlaintext]: "a first try on loopback" });
