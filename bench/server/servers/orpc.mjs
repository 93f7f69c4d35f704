// oRPC's OpenAPI handler on node:http: zod in and out, jose and rate-limiter-flexible in its middleware.
import { createServer } from "node:http";
import { find, pay, peer, ready, remember } from "./about.mjs";
import { verify } from "./verify.mjs";
import { account, accountId, newPayment, payment } from "./zod-schemas.mjs";

const { ORPCError, os } = await peer("@orpc/server");
const { OpenAPIHandler } = await peer("@orpc/openapi/node");
const { RateLimiterMemory } = await peer("rate-limiter-flexible");

const limiter = new RateLimiterMemory({ points: 100_000_000, duration: 3_600 });
const refuse = (code) => {
  throw new ORPCError(code);
};
const guarded = os.$context().use(async ({ context, next }) => {
  await limiter.consume(context.address);
  const user = await verify(context.authorization).catch(() => refuse("UNAUTHORIZED"));
  if (!user.roles.includes("teller")) refuse("FORBIDDEN");
  return next({ context: { user } });
});
const owned = (user, id) => {
  const found = find(id);
  return found?.ownerId === user.sub ? found : refuse("NOT_FOUND");
};
const { object } = (await peer("zod")).z;
const router = {
  getAccount: guarded
    .route({ method: "GET", path: "/accounts/{accountId}" })
    .input(object({ accountId }))
    .output(account)
    .handler(({ context, input }) => {
      const found = owned(context.user, input.accountId);
      remember("account.read", context.user.sub, input.accountId);
      return found;
    }),
  createPayment: guarded
    .route({ method: "POST", path: "/accounts/{accountId}/payments", successStatus: 201 })
    .input(newPayment.extend({ accountId }))
    .output(payment)
    .handler(({ context, input }) => {
      owned(context.user, input.accountId);
      remember("payment.create", context.user.sub, input.accountId);
      return pay(input);
    }),
};
const handler = new OpenAPIHandler(router);
const server = createServer(async (request, response) => {
  const context = { authorization: request.headers.authorization, address: request.socket.remoteAddress };
  const { matched } = await handler.handle(request, response, { context });
  if (!matched) response.writeHead(404).end();
});
server.listen(0, "127.0.0.1", () => ready(server.address().port));
