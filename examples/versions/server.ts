import { insecurePlaintext, listen } from "@sallyport/runtime/node";
import {
  apiKeys,
  createApiKey,
  memoryKeys,
  refuse,
  type SharedHandlers,
  usage,
  versions,
} from "@sallyport/runtime/server";
import { createApi as createV1, type Handlers as V1 } from "./generated/v1/server.js";
import { createApi as createV2, type Handlers as V2 } from "./generated/v2/server.js";

const rates = new Map([
  ["CHF", "0.9412"],
  ["USD", "1.0873"],
]);

function rateOf(code: string): string {
  const rate = rates.get(code);
  if (rate === undefined) throw refuse(404, { title: "No such currency" });
  return rate;
}

/** What both versions answer alike is written once. */
const shared = {
  rates: { listCurrencies: () => ({ status: 200, body: [...rates.keys()] }) },
} satisfies SharedHandlers<V1, V2>;

const keys = memoryKeys();
export const calls = usage();
const options = { schemes: { key: apiKeys({ store: keys }) }, observers: [calls] };

const v1 = createV1({
  ...options,
  handlers: {
    rates: { ...shared.rates, getRate: ({ path }) => ({ status: 200, body: Number(rateOf(path.code)) }) },
  },
});
const v2 = createV2({
  ...options,
  handlers: {
    rates: {
      ...shared.rates,
      getRate: ({ path }) => ({ status: 200, body: { rate: rateOf(path.code), since: "2026-06-01" } }),
    },
  },
});

export const keyOf = async (owner: string) => (await createApiKey({ store: keys, owner })).key;
export const server = await listen(versions({ v1, v2 }), {
  port: 0,
  host: "127.0.0.1",
  [insecurePlaintext]: "an example on loopback",
});
