// Hono on Node with its jwk middleware and zod-validator; hono-rate-limiter; the rest by hand.
import { facts, find, pay, peer, ready, remember, shown } from "./about.mjs";
import { account, accountId, newPayment, payment } from "./zod-schemas.mjs";

const { Hono } = await peer("hono");
const { jwk } = await peer("hono/jwk");
const { serve } = await peer("@hono/node-server");
const { zValidator } = await peer("@hono/zod-validator");
const { rateLimiter } = await peer("hono-rate-limiter");
const z = await peer("zod");

const app = new Hono();
app.use(rateLimiter({ windowMs: 3_600_000, limit: 100_000_000, keyGenerator: () => "127.0.0.1" }));
app.use(jwk({ keys: [facts.jwk], alg: ["RS256"], verification: { iss: facts.issuer, aud: facts.audience } }));

const path = zValidator("param", z.object({ accountId }));
const guard = async (context, next) => {
  const user = context.get("jwtPayload");
  if (!user.roles.includes("teller")) return context.body(null, 403);
  const found = find(context.req.valid("param").accountId);
  if (found?.ownerId !== user.sub) return context.body(null, 404);
  context.set("account", found);
  return next();
};
app.get("/accounts/:accountId", path, guard, (context) => {
  remember("account.read", context.get("jwtPayload").sub, context.req.valid("param").accountId);
  return context.json(account.parse(shown(context.get("account"))));
});
app.post("/accounts/:accountId/payments", path, guard, zValidator("json", newPayment), (context) => {
  remember("payment.create", context.get("jwtPayload").sub, context.req.valid("param").accountId);
  return context.json(payment.parse(pay(context.req.valid("json"))), 201);
});
const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => ready(server.address().port));
