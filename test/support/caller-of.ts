import type { Api } from "@sallyport/runtime/server";
import { buildRouter, mutation, query, type TrpcContext } from "@sallyport/runtime/trpc";
import { TRPCError } from "@trpc/server";
import { exchangeWith } from "./exchange.js";

type Call = (input: unknown) => Promise<unknown>;

/** Calls operations as procedures of a tRPC router, and answers the HTTP status that each ended with. */
export function callerOf(
  api: Api,
  operations: { readonly query: readonly string[]; readonly mutation: readonly string[] },
): (who: string, operation: string, input: unknown) => Promise<number> {
  const shop = Object.fromEntries([
    ...operations.query.map((id) => [id, query(id)]),
    ...operations.mutation.map((id) => [id, mutation(id)]),
  ]);
  const router = buildRouter(api, { shop } as never);
  return async (who, operation, input) => {
    const exchange = exchangeWith({ authorization: `Bearer ${who}` });
    const context: TrpcContext = { exchange, setHeader: () => {} };
    const caller = router.createCaller(context) as unknown as { shop: Record<string, Call> };
    try {
      await caller.shop[operation]?.(input);
      return 200;
    } catch (thrown) {
      if (!(thrown instanceof TRPCError)) throw thrown;
      return (thrown.cause as { readonly problem?: { readonly status: number } } | undefined)?.problem?.status ?? 0;
    }
  };
}
