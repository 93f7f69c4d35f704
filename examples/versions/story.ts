import { apiKey } from "@sallyport/runtime/client";
import { createClient as createV1 } from "./generated/v1/client.js";
import { createClient as createV2 } from "./generated/v2/client.js";
import { calls, keyOf, server } from "./server.js";

const old = createV1({ baseUrl: server.url, auth: { key: apiKey(await keyOf("ann")) } });
const young = createV2({ baseUrl: server.url, auth: { key: apiKey(await keyOf("bob")) } });

console.log(await old.rates.getRate({ code: "CHF" })); // 0.9412, and a warning: version v1 ends on 2099-06-01
console.log(await young.rates.getRate({ code: "CHF" })); // { rate: "0.9412", since: "2026-06-01" }
console.log(await young.rates.listCurrencies()); // [ "CHF", "USD" ]
console.table(calls.report().rows); // ann still calls getRate of v1

await old.close();
await young.close();
await server.close();
