type Function = (call: never) => unknown;

/** A handler that serves an operation of two descriptions: it is told what either tells, and answers what both declare. */
export type SharedHandler<A, B> = A extends Function
  ? B extends Function
    ? (
        call: Parameters<A>[0] | Parameters<B>[0],
      ) => (Awaited<ReturnType<A>> & Awaited<ReturnType<B>>) | Promise<Awaited<ReturnType<A>> & Awaited<ReturnType<B>>>
    : never
  : never;

/**
 * The handlers that two versions may share, from the `Handlers` of both: groups and operations that both have. Use it with `satisfies`,
 * so that what is there stays known:
 *
 * `const shared = { accounts: { getAccount: ({ path }) => … } } satisfies SharedHandlers<V1, V2>;`
 *
 * An operation on whose answer the two do not agree does not compile.
 */
export type SharedHandlers<A extends object, B extends object> = {
  readonly [Group in keyof A & keyof B]?: {
    readonly [Name in keyof A[Group] & keyof B[Group]]?: SharedHandler<A[Group][Name], B[Group][Name]>;
  };
};
