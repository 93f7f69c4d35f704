import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { UrlRule, UrlRules, Wire } from "../../runtime/src/policy/index.js";
import type { CheckedUrls, IncomingFile, Resolve } from "../../runtime/src/server/index.js";
import { multipart } from "../../runtime/src/server/multipart.js";
import { open, type Sample } from "../support/contract.js";
import { send, serveLocally } from "../support/wire.js";

const any: UrlRule = { schemes: ["https", "http"] };
const good = "https://hooks.example.com/";
const inside = "https://inside.example.com/";
const item = z.looseObject({ to: z.string().optional() });
const query = z.strictObject({ u: z.string().optional() });
const asked: string[] = [];
let resolve: Resolve;
/** What handlers were given, and what they knew of it then. */
const got: { readonly item: unknown; readonly addresses: readonly string[] | undefined }[] = [];
let kept: CheckedUrls;

interface Taken {
  readonly body: unknown;
  readonly urls: CheckedUrls;
}
const addressesOf = (urls: CheckedUrls, value: unknown) =>
  urls.get(typeof value === "string" ? value : String((value as { to?: unknown }).to))?.addresses;
const takeItems = async ({ body, urls }: Taken) => {
  kept = urls;
  for await (const one of body as AsyncIterable<unknown>) got.push({ item: one, addresses: addressesOf(urls, one) });
  return { status: 200, body: {} };
};
const takeFiles = async ({ body, urls }: Taken) => {
  const { fields, files } = body as { fields: unknown; files: AsyncIterable<IncomingFile> };
  got.push({ item: fields, addresses: addressesOf(urls, fields) });
  for await (const { stream } of files) await new Response(stream).text();
  return { status: 200, body: {} };
};
const taking = (
  path: string,
  media: string,
  urls: UrlRules,
  wire: Partial<NonNullable<Wire["body"]>> = {},
): Sample => ({
  policy: { method: "POST", path, urls },
  wire: { query: [{ name: "u" }], body: { media: [media], required: true, ...wire } },
  schemas: { query, body: { [media]: item } },
  handler: takeItems as never,
  multipart,
});
const form = "multipart/form-data";
const mixed = "multipart/mixed";
const named = [{ name: "to" }, { name: "file", file: [] }] as const;

const shop = open(
  {
    lines: taking("/lines", "application/jsonl", { "body:/*/to": any, "body:/*/tree/**/to": any, "query:/u": any }),
    sequence: taking("/sequence", "application/json-seq", { "body:/*/to": any }),
    items: taking("/items", "text/event-stream", { "body:/*/to": any }, { data: "item" }),
    events: {
      ...taking("/events", "text/event-stream", { "body:/*/data/to": any }, { data: "event" }),
      schemas: { query, body: { "text/event-stream": z.looseObject({ data: item }) } },
    },
    texts: {
      ...taking("/texts", "application/jsonl", { "body:/*": any }),
      schemas: { query, body: { "application/jsonl": z.string() } },
    },
    parts: {
      ...taking(
        "/parts",
        mixed,
        { "body:/*": any },
        { parts: { [mixed]: { rest: { kind: "string" }, stream: true } } },
      ),
      schemas: { query, body: { [mixed]: z.string() } },
    },
    list: {
      ...taking("/list", mixed, { "body:/*": any }, { parts: { [mixed]: { rest: { kind: "string" } } } }),
      schemas: { query, body: { [mixed]: z.array(z.string()) } },
    },
    fields: taking("/fields", form, { "body:/to": any }, { parts: { [form]: [{ name: "to" }] } }),
    files: {
      ...taking("/files", form, { "body:/to": any }, { parts: { [form]: named } }),
      handler: takeFiles as never,
    },
  },
  {
    resolve: (host, context) => resolve(host, context),
    patience: 200,
    policy: { bounds: { body: "256KiB", depth: 8 } },
  },
);
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());
beforeEach(() => {
  asked.length = 0;
  got.length = 0;
  shop.lines.length = 0;
  resolve = async (host) => {
    asked.push(host);
    return host === "inside.example.com" ? ["10.1.2.3"] : host.endsWith("example.com") ? ["93.184.216.34"] : [];
  };
});

const post = (target: string, type: string, body: string) =>
  send(server, { method: "POST", target, body, headers: [`Content-Type: ${type}`] });
const ends = {
  "application/jsonl": (one: unknown) => `${JSON.stringify(one)}\n`,
  "application/json-seq": (one: unknown) => `\u001e${JSON.stringify(one)}\n`,
  "text/event-stream": (one: unknown) => `data: ${JSON.stringify(one)}\n\n`,
};
const part = (name: string, text: string, more = "") =>
  `--x\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${text}\r\n`;
const bare = (text: string) => `--x\r\nContent-Type: text/plain\r\n\r\n${text}\r\n`;
const pointersOf = ({ json }: { readonly json: Readonly<Record<string, unknown>> }) =>
  (json.errors as { pointer: string }[] | undefined)?.map(({ pointer }) => pointer);

describe.each([
  ["/lines", "application/jsonl"],
  ["/sequence", "application/json-seq"],
  ["/items", "text/event-stream"],
] as const)("API7 items at %s", (target, type) => {
  const bodyOf = (...all: readonly unknown[]) => all.map(ends[type]).join("");

  it.each([
    ["a text that may not be called", "http://127.0.0.1/"],
    ["a scheme that may not be", "file:///etc/passwd"],
    ["an unusual spelling", "http://0x7f000001/"],
    ["a host that leads inside", inside],
    ["a host that is nowhere", "https://nobody.example/"],
    ["metadata", "http://169.254.169.254/"],
  ])("%s: no handler gets the item, and those before it were judged as they came", async (_, to) => {
    const reply = await post(target, type, bodyOf({ to: good }, { n: 1 }, { to }, { to: good }));
    expect([reply.status, pointersOf(reply)]).toEqual([422, ["#/2/to"]]);
    expect(got).toEqual([
      { item: { to: good }, addresses: ["93.184.216.34"] },
      { item: { n: 1 }, addresses: undefined },
    ]);
  });

  it("what may be called comes with its addresses, all of it", async () => {
    const all = Array.from({ length: 40 }, (_, at) => ({ to: `https://h${at}.example.com/` }));
    expect((await post(target, type, bodyOf(...all))).status).toBe(200);
    expect(got).toEqual(all.map((one) => ({ item: one, addresses: ["93.184.216.34"] })));
  });
});

describe("API7 other bodies that come piece by piece", () => {
  it("the data of events", async () => {
    const event = ends["text/event-stream"];
    const reply = await post("/events", "text/event-stream", event({ to: good }) + event({ to: inside }));
    expect([reply.status, pointersOf(reply), got.length]).toEqual([422, ["#/1/data/to"], 1]);
  });

  it("items that are URLs", async () => {
    const line = ends["application/jsonl"];
    const reply = await post("/texts", "application/jsonl", line(good) + line(inside));
    expect([reply.status, pointersOf(reply)]).toEqual([422, ["#/1"]]);
    expect(got).toEqual([{ item: good, addresses: ["93.184.216.34"] }]);
  });

  it("parts without names, one by one and as a list", async () => {
    const body = `${bare(good)}${bare(inside)}--x--\r\n`;
    const stream = await post("/parts", `${mixed}; boundary=x`, body);
    expect([stream.status, pointersOf(stream), got.length]).toEqual([422, ["#/1"], 1]);
    const list = await post("/list", `${mixed}; boundary=x`, body);
    expect([list.status, pointersOf(list), shop.runs.list]).toEqual([422, ["#/1"], undefined]);
  });

  it("fields of a form, before the handler runs", async () => {
    for (const [target, id, more] of [
      ["/fields", "fields", ""],
      ["/files", "files", part("file", "x", '; filename="a"')],
    ] as const) {
      const ask = (to: string) => post(target, `${form}; boundary=x`, `${part("to", to)}${more}--x--\r\n`);
      const reply = await ask(inside);
      expect([reply.status, pointersOf(reply), shop.runs[id]], target).toEqual([422, ["#/to"], undefined]);
    }
    const reply = await post(
      "/files",
      `${form}; boundary=x`,
      `${part("to", good)}${part("file", inside, '; filename="a"')}--x--\r\n`,
    );
    expect([reply.status, got]).toEqual([200, [{ item: { to: good }, addresses: ["93.184.216.34"] }]]);
  });
});

describe("API7 a stream of items", () => {
  const lines = (...all: readonly unknown[]) =>
    post("/lines", "application/jsonl", all.map(ends["application/jsonl"]).join(""));

  it("all faults of an item come at once, at any depth", async () => {
    const reply = await lines({ to: inside, tree: { to: "ftp://x/", a: [{ to: "http://127.1/" }] } });
    expect([reply.status, pointersOf(reply)]).toEqual([422, ["#/0/tree/to", "#/0/tree/a/0/to"]]);
  });

  it("what stands beside it is judged before the handler runs", async () => {
    const target = `/lines?u=${encodeURIComponent(inside)}`;
    const reply = await post(target, "application/jsonl", ends["application/jsonl"]({ to: good }));
    expect([reply.status, pointersOf(reply), got]).toEqual([422, ["#/u"], []]);
  });

  it("R55 stands in the audit trail, with its reason, and tells the caller nothing", async () => {
    const reply = await lines({ to: inside });
    expect(shop.lines).toMatchObject([
      { event: "validation.refused", status: 422, reason: "a URL leads to an address that may not be called" },
    ]);
    expect(reply.body).not.toContain("10.1.2.3");
  });

  it("a caller does not choose how many hosts are asked for at once", async () => {
    const hosts = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, { to: `https://h${at}.example.com/` }]));
    expect((await lines({ tree: hosts(16) })).status).toBe(200);
    asked.length = 0;
    expect([(await lines({ tree: hosts(17) })).status, asked]).toEqual([422, []]);
  });

  it("R12 a resolver that throws, or never answers, is 503, and the handler gets no item", async () => {
    resolve = () => Promise.reject(new Error("SERVFAIL"));
    expect((await lines({ to: good })).status).toBe(503);
    resolve = () => new Promise(() => {});
    expect((await lines({ to: good })).status).toBe(503);
    expect(got).toEqual([]);
  });

  it("does not fill the memory: the addresses of the last 1,000 URLs are kept", async () => {
    const all = Array.from({ length: 1_200 }, (_, at) => ({ to: `https://a.example.com/${at}` }));
    expect((await lines(...all)).status).toBe(200);
    expect(got.every(({ addresses }) => addresses?.length === 1)).toBe(true);
    expect([kept.size, kept.has(all[199]?.to ?? ""), kept.has(all[200]?.to ?? "")]).toEqual([1_000, false, true]);
  });
});
