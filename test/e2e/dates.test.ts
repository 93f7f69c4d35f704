import "temporal-polyfill/global";
import { createContext } from "@sallyport/runtime/trpc";
import type {} from "temporal-polyfill/types/global";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../golden/dates-date/expected/client.js";
import { createApi, type WriteNoteCall } from "../golden/dates-date/expected/server.js";
import { createRouter } from "../golden/dates-date/expected/trpc.js";
import { createClient as createTemporalClient } from "../golden/dates-temporal/expected/client.js";
import {
  createApi as createTemporalApi,
  type WriteNoteCall as TemporalCall,
} from "../golden/dates-temporal/expected/server.js";
import { send, serveLocally } from "../support/wire.js";

const audit = { write: () => undefined };
const json = ["Content-Type: application/json"];
const at = new Date("2026-02-03T04:05:06.789Z");

describe("dates: Date, over a socket", () => {
  let seen: WriteNoteCall | undefined;
  const api = createApi({
    audit,
    handlers: {
      default: {
        writeNote: (call) => {
          seen = call;
          return { status: 200, headers: { "X-Stored": at }, body: call.body };
        },
        listTicks: () => ({ status: 200, body: ticks() }),
      },
    },
  });
  async function* ticks() {
    yield { at };
    yield { at, next: { at } };
  }
  let server: Awaited<ReturnType<typeof serveLocally>>;
  let client: ReturnType<typeof createClient>;
  beforeAll(async () => {
    server = await serveLocally(api);
    client = createClient({ baseUrl: server.url });
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });
  const post = (body: string, target = "/days/2026-01-01/notes") =>
    send(server, { method: "POST", target, body, headers: json });

  it("every place of a request holds Dates, and the answer brings them back", async () => {
    const body = {
      at,
      day: "2026-02-03",
      gone: null,
      either: at,
      edits: [at, new Date(0)],
      next: { at },
      byKey: { a: at },
    };
    const rest = { since: at, at: [at, at], filter: { until: at }, "X-Sent": at, seen: at };
    const result = await client.default.writeNote({ day: "2026-01-01", ...rest, body }).safe();
    if (!result.ok) throw result.failure;
    expect(seen?.body).toEqual(body);
    expect(seen?.path).toEqual({ day: "2026-01-01" });
    expect(seen?.query).toEqual({ since: at, at: [at, at], filter: { until: at } });
    expect([seen?.header, seen?.cookie]).toEqual([{ "X-Sent": at }, { seen: at }]);
    expect(result.value).toEqual(body);
    expect(result.response.fields).toEqual({ "X-Stored": at });
  });

  it("on the wire they are the texts that the spec says; a default is a Date", async () => {
    const answer = await post(
      '{"at":"2026-02-03T05:05:06.789+01:00","either":"2026-02-03","gone":"2026-02-03t04:05:06z"}',
    );
    expect(seen?.body).toEqual({ at, either: "2026-02-03", gone: new Date("2026-02-03T04:05:06Z") });
    expect(seen?.query).toEqual({ since: new Date("2026-01-01T00:00:00Z") });
    expect(answer.body).toBe(
      '{"at":"2026-02-03T04:05:06.789Z","either":"2026-02-03","gone":"2026-02-03T04:05:06.000Z"}',
    );
    expect(answer.headers["x-stored"]).toEqual([at.toISOString()]);
  });

  it.each([
    "2026-02-30T00:00:00Z",
    "2026-02-03",
    "2026-02-03T04:05:06",
    "2026-02-03T24:00:00Z",
    "2026-06-30T23:59:60Z",
    "03 Feb 2026 04:05:06 GMT",
    "0",
  ])("%s is refused", async (text) => {
    expect((await post(JSON.stringify({ at: text }))).status).toBe(422);
    expect(
      (await post('{"at":"2026-02-03T04:05:06Z"}', `/days/2026-01-01/notes?since=${encodeURIComponent(text)}`)).status,
    ).toBe(422);
  });

  it("equal dates are equal, whatever offset they were spelt with", async () => {
    const edits = ["2026-02-03T04:05:06Z", "2026-02-03T05:05:06+01:00"];
    expect((await post(JSON.stringify({ at: edits[0], edits }))).status).toBe(422);
    expect((await post(JSON.stringify({ at: edits[0], edits: [edits[0], "2026-02-03T05:05:07+01:00"] }))).status).toBe(
      200,
    );
  });

  it("a Date that is none is refused by the client, and never sent by the server", async () => {
    const none = new Date(Number.NaN);
    seen = undefined;
    const input = { day: "2026-01-01", body: { at: none } };
    await expect(client.default.writeNote(input)).rejects.toMatchObject({ code: "invalid_input" });
    await expect(client.default.writeNote({ ...input, body: { at }, since: none })).rejects.toMatchObject({
      code: "invalid_input",
    });
    expect(seen).toBeUndefined();
  });

  it("items hold Dates, one by one", async () => {
    const items: unknown[] = [];
    for await (const item of await client.default.listTicks()) items.push(item);
    expect(items).toEqual([{ at }, { at, next: { at } }]);
  });

  it("a caller in the same process hands in and gets Dates; what tRPC has made texts of is read", async () => {
    const context = createContext({ req: new Request("http://a.example"), resHeaders: new Headers() } as never);
    const caller = createRouter(api).createCaller((await context) as never);
    expect(await caller.default.writeNote({ day: "2026-01-01", body: { at } })).toEqual({ at });
    const texts = { day: "2026-01-01", body: { at: at.toISOString() } };
    expect(await caller.default.writeNote(texts as never)).toEqual({ at });
  });
});

describe("dates: Temporal, over a socket", () => {
  let seen: TemporalCall | undefined;
  const handlers = {
    default: {
      writeNote: (call: TemporalCall) => {
        seen = call;
        return { status: 200 as const, body: call.body };
      },
      listTicks: () => ({ status: 200 as const, body: nothing() }),
    },
  };
  async function* nothing() {}

  it("instants keep their nanoseconds, and days are days", async () => {
    const server = await serveLocally(createTemporalApi({ audit, handlers }));
    const client = createTemporalClient({ baseUrl: server.url });
    const instant = Temporal.Instant.from("2026-02-03T04:05:06.123456789Z");
    const day = Temporal.PlainDate.from("2026-02-03");
    const note = await client.default.writeNote({
      day,
      since: instant,
      body: { at: instant, day, either: day, gone: null, next: { at: instant, either: instant } },
    });
    await client.close();
    await server.close();
    expect(seen?.path.day.equals(day)).toBe(true);
    expect(seen?.query.since.equals(instant)).toBe(true);
    expect(seen?.body.at.epochNanoseconds).toBe(instant.epochNanoseconds);
    expect(note.at).toBeInstanceOf(Temporal.Instant);
    expect(note.day).toBeInstanceOf(Temporal.PlainDate);
    expect(note.either).toBeInstanceOf(Temporal.PlainDate);
    expect(note.at.epochNanoseconds).toBe(instant.epochNanoseconds);
    expect(note.next?.either?.toString()).toBe(instant.toString());
  });

  it("without Temporal nothing starts, and nothing is called: both say what is needed", async () => {
    const { Temporal: here } = globalThis;
    Reflect.deleteProperty(globalThis, "Temporal");
    try {
      expect(() => createTemporalApi({ audit, handlers })).toThrow(/invalid_policy: writeNote: .*temporal-polyfill/);
      const client = createTemporalClient({ baseUrl: "http://127.0.0.1:1" });
      await expect(client.default.listTicks()).rejects.toMatchObject({ code: "configuration" });
    } finally {
      Object.assign(globalThis, { Temporal: here });
    }
  });
});
