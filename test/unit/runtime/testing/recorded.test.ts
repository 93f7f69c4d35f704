import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { apiKey, connect, Failure, filledIn, paged, type Transport } from "@sallyport/runtime/client";
import { recordedTransport, UnexpectedCall } from "@sallyport/runtime/testing";
import { afterAll, describe, expect, it } from "vitest";
import { createClient } from "../../../golden/fakes/expected/client.js";
import { recorded } from "../../../golden/fakes/expected/fakes.js";
import { type Answer, clientPolicy, json, type Origin, operation, startOrigin } from "../../../support/client.js";

const folder = mkdtempSync(path.join(tmpdir(), "recorded-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const key = "k-1234567890";
const iban = "DE89370400440532013000";
const at = Date.parse("2026-01-02T03:04:05Z");
let files = 0;
const fresh = () => path.join(folder, `${++files}.json`);

/** A client over a transport. */
const clientOf = (transport: Transport, baseUrl = "http://127.0.0.1:1") =>
  createClient({ baseUrl, auth: { key: apiKey(key) }, transport });
type Client = ReturnType<typeof clientOf>;

/** Records what a client does at a server, and answers the file. */
async function recordOf(
  answer: Answer,
  work: (client: Client, origin: Origin) => Promise<unknown>,
  secrets: string[] = [],
) {
  const origin = await startOrigin(answer);
  const file = fresh();
  const client = clientOf(await recorded({ file, record: origin.url, secrets, now: () => at }), origin.url);
  try {
    await work(client, origin);
  } finally {
    await client.close();
    await origin.close();
  }
  return { file, text: readFileSync(file, "utf8") };
}

const bank: Answer = ({ url, headers, body }, response) => {
  if (url.includes("/events")) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`data: ${JSON.stringify({ balance: 2, holders: ["Ann Smith"] })}\n\ndata: {"holders": ["Ann Smi\n\n`);
  } else if (url.includes("/letters")) response.writeHead(200, { "content-type": "text/plain" }).end("Dear Ann Smith");
  else if (url.includes("/scans")) response.writeHead(200, { "content-type": "image/png" }).end(Buffer.from([255, 0]));
  else if (body !== "")
    json(
      response,
      201,
      { ...JSON.parse(body), memo: `by ${headers["x-key"]}` },
      { "x-left": "7", "set-cookie": "sid=secret-session" },
    );
  else
    json(response, 200, {
      balance: 3,
      holders: ["Ann Smith", "Bob"],
      limit: 9,
      parent: { balance: 1, holders: ["Eve"] },
    });
};

describe("a recording", () => {
  it("R55 C holds no credential, nothing that the spec calls sensitive, and no text that was named", async () => {
    const { text } = await recordOf(
      bank,
      async ({ accounts }) => {
        await accounts.getAccount({ iban, currency: "EUR" });
        await accounts.pay({ iban, body: { amount: 5, to: iban, memo: "for customer-77" } });
        for await (const _ of await accounts.follow({ iban })) break;
        await accounts.getLetter({ id: "1" });
      },
      ["customer-77"],
    );
    for (const secret of [key, iban, "Ann", "Bob", "Eve", "Dear", "customer-77", "secret-session", '"limit":9'])
      expect(text).not.toContain(secret);
    const { recordedAt, exchanges } = JSON.parse(text);
    expect(recordedAt).toBe("2026-01-02T03:04:05.000Z");
    expect(exchanges).toHaveLength(4);
    expect(exchanges[0]).toEqual({
      operation: "getAccount",
      method: "GET",
      target: "/accounts/(hidden%201)?currency=EUR",
      answer: {
        status: 200,
        headers: { "content-type": "application/json" },
        body: '{"balance":3,"holders":["(hidden 2)","(hidden 3)"],"limit":0,"parent":{"balance":1,"holders":["(hidden 4)"]}}',
      },
    });
    expect(exchanges[1].answer.headers).toEqual({ "content-type": "application/json", "x-left": "7" });
  });

  it("plays what was recorded, of the same types, without a server", async () => {
    const { file } = await recordOf(bank, async ({ accounts }) => {
      await accounts.getAccount({ iban });
      await accounts.pay({ iban, body: { amount: 5, to: iban } });
      await accounts.getScan({ id: "1" });
      await accounts.getLetter({ id: "1" });
    });
    const transport = await recorded({ file });
    const { accounts } = clientOf(transport);
    expect(await accounts.getLetter({ id: "1" })).toBe("(hidden)");
    expect((await accounts.getAccount({ iban })).parent?.holders).toEqual(["(hidden 4)"]);
    // What is hidden is equal to what is hidden.
    const paid = await accounts.pay({ iban: "DE00", body: { amount: 5, to: "DE00" } }).safe();
    expect(paid.ok && paid.response.fields).toEqual({ "X-Left": 7 });
    const scan = await new Response(await accounts.getScan({ id: "1" })).arrayBuffer();
    expect([...new Uint8Array(scan)]).toEqual([255, 0]);
    transport.verify();
  });

  it("plays equal requests in their order, each once: repeats too", async () => {
    const { file } = await recordOf(
      (_request, response, count) => json(response, count === 1 ? 503 : 200, { balance: count, holders: [] }),
      async ({ accounts }) => {
        await accounts.getAccount({ iban });
        await accounts.getAccount({ iban });
      },
    );
    const transport = await recorded({ file });
    const { accounts } = clientOf(transport);
    expect((await accounts.getAccount({ iban })).balance).toBe(2);
    expect((await accounts.getAccount({ iban })).balance).toBe(3);
    await expect(accounts.getAccount({ iban })).rejects.toThrow("or not once more");
    expect(() => transport.verify()).toThrow(/: getAccount \(GET \/accounts\/\(hidden\)\)$/);
  });

  it("a request that was not recorded is no failure that a program could take for one", async () => {
    const { file } = await recordOf(bank, ({ accounts }) => accounts.getLetter({ id: "1" }));
    const transport = await recorded({ file });
    const thrown = await clientOf(transport)
      .accounts.getLetter({ id: "2" })
      .safe()
      .catch((one: unknown) => one);
    expect(thrown).toBeInstanceOf(UnexpectedCall);
    expect(thrown).not.toBeInstanceOf(Failure);
    expect(() => transport.verify()).toThrow(/not in .*\/letters\/2.*not asked for: getLetter \(GET \/letters\/1\)/);
  });

  it("is stale when the operation has changed, when it is too old, and when it is none", async () => {
    const { file, text } = await recordOf(bank, ({ accounts }) => accounts.getLetter({ id: "1" }));
    const [, print = ""] = /"getLetter": "([0-9a-f]{16})"/.exec(text) ?? [];
    expect(print).not.toBe("");
    const changed = fresh();
    writeFileSync(changed, text.replace(print, "0".repeat(16)));
    const { accounts } = clientOf(await recorded({ file: changed }));
    await expect(accounts.getLetter({ id: "1" })).rejects.toThrow("getLetter has changed since");
    const day = 86_400_000;
    await recorded({ file, maxAge: "30d", now: () => at + 30 * day });
    await expect(recorded({ file, maxAge: "30d", now: () => at + 31 * day })).rejects.toThrow("record it again");
    await expect(recorded({ file: fresh() })).rejects.toThrow("record it first");
    const other = fresh();
    writeFileSync(other, "{}");
    await expect(recorded({ file: other })).rejects.toThrow("is no recording");
  });

  it.each(["cursor", "link"] as const)("plays pages, by a %s of a telling name", async (type) => {
    const by = { link: {}, cursor: { next: "/nextPageToken", parameter: "query:pageToken" } }[type];
    const list = operation(
      { path: "/accounts/{iban}/payments", pagination: { type, items: "/items", ...by } },
      { path: [{ name: "iban" }], query: [{ name: "pageToken" }], output: { media: ["application/json"] } },
    );
    const tokens = ["", "first-page", "second-page"];
    const origin = await startOrigin(({ url }, response) => {
      const { pathname, searchParams } = new URL(url, "http://a.example");
      const page = tokens.indexOf(searchParams.get("pageToken") ?? "");
      const nextPageToken = tokens[page + 1] ?? "";
      const link = nextPageToken && { link: `<${pathname}?pageToken=${nextPageToken}>; rel=next` };
      json(response, 200, { items: [page], nextPageToken }, link || {});
    });
    const file = fresh();
    const pagesOf = async (transport: Transport, of: string) => {
      const options = { baseUrl: origin.url, transport };
      const caller = connect(filledIn(clientPolicy(), {}), options);
      const items: unknown[] = [];
      for await (const item of paged(caller, list, { iban: of }).items()) items.push(item);
      await caller.close();
      return items;
    };
    expect(await pagesOf(await recorded({ file, record: origin.url }), iban)).toEqual([0, 1, 2]);
    await origin.close();
    expect(readFileSync(file, "utf8")).not.toMatch(/-page|DE89/);
    const tape = await recorded({ file });
    expect(await pagesOf(tape, "DE00")).toEqual([0, 1, 2]);
    tape.verify();
  });

  it("a password of HTTP basic is hidden where an answer echoes it, decoded or not", async () => {
    const file = fresh();
    const transport: Transport = {
      send: async ({ headers }) => {
        const echo = JSON.stringify([headers.authorization, atob(headers.authorization?.slice(6) ?? "")]);
        return { status: 200, headers: { "content-type": "application/json" }, body: new TextEncoder().encode(echo) };
      },
      close: async () => {},
    };
    const tape = await recordedTransport({ names: [], whole: [] }, { file, record: transport });
    const outgoing = {
      method: "GET",
      url: "https://a.example/things",
      headers: { authorization: `Basic ${btoa("ann:correct horse")}` },
      body: undefined,
      signal: new AbortController().signal,
    };
    await tape.send(outgoing, { operation: operation(), input: {}, outgoing, attempt: 1, deadline: 0 });
    await tape.close();
    expect(readFileSync(file, "utf8")).toContain("(hidden)");
    expect(readFileSync(file, "utf8")).not.toMatch(/correct horse|ann:|YW5u/);
  });
});
