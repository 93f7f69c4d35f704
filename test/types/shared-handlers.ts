/** What two versions may share, and what they may not: tsc is the judge. */
import type { Call, Handler, SharedHandlers } from "@sallyport/runtime/server";

interface Get extends Call {
  readonly path: { readonly id: string };
}
interface V1 {
  readonly rates: {
    readonly get: Handler<Get & { readonly version: "v1" }, { readonly status: 200; readonly body: string }>;
    readonly list: Handler<Call, { readonly status: 200; readonly body: readonly string[] }>;
    readonly drop: Handler<Call, { readonly status: 204 }>;
  };
}
interface V2 {
  readonly rates: {
    readonly get: Handler<Get & { readonly version: "v2" }, { readonly status: 200; readonly body: number }>;
    readonly list: Handler<Call, { readonly status: 200; readonly body: readonly string[] }>;
  };
}

const list = async () => ({ status: 200 as const, body: ["CHF"] });
export const agreed = { rates: { list } } satisfies SharedHandlers<V1, V2>;
export const first: Pick<V1["rates"], "list"> = agreed.rates;
export const second: Pick<V2["rates"], "list"> = agreed.rates;

export const disagreed = {
  // @ts-expect-error a text is no number.
  rates: { get: ({ path }) => ({ status: 200, body: path.id }) },
} satisfies SharedHandlers<V1, V2>;

export const unknown = {
  // @ts-expect-error the second does not have it.
  rates: { drop: () => ({ status: 204 }) },
} satisfies SharedHandlers<V1, V2>;
