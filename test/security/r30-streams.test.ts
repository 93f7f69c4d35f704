import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { open } from "../support/contract.js";
import { send, serveLocally } from "../support/wire.js";

let ran = 0;
const take = async ({ body }: { body: AsyncIterable<unknown> }) => {
  ran++;
  const all: unknown[] = [];
  for await (const one of body) all.push(one);
  return { status: 200, body: all };
};
const item = z.strictObject({ n: z.int() });
const of = (media: string, path: string, schema: z.ZodType, data?: "event" | "item") => ({
  policy: { method: "POST", path },
  wire: { body: { media: [media], required: true, ...(data === undefined ? {} : { data }) } },
  schemas: { body: { [media]: schema } },
  handler: take,
});
const shop = open({
  lines: of("application/jsonl", "/lines", item),
  sequence: of("application/json-seq", "/sequence", item),
  events: of("text/event-stream", "/events", item, "item"),
});
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());

const post = (target: string, body: string, ...types: readonly string[]) =>
  send(server, { method: "POST", target, body, headers: types.map((type) => `Content-Type: ${type}`) });

describe.each([
  ["/lines", "application/jsonl", '{"n":1}\n{"n":2}\n', '{"n":"1"}\n'],
  ["/sequence", "application/json-seq", '\u001e{"n":1}\n\u001e{"n":2}\n', '\u001e{"n":"1"}\n'],
  ["/events", "text/event-stream", 'data: {"n":1}\n\ndata: {"n":2}\n\n', 'data: {"n":"1"}\n\n'],
])("R30 items at %s", (target, type, good, bad) => {
  it.each([
    [[`${type}\ta`]],
    [[`${type} garbage`]],
    [[`${type};charset=utf-7`]],
    [[`${type};charset=utf-16`]],
    [["application/json"]],
    [["text/plain"]],
    [["application/x-ndjson"]],
    [[type, type]],
    [[type, "application/json"]],
    [[]],
    [[""]],
  ])("sent as %j are 415, and no handler runs", async (types) => {
    ran = 0;
    expect([(await post(target, bad, ...types)).status, ran]).toEqual([415, 0]);
  });

  it.each([type, type.toUpperCase(), `${type};charset=UTF-8`])("sent as %j are validated", async (said) => {
    expect((await post(target, bad, said)).status).toBe(422);
    const reply = await post(target, good, said);
    expect([reply.status, JSON.parse(reply.body)]).toEqual([200, [{ n: 1 }, { n: 2 }]]);
  });
});
