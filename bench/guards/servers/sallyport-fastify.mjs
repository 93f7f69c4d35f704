// The same generated server as a plugin of Fastify.
import { sallyport } from "@sallyport/runtime/fastify";
import { jsonLines, jwt } from "@sallyport/runtime/server";
import { facts, find, peer, ready, writeLine } from "./about.mjs";

const { createApi } = await import("../../../.cache/bench/guards/generated/server.js");
const { issuer, audience, jwksUri } = facts;
const api = createApi({
  handlers: { accounts: { getAccount: ({ object }) => ({ status: 200, body: object }) } },
  schemes: { token: jwt({ issuer, audience, jwksUri }) },
  objects: { Account: find },
  audit: jsonLines(writeLine),
});
const app = (await peer("fastify")).default();
await app.register(sallyport(api));
await app.listen({ port: 0, host: "127.0.0.1" });
ready(app.server.address().port);
