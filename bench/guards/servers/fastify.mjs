// Fastify with @fastify/jwt (its cache on) and @fastify/rate-limit; ajv in, fast-json-stringify out; the rest by hand.
import { facts, find, peer, ready, writeLine } from "./about.mjs";

const app = (await peer("fastify")).default();
await app.register((await peer("@fastify/jwt")).default, {
  secret: { public: facts.pem },
  verify: { algorithms: ["RS256"], allowedIss: facts.issuer, allowedAud: facts.audience, cache: 10_000 },
});
await app.register((await peer("@fastify/rate-limit")).default, { max: 100_000_000, timeWindow: "1 hour" });

const text = (maxLength) => ({ type: "string", maxLength });
const account = { id: text(36), ownerId: text(64), balance: { type: "integer" }, currency: text(3) };
app.get(
  "/accounts/:accountId",
  {
    schema: {
      params: { type: "object", required: ["accountId"], properties: { accountId: text(36) } },
      response: { 200: { type: "object", required: Object.keys(account), properties: account } },
    },
    onRequest: (request) => request.jwtVerify(),
    preHandler: async (request, reply) => {
      if (!request.user.roles.includes("teller")) return reply.code(403).send();
      request.account = find(request.params.accountId);
      if (request.account?.ownerId !== request.user.sub) return reply.code(404).send();
    },
  },
  async (request) => {
    const { sub } = request.user;
    const line = {
      at: new Date().toISOString(),
      event: "account.read",
      principal: sub,
      subject: request.params.accountId,
    };
    writeLine(`${JSON.stringify(line)}\n`);
    return request.account;
  },
);
await app.listen({ port: 0, host: "127.0.0.1" });
ready(app.server.address().port);
