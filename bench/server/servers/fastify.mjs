// Fastify with @fastify/jwt (its cache on) and @fastify/rate-limit; ajv in, fast-json-stringify out; the rest by hand.
import { readFileSync } from "node:fs";
import { facts, find, pay, peer, ready, remember } from "./about.mjs";

const { parse } = await peer("yaml");
const { components } = parse(readFileSync(new URL("../spec.yaml", import.meta.url), "utf8"));
const { Account, NewPayment, Payment } = components.schemas;

// What ajv does unless it is told otherwise, `"1"` for 1 and unknown properties dropped, is not what the spec says.
const app = (await peer("fastify")).default({
  ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
});
await app.register((await peer("@fastify/jwt")).default, {
  secret: { public: facts.pem },
  verify: { algorithms: ["RS256"], allowedIss: facts.issuer, allowedAud: facts.audience, cache: 10_000 },
});
await app.register((await peer("@fastify/rate-limit")).default, { max: 100_000_000, timeWindow: "1 hour" });

const params = {
  type: "object",
  required: ["accountId"],
  properties: { accountId: components.parameters.AccountId.schema },
};
const guarded = {
  onRequest: (request) => request.jwtVerify(),
  preHandler: async (request, reply) => {
    if (!request.user.roles.includes("teller")) return reply.code(403).send();
    request.account = find(request.params.accountId);
    if (request.account?.ownerId !== request.user.sub) return reply.code(404).send();
  },
};

app.get("/accounts/:accountId", { schema: { params, response: { 200: Account } }, ...guarded }, async (request) => {
  remember("account.read", request.user.sub, request.params.accountId);
  return request.account;
});
app.post(
  "/accounts/:accountId/payments",
  { schema: { params, body: NewPayment, response: { 201: Payment } }, ...guarded },
  async (request, reply) => {
    remember("payment.create", request.user.sub, request.params.accountId);
    return reply.code(201).send(pay(request.body));
  },
);
await app.listen({ port: 0, host: "127.0.0.1" });
ready(app.server.address().port);
