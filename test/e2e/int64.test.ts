import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../golden/int64-bigint/expected/client.js";
import { type BookCall, createApi } from "../golden/int64-bigint/expected/server.js";
import { createClient as createDigitsClient } from "../golden/int64-string/expected/client.js";
import {
  createApi as createDigitsApi,
  type KeepCall,
  type RegisterCall,
  type RegisterReply,
} from "../golden/int64-string/expected/server.js";
import { send, serveLocally } from "../support/wire.js";

const wide = 2n ** 60n + 1n;
const json = ["Content-Type: application/json"];
const audit = { write: () => undefined };

describe("int64: bigint, over a socket", () => {
  let seen: BookCall | undefined;
  let given: unknown;
  const api = createApi({
    audit,
    handlers: {
      default: {
        book: (call) => {
          seen = call;
          return { status: 200, headers: { "X-Next": wide }, body: call.body };
        },
        parts: async ({ body: { fields } }) => {
          given = fields;
          return { status: 200, body: [fields.n, ...(fields.all ?? []).map((one) => one.id)] };
        },
        stream: ({ body }) => {
          given = body;
          return { status: 200, body: entries(body.n) };
        },
      },
    },
  });
  async function* entries(n: bigint) {
    yield { id: n };
    yield { id: n + 1n, amount: null };
  }
  let server: Awaited<ReturnType<typeof serveLocally>>;
  let client: ReturnType<typeof createClient>["default"];
  let close: () => Promise<void>;
  beforeAll(async () => {
    server = await serveLocally(api);
    const connected = createClient({ baseUrl: server.url });
    client = connected.default;
    close = connected.close;
  });
  afterAll(async () => {
    await close();
    await server.close();
  });

  const entry = {
    id: wide,
    amount: -(-wide - 1n),
    plain: 0.5,
    any: { deep: [1, "2"] },
    pair: [wide, "x", 2n ** 64n - 1n] as [bigint, string, bigint],
    kids: [
      { id: -wide, either: "text" },
      { id: 1n, either: wide },
    ],
    named: { a: wide, b: 0n },
  };

  it("every place of a request keeps every digit, and the answer brings them back", async () => {
    const input = {
      id: wide,
      after: wide,
      ids: [wide, 1n],
      filter: { ids: [wide, 2n] },
      deep: { at: wide },
      "X-Trace": wide,
      seen: wide,
    };
    const result = await client.book({ ...input, body: entry }).safe();
    expect(seen?.path).toEqual({ id: wide });
    expect(seen?.query).toEqual({ after: wide, ids: [wide, 1n], filter: input.filter, deep: { at: wide } });
    expect([seen?.header, seen?.cookie]).toEqual([{ "X-Trace": wide }, { seen: wide }]);
    expect(seen?.body).toEqual(entry);
    if (!result.ok) throw result.failure;
    expect(result.value).toEqual(entry);
    expect(result.response.fields).toEqual({ "X-Next": wide });
  });

  it("on the wire they are the numbers that the spec says", async () => {
    const body = '{"id":1152921504606846977,"amount":2.0,"plain":12345678901234567890,"any":[12345678901234567890]}';
    const answer = await send(server, { method: "POST", target: "/accounts/5", body, headers: json });
    expect(seen?.body).toEqual({ id: wide, amount: 2n, plain: 12345678901234567000, any: [12345678901234567000] });
    expect(seen?.query).toEqual({ after: 7n });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('"id":1152921504606846977');
    expect(answer.body).toContain('"amount":2');
  });

  it.each([
    ['{"id":9223372036854775808}', "beyond 64 bits"],
    ['{"id":"5"}', "a text"],
    ['{"id":1.5}', "a fraction"],
    ['{"id":1,"amount":3}', "no multiple"],
    ['{"id":1,"amount":0}', "below its minimum"],
    ['{"id":1,"pair":[1,"x",-1]}', "unsigned and negative"],
  ])("%s is refused: %s", async (body) => {
    expect((await send(server, { method: "POST", target: "/accounts/5", body, headers: json })).status).toBe(422);
  });

  it("R34 what is exact is as strict: a name twice, a number out of range", async () => {
    for (const body of ['{"id":1152921504606846977,"id":1}', '{"id":1152921504606846977,"plain":1e400}'])
      expect((await send(server, { method: "POST", target: "/accounts/5", body, headers: json })).status).toBe(400);
  });

  it("a parameter that is no integer is refused where it stands", async () => {
    const answer = await send(server, { method: "POST", target: "/accounts/5x", body: '{"id":1}', headers: json });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.json)).toContain("#/id");
  });

  it("forms, multipart bodies with files, and items one by one", async () => {
    const items: unknown[] = [];
    for await (const item of await client.stream({ body: { n: wide } })) items.push(item);
    expect(given).toEqual({ n: wide });
    expect(items).toEqual([{ id: wide }, { id: wide + 1n, amount: null }]);
    const file = new Blob(["x"]);
    expect(await client.parts({ body: { n: wide, all: [{ id: wide }], file } })).toEqual([wide, wide]);
    expect(given).toEqual({ n: wide, all: [{ id: wide }] });
  });
});

describe("int64: string, over a socket", () => {
  let seen: KeepCall | undefined;
  let registered: RegisterCall | undefined;
  let answer: RegisterReply | undefined;
  const api = createDigitsApi({
    audit,
    handlers: {
      default: {
        keep: (call) => {
          seen = call;
          return { status: 200, body: call.body };
        },
        register: (call) => {
          registered = call;
          if (answer !== undefined) return answer;
          return call.bodyType === "application/json"
            ? { status: 200, type: call.bodyType, body: call.body }
            : { status: 200, type: call.bodyType, body: call.body };
        },
      },
    },
  });
  let server: Awaited<ReturnType<typeof serveLocally>>;
  let client: ReturnType<typeof createDigitsClient>;
  beforeAll(async () => {
    server = await serveLocally(api);
    client = createDigitsClient({ baseUrl: server.url });
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  const ledger = { id: String(wide), sum: "-5", small: 3, entries: ["18446744073709551615", "0"] };

  it("code has digits, and the wire has numbers", async () => {
    expect(await client.default.keep({ ledger: "12", body: ledger })).toEqual(ledger);
    expect(seen?.path).toEqual({ ledger: "12" });
    expect(seen?.query).toEqual({ after: "7" });
    expect(seen?.body).toEqual(ledger);
    const body = '{"id":1152921504606846977,"sum":null}';
    const answer = await send(server, { method: "PUT", target: "/ledgers/5", body, headers: json });
    expect(seen?.body).toEqual({ id: String(wide), sum: null });
    expect(answer.body).toContain(body);
  });

  it.each(['{"id":"5","sum":1}', '{"id":1,"sum":9223372036854775807}', '{"id":1,"sum":1,"entries":[1,1]}'])(
    "%s is refused",
    async (body) => {
      expect((await send(server, { method: "PUT", target: "/ledgers/5", body, headers: json })).status).toBe(422);
    },
  );

  const post = (body: string) => send(server, { method: "POST", target: "/pets", body, headers: json });

  it.each([
    ['{"id":5,"kind":"cat"}', { id: "5", kind: "cat" }],
    [`{"id":${wide},"kind":"cat","kittens":[1,${wide}]}`, { id: `${wide}`, kind: "cat", kittens: ["1", `${wide}`] }],
    [`{"id":${wide},"kind":"dog","owner":7}`, { id: `${wide}`, kind: "dog", owner: "7" }],
  ])("%s, which two schemas judge, has its digits", async (body, pet) => {
    answer = undefined;
    const sent = await post(body);
    expect(sent.status).toBe(200);
    expect(registered?.body).toEqual(pet);
    expect(sent.body).toContain(body);
    expect(await client.default.register({ body: pet as never })).toEqual(pet);
  });

  it.each(['{"id":"5","kind":"cat"}', '{"id":0,"kind":"dog"}', '{"id":9223372036854775808,"kind":"cat"}'])(
    "%s, which two schemas judge, is refused",
    async (body) => {
      expect((await post(body)).status).toBe(422);
    },
  );

  it("octets come and go as they are, beside JSON that holds digits", async () => {
    answer = undefined;
    const echoed = await client.default.register(
      { body: new TextEncoder().encode("octets") },
      { contentType: "application/octet-stream" },
    );
    expect(registered?.bodyType).toBe("application/octet-stream");
    expect(echoed).toBeInstanceOf(ReadableStream);
    expect(await new Response(echoed as ReadableStream<Uint8Array>).text()).toBe("octets");
  });

  it("a status that holds nothing holds nothing of its range", async () => {
    const input = { body: { id: "1", kind: "cat" as const } };
    answer = { status: 202, headers: { "X-Ticket": "t-1" }, body: { id: "8" } };
    const later = await client.default.register(input).safe();
    answer = { status: 203, headers: { "X-Ticket": "9" }, body: { id: String(wide) } };
    const otherwise = await client.default.register(input).safe();
    if (!later.ok || !otherwise.ok) throw new Error("refused");
    expect([later.value, later.response.fields]).toEqual([{ id: "8" }, { "X-Ticket": "t-1" }]);
    expect([otherwise.value, otherwise.response.fields]).toEqual([{ id: String(wide) }, { "X-Ticket": "9" }]);
  });

  it("a text that spells no integer is refused by the client", async () => {
    for (const id of ["x", "1.5", ""])
      await expect(client.default.keep({ ledger: "1", body: { id, sum: "1" } })).rejects.toMatchObject({
        code: "invalid_input",
      });
  });
});
