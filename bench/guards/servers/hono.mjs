// Hono on Node with its jwk middleware and zod-validator; hono-rate-limiter; the rest by hand.
import { facts, find, peer, ready, shown, writeLine } from "./about.mjs";

const { Hono } = await peer("hono");
const { jwk } = await peer("hono/jwk");
const { serve } = await peer("@hono/node-server");
const { zValidator } = await peer("@hono/zod-validator");
const { rateLimiter } = await peer("hono-rate-limiter");
const z = await peer("zod");

const app = new Hono();
app.use(rateLimiter({ windowMs: 3_600_000, limit: 100_000_000, keyGenerator: () => "127.0.0.1" }));
app.use(jwk({ keys: [facts.jwk], alg: ["RS256"], verification: { iss: facts.issuer, aud: facts.audience } }));
const account = z.object({
  id: z.string().max(36),
  ownerId: z.string().max(64),
  balance: z.int(),
  currency: z.string().max(3),
});
app.get("/accounts/:accountId", zValidator("param", z.object({ accountId: z.string().max(36) })), (context) => {
  const user = context.get("jwtPayload");
  if (!user.roles.includes("teller")) return context.body(null, 403);
  const { accountId } = context.req.valid("param");
  const found = find(accountId);
  if (found?.ownerId !== user.sub) return context.body(null, 404);
  const line = { at: new Date().toISOString(), event: "account.read", principal: user.sub, subject: accountId };
  writeLine(`${JSON.stringify(line)}\n`);
  return context.json(account.parse(shown(found)));
});
const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => ready(server.address().port));
