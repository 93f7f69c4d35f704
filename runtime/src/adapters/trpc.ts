/**
 * A compiled API as a tRPC router. Procedures are a second way to the same guards: they hand in the exchange and the input, and
 * translate what comes back.
 */
import {
  initTRPC,
  type TRPCBuiltRouter,
  type TRPCMutationProcedure,
  type TRPCQueryProcedure,
  type TRPCRouterRecord,
} from "@trpc/server";
import type { Api } from "../server/contract.js";
import type { TrpcContext } from "./trpc-context.js";
import { formatError, leave, type RouterErrorShape, unreachable } from "./trpc-errors.js";

export {
  type ContextSource,
  createContext,
  type NodeContextSource,
  type TrpcContext,
  type WebContextSource,
} from "./trpc-context.js";
export type { RouterErrorData, RouterErrorShape } from "./trpc-errors.js";

/** What tRPC knows of a procedure's types. */
export interface ProcedureTypes<Input, Output> {
  readonly input: Input;
  readonly output: Output;
  readonly meta: object;
}

/** A procedure that reads: a GET or QUERY operation. */
export interface Query<Input, Output> extends TRPCQueryProcedure<ProcedureTypes<Input, Output>> {}

/** A procedure that changes something. */
export interface Mutation<Input, Output> extends TRPCMutationProcedure<ProcedureTypes<Input, Output>> {}

/** What tRPC knows of every procedure: the context that each needs, and the errors that each may answer. */
export interface RouterTypes {
  ctx: TrpcContext;
  meta: object;
  errorShape: RouterErrorShape;
  transformer: false;
}

/** Groups of procedures, as generated `Procedures` lists them. */
export type Groups<P> = { readonly [Group in keyof P]: TRPCRouterRecord };

/** The router of an API: what a typed tRPC client is made for. */
export type Router<P extends Groups<P>> = TRPCBuiltRouter<RouterTypes, { [Group in keyof P]: P[Group] }>;

/** An operation on its way into a router. */
export interface Entry<Type extends "query" | "mutation"> {
  readonly type: Type;
  readonly operation: string;
}

/** One entry for each procedure, of its type: a missing one does not compile. */
export type Entries<P extends Groups<P>> = {
  readonly [Group in keyof P]: { readonly [Name in keyof P[Group]]: EntryOf<P[Group][Name]> };
};

type EntryOf<Procedure> = Procedure extends { _def: { type: infer Type extends "query" | "mutation" } }
  ? Entry<Type>
  : never;

/** An operation that is called as a tRPC query. */
/* @__NO_SIDE_EFFECTS__ */
export function query(operation: string): Entry<"query"> {
  return { type: "query", operation };
}

/** An operation that is called as a tRPC mutation. */
/* @__NO_SIDE_EFFECTS__ */
export function mutation(operation: string): Entry<"mutation"> {
  return { type: "mutation", operation };
}

const trpc = initTRPC.context<TrpcContext>().create({ isDev: false, errorFormatter: formatError });

/**
 * A tRPC router in which each procedure enters the guards of its operation. Serve it with `createContext`: without the facts of
 * the exchange every procedure refuses.
 *
 * An error has the tRPC code of its status, and the problem document in `error.data.problem`.
 * @throws Error when the API serves no operation of an entry's name.
 */
export function buildRouter<P extends Groups<P>>(api: Api, groups: Entries<P>): Router<P> {
  const served = new Set(api.routes.map((route) => route.operation));
  const record = mapValues<EntryRecord, TRPCRouterRecord>(groups, (entries) =>
    mapValues<Entry<"query" | "mutation">, TRPCRouterRecord[string]>(entries, (entry) => {
      if (!served.has(entry.operation)) throw new Error(`The API serves no operation "${entry.operation}"`);
      return procedure(api, entry);
    }),
  );
  return trpc.router(record) as unknown as Router<P>;
}

type EntryRecord = Readonly<Record<string, Entry<"query" | "mutation">>>;

function procedure(api: Api, { type, operation }: Entry<"query" | "mutation">): TRPCRouterRecord[string] {
  // The operation's own schema judges the input, in its place in the order of the guards: after authorization, not before.
  const guarded = trpc.procedure.input((input: unknown) => input);
  const call = async ({ ctx, input }: { ctx: TrpcContext; input: unknown }) => {
    const { exchange, setHeader } = (ctx ?? {}) as Partial<TrpcContext>;
    if (exchange === undefined || setHeader === undefined) {
      throw unreachable(new Error("The context is not one of createContext from @sallyport/runtime/trpc"));
    }
    return leave(await api.invoke(operation, exchange, input), setHeader);
  };
  return type === "query" ? guarded.query(call) : guarded.mutation(call);
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
