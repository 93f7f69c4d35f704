// The generated server, every guard of the spec on. How it is mounted, two files say.
import { jsonLines, jwt } from "@sallyport/runtime/server";
import { facts, find, pay, writeLines } from "./about.mjs";

const { createApi } = await import("../../../.cache/bench/server/generated/server.js");
const { issuer, audience, jwksUri } = facts;

export const api = createApi({
  handlers: {
    accounts: { getAccount: ({ object }) => ({ status: 200, body: object }) },
    payments: { createPayment: ({ body }) => ({ status: 201, body: pay(body) }) },
  },
  schemes: { token: jwt({ issuer, audience, jwksUri }) },
  objects: { Account: find },
  audit: jsonLines(writeLines),
});
