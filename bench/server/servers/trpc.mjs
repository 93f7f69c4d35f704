// tRPC's standalone server, zod in and out, jose and rate-limiter-flexible in its middleware.
import { find, pay, peer, ready, remember } from "./about.mjs";
import { verify } from "./verify.mjs";
import { account, accountId, newPayment, payment } from "./zod-schemas.mjs";

const { initTRPC, TRPCError } = await peer("@trpc/server");
const { createHTTPServer } = await peer("@trpc/server/adapters/standalone");
const { RateLimiterMemory } = await peer("rate-limiter-flexible");
const z = await peer("zod");

const limiter = new RateLimiterMemory({ points: 100_000_000, duration: 3_600 });
const t = initTRPC.context().create();
const refuse = (code) => {
  throw new TRPCError({ code });
};
const guarded = t.procedure.use(async ({ ctx, next }) => {
  await limiter.consume(ctx.address);
  const user = await verify(ctx.authorization).catch(() => refuse("UNAUTHORIZED"));
  if (!user.roles.includes("teller")) refuse("FORBIDDEN");
  return next({ ctx: { user } });
});
const owned = (user, id) => {
  const found = find(id);
  return found?.ownerId === user.sub ? found : refuse("NOT_FOUND");
};
const router = t.router({
  getAccount: guarded
    .input(z.strictObject({ accountId }))
    .output(account)
    .query(({ ctx, input }) => {
      const found = owned(ctx.user, input.accountId);
      remember("account.read", ctx.user.sub, input.accountId);
      return found;
    }),
  createPayment: guarded
    .input(z.strictObject({ accountId, payment: newPayment }))
    .output(payment)
    .mutation(({ ctx, input }) => {
      owned(ctx.user, input.accountId);
      remember("payment.create", ctx.user.sub, input.accountId);
      return pay(input.payment);
    }),
});
const server = createHTTPServer({
  router,
  createContext: ({ req }) => ({ authorization: req.headers.authorization, address: req.socket.remoteAddress }),
});
server.listen(0, "127.0.0.1", () => {
  const input = encodeURIComponent(JSON.stringify({ accountId: "a1" }));
  const get = { path: `/getAccount?input=${input}`, answer: ["result", "data"] };
  ready(server.address().port, { get, post: { path: "/createPayment", wrap: "payment", answer: ["result", "data"] } });
});
