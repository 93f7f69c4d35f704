import { body, connect, Failure, idempotencyKey, json as jsonCodec, type Transport } from "@sallyport/runtime/client";
import { undiciTransport } from "@sallyport/runtime/client/node";
import { publicAccess } from "@sallyport/runtime/policy";
import { memoryIdempotency } from "@sallyport/runtime/server";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { callOnce, clientPolicy, failureOf, json, type Origin, operation, startOrigin } from "../support/client.js";
import { anyToken, open } from "../support/contract.js";
import { serveLocally } from "../support/wire.js";

const rule = {
  header: "Idempotency-Key",
  required: true,
  ttl: "24h",
  scope: ["principal", "operation"],
  fingerprint: "body",
} as const;
const retries = {
  maxAttempts: 3,
  base: "1ms",
  cap: "1ms",
  maxElapsed: "5s",
  statuses: [503],
  network: true,
  when: "idempotent",
  retryAfterMax: "1s",
} as const;
const form = /^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$/;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const pay = (policy: object = { idempotency: rule }) => ({
  ...operation({ method: "POST", path: "/things", access: publicAccess, retries, ...policy }),
  writes: [idempotencyKey],
});

async function failing(times: number): Promise<Origin> {
  const origin = await startOrigin((_request, response, count) => json(response, count <= times ? 503 : 200, {}));
  closing.push(origin.close);
  return origin;
}

const keysOf = ({ requests }: Origin) => requests.map(({ headers }) => headers["idempotency-key"]);

describe("R53 the client's keys", () => {
  it("R53 every attempt of a call has the same fresh key, and every call another", async () => {
    const origin = await failing(2);
    await callOnce({ baseUrl: origin.url }, pay());
    await callOnce({ baseUrl: origin.url }, pay());
    const [first, second, third, next] = keysOf(origin);
    expect(first).toMatch(form);
    expect([second, third]).toEqual([first, first]);
    expect(next).toMatch(form);
    expect(next).not.toBe(first);
  });

  it("R53 none is sent where the spec declares none, and such a POST is not repeated", async () => {
    const origin = await failing(1);
    expect(await failureOf(callOnce({ baseUrl: origin.url }, pay({})))).toMatchObject({ status: 503, attempts: 1 });
    expect(keysOf(origin)).toEqual([undefined]);
  });

  it("R53 a key of the caller's is sent as a string of structured fields, and repeated", async () => {
    const origin = await failing(1);
    await callOnce({ baseUrl: origin.url }, pay(), {}, { idempotencyKey: 'order "7"' });
    expect(keysOf(origin)).toEqual([String.raw`"order \"7\""`, String.raw`"order \"7\""`]);
    await callOnce({ baseUrl: origin.url }, pay(), {}, { headers: { "idempotency-KEY": "own" } });
    expect(keysOf(origin)[2]).toBe("own");
  });

  it.each(["", "caf\u00e9", "a\r\nb", "x".repeat(256)])("R53 the key %j is refused before the network", async (key) => {
    const origin = await failing(0);
    const failure = await failureOf(callOnce({ baseUrl: origin.url }, pay(), {}, { idempotencyKey: key }));
    expect(failure).toMatchObject({ code: "invalid_input", status: undefined });
    expect(origin.requests).toEqual([]);
  });

  it("R53 an answer that is lost is fetched again: the server's handler ran once", async () => {
    let paid = 0;
    const shop = open(
      {
        pay: {
          policy: { method: "POST", path: "/things", access: anyToken, idempotency: rule },
          wire: { body: { media: ["application/json"], required: true } },
          schemas: {
            body: { "application/json": z.object({ to: z.string() }) },
            responses: { 201: { "application/json": z.object({ id: z.number() }) } },
          },
          handler: () => {
            paid += 1;
            return { status: 201, body: { id: paid } };
          },
        },
      },
      { idempotency: { store: memoryIdempotency() } },
    );
    const server = await serveLocally(shop.api);
    closing.push(server.close);
    const origin = `http://127.0.0.1:${server.port}`;
    const real = undiciTransport({ origin, tls: undefined, server: undefined });
    closing.push(real.close);
    let losses = 1;
    const lossy: Transport = {
      send: async (outgoing) => {
        const incoming = await real.send(outgoing);
        if (losses-- > 0) throw new Failure("network", "The answer was lost");
        return incoming;
      },
      close: async () => {},
    };
    const auth = { oidc: { kind: "token" as const, prove: () => ({ headers: { authorization: "Bearer ann" } }) } };
    const caller = connect(clientPolicy(), { baseUrl: origin, transport: lossy, auth });
    const wire = { body: { media: ["application/json"], required: true }, output: { media: ["application/json"] } };
    const { policy } = pay({ idempotency: rule, access: anyToken });
    const one = { id: "pay", policy, wire, writes: [idempotencyKey, body(jsonCodec)] };
    expect(await caller.send(one as never, { body: { to: "bob" } })).toEqual({ id: 1 });
    expect(losses).toBe(-1);
    expect(paid).toBe(1);
  });
});
