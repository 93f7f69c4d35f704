// The generated server, every guard of the spec on.
import { createServer } from "node:http";
import { toListener } from "@sallyport/runtime/node";
import { jsonLines, jwt } from "@sallyport/runtime/server";
import { facts, find, ready, writeLine } from "./about.mjs";

const { createApi } = await import("../../../.cache/bench/guards/generated/server.js");
const { issuer, audience, jwksUri } = facts;
const api = createApi({
  handlers: { accounts: { getAccount: ({ object }) => ({ status: 200, body: object }) } },
  schemes: { token: jwt({ issuer, audience, jwksUri }) },
  objects: { Account: find },
  audit: jsonLines(writeLine),
});
const server = createServer(toListener(api));
server.listen(0, "127.0.0.1", () => ready(server.address().port));
