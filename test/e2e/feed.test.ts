import { createHash } from "node:crypto";
import { inspect } from "node:util";
import {
  type Credential,
  Failure,
  ResponseFailure,
  resuming,
  validated,
  withProgress,
} from "@sallyport/runtime/client";
import { apiKeys, createApiKey, memoryKeys, refuse, revokeApiKey } from "@sallyport/runtime/server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createClient } from "../golden/feed/expected/client.js";
import * as schemas from "../golden/feed/expected/schemas.js";
import { createApi } from "../golden/feed/expected/server.js";
import { failureOf } from "../support/client.js";
import { serveLocally } from "../support/wire.js";

const keys = memoryKeys();
const issue = () => createApiKey({ store: keys, prefix: "feed_", owner: "ann" });
const seen = { ids: [] as (string | undefined)[], keeps: 0, given: 0, left: false };
/** What the handlers do instead of what they should. */
let wrong: {
  readonly later?: number;
  readonly slow?: true;
  readonly silent?: true;
  readonly huge?: true;
  readonly person?: unknown;
} = {};

const api = createApi({
  schemes: { key: apiKeys({ store: keys }) },
  audit: { write: () => undefined },
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  handlers: {
    default: {
      follow: ({ lastEventId, signal }) => {
        seen.ids.push(lastEventId);
        const from = lastEventId === undefined ? 0 : Number(lastEventId) + 1;
        if (from >= 6) return { status: 204 };
        return { status: 200, body: ticks(from, signal) };
      },
      rows: ({ query: { count } }) => ({ status: 200, body: numbers(count) }),
      keep: async ({ body }) => {
        seen.keeps += 1;
        if (seen.keeps <= (wrong.later ?? 0)) throw refuse(503, { title: "Later" });
        let size = 0;
        for await (const chunk of body as AsyncIterable<Uint8Array>) {
          size += chunk.byteLength;
          if (wrong.slow && size > 1_000_000) await new Promise((wait) => setTimeout(wait, 400));
        }
        return { status: 200, body: { size } };
      },
      give: () => ({ status: 200, type: "application/octet-stream", body: zeros(wrong.huge ? 3_000 : 64) }),
      person: () =>
        wrong.person === null
          ? { status: 204 }
          : {
              status: 200,
              body: { name: "Ann", iban: `DE${"1".repeat(20)}`, extra: 1 } as { name: string; iban: string },
            },
    },
  },
});

/** Two at a time; then the connection ends, once by itself, and once broken. */
async function* ticks(from: number, signal: AbortSignal) {
  if (wrong.silent) await new Promise((done) => signal.addEventListener("abort", done));
  for (let n = from; n < from + 2; n += 1) yield { id: String(n), data: { n }, retry: 40 };
  if (from !== 2) return;
  await new Promise((wait) => setTimeout(wait, 20));
  throw new Error("The handler broke");
}

async function* numbers(count: number) {
  try {
    for (let n = 0; n < count; n += 1) {
      seen.given = n;
      yield { n };
    }
  } finally {
    seen.left = true;
  }
}

function zeros(pieces: number) {
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (seen.given >= pieces * 65_536) return controller.close();
        seen.given += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
      cancel: () => {
        seen.left = true;
      },
    },
    { highWaterMark: 0 },
  );
}

let server: Awaited<ReturnType<typeof serveLocally>>;
let key = "";
/** Asked for at each attempt. */
const credential: Credential<"apiKey"> = { kind: "apiKey", prove: () => ({ headers: { "x-key": key } }) };
const open = (options: Partial<Parameters<typeof createClient>[0]> = {}) =>
  createClient({ baseUrl: server.url, auth: { key: credential }, ...options });
let client: ReturnType<typeof createClient>;
beforeAll(async () => {
  server = await serveLocally(api);
  key = (await issue()).key;
  client = open();
});
beforeEach(() => {
  Object.assign(seen, { ids: [], keeps: 0, given: 0, left: false });
  wrong = {};
});
afterAll(async () => {
  await client.close();
  await server.close();
});

describe("server-sent events over several connections", () => {
  it("go on behind the last id, after what the server wants, until it says 204", async () => {
    const waits: number[] = [];
    const events = resuming((options) => client.default.follow({}, options), {
      random: () => 0,
      sleep: async (milliseconds) => void waits.push(milliseconds),
    });
    const all: number[] = [];
    for await (const { data } of events) all.push(data.n);
    expect(all).toEqual([0, 1, 2, 3, 4, 5]);
    expect(seen.ids).toEqual([undefined, "1", "3", "5"]);
    expect(waits).toEqual([40, 40, 40]);
  });

  it("each connection has a credential of its own: a key that was replaced in between does not end them", async () => {
    const all: number[] = [];
    const events = resuming((options) => client.default.follow({}, options), { wait: 1, random: () => 0 });
    for await (const { data } of events) {
      all.push(data.n);
      if (data.n !== 0) continue;
      const [old] = await keys.list();
      key = (await issue()).key;
      await revokeApiKey({ store: keys, id: old?.id ?? "" });
    }
    expect(all).toHaveLength(6);
  });

  it("a credential that is refused ends them at once", async () => {
    const stranger = open({ auth: { key: { kind: "apiKey", prove: () => ({ headers: { "x-key": "feed_x" } }) } } });
    const events = resuming((options) => stranger.default.follow({}, options));
    expect((await failureOf(events.next())).code).toBe("unauthenticated");
    await stranger.close();
  });

  it("the caller's signal ends them, while they are read and while they wait", async () => {
    wrong = { silent: true };
    const reading = new AbortController();
    const first = resuming((options) => client.default.follow({}, options), { signal: reading.signal }).next();
    setTimeout(() => reading.abort(), 30);
    expect((await failureOf(first)).code).toBe("aborted");
    wrong = {};
    const waiting = new AbortController();
    const events = resuming((options) => client.default.follow({}, options), {
      signal: waiting.signal,
      random: () => 1,
    });
    await events.next();
    await events.next();
    setTimeout(() => waiting.abort(), 10);
    expect((await failureOf(events.next())).code).toBe("aborted");
    expect(seen.ids).toHaveLength(2);
  });
});

describe("JSON Lines", () => {
  it("come one by one, and whoever leaves the loop ends the handler", async () => {
    let last = -1;
    for await (const { n } of await client.default.rows({ count: 1_000_000 })) {
      last = n;
      if (n === 10) break;
    }
    expect(last).toBe(10);
    await expect.poll(() => seen.left).toBe(true);
    expect(seen.given).toBeLessThan(500_000);
  });
});

describe("uploads and downloads as streams", () => {
  const mebibyte = 1024 * 1024;
  /** A stream that remembers how much of it was asked for. */
  const source = (pieces: number) => {
    const made = { octets: 0 };
    const stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (made.octets >= pieces * 65_536) return controller.close();
          made.octets += 65_536;
          controller.enqueue(new Uint8Array(65_536));
        },
      },
      { highWaterMark: 0 },
    );
    return { made, stream };
  };

  it("tell how far they are, and of how much where that is known", async () => {
    const file = crypto.getRandomValues(new Uint8Array(60_000));
    const large = new Blob(Array(5).fill(file));
    const told: (readonly [number, number | undefined])[] = [];
    const tell = ({ octets, total }: { octets: number; total: number | undefined }) => void told.push([octets, total]);
    expect(await client.default.keep({ body: withProgress(large, tell) })).toEqual({ size: 300_000 });
    expect(told.length).toBeGreaterThan(2);
    expect(told).toEqual([...told].sort(([a], [b]) => a - b));
    expect(told.at(-1)).toEqual([300_000, 300_000]);
    expect(await client.default.keep({ body: withProgress(source(2).stream, tell) })).toEqual({ size: 131_072 });
    expect(told.at(-1)).toEqual([131_072, undefined]);
    const hash = createHash("sha256");
    for await (const chunk of withProgress(await client.default.give(), tell, 64 * 65_536)) hash.update(chunk);
    expect(told.at(-1)).toEqual([64 * 65_536, 64 * 65_536]);
    expect(hash.digest("hex")).toBe(
      createHash("sha256")
        .update(new Uint8Array(64 * 65_536))
        .digest("hex"),
    );
  });

  it("an upload is made no faster than it is taken", async () => {
    wrong = { slow: true };
    const { made, stream } = source(3_000);
    let taken = 0;
    const controller = new AbortController();
    const body = withProgress(stream, ({ octets }) => {
      taken = octets;
    });
    const call = client.default.keep({ body }, { signal: controller.signal });
    await expect.poll(() => taken).toBeGreaterThan(mebibyte);
    await new Promise((wait) => setTimeout(wait, 300));
    // 188 MiB are there to be sent; a reader that pauses leaves them unmade, but for what the sockets hold.
    expect(made.octets).toBeLessThan(32 * mebibyte);
    expect(made.octets - taken).toBeLessThan(mebibyte);
    controller.abort();
    expect((await failureOf(call)).code).toBe("aborted");
  });

  it("a download is made no faster than it is read, and ends when nobody reads it", async () => {
    wrong = { huge: true };
    const reader = (await client.default.give()).getReader();
    await reader.read();
    await new Promise((wait) => setTimeout(wait, 400));
    // 188 MiB are there to be had.
    expect(seen.given).toBeLessThan(32 * mebibyte);
    await reader.cancel();
    await expect.poll(() => seen.left).toBe(true);
  });

  it("R59 what can be made again is sent again, and counts from the beginning; a stream that went out is not", async () => {
    wrong = { later: 1 };
    const told: number[] = [];
    const body = withProgress(new Uint8Array(100_000), ({ octets }) => void told.push(octets));
    expect(await client.default.keep({ body })).toEqual({ size: 100_000 });
    expect([seen.keeps, Math.min(...told), told.at(-1)]).toEqual([2, told[0], 100_000]);
    seen.keeps = 0;
    const failure = await failureOf(client.default.keep({ body: source(1).stream }));
    expect(failure).toMatchObject({ status: 503, attempts: 1 });
    expect(seen.keeps).toBe(1);
  });
});

describe("API10 answers that are checked", () => {
  const answering = (body: unknown, { status = 200, type = "application/json", named = true } = {}) =>
    createClient({
      auth: { key: credential },
      check: validated(named ? { person: schemas.person } : { rows: schemas.rows, toString: 1 }),
      transport: {
        send: async () => ({ status, headers: { "content-type": type }, body: Buffer.from(JSON.stringify(body)) }),
        close: async () => {},
      },
    }).default.person();

  it("what the spec says comes through, and what it does not say stays out", async () => {
    const strict = open({ check: validated(schemas) });
    expect(await strict.default.person()).toEqual({ name: "Ann", iban: `DE${"1".repeat(20)}` });
    wrong = { person: null };
    expect(await strict.default.person()).toBeUndefined();
    expect(await answering({ name: "Ann", iban: `DE${"1".repeat(20)}`, more: 1 })).not.toHaveProperty("more");
    await strict.close();
  });

  it("R55 a failure says where, and what is wanted; it has no value, wherever it is logged", async () => {
    const failure = await failureOf(answering({ name: "Annabella Private", iban: "DE-hush-hush", age: "ninety" }));
    expect(failure).toBeInstanceOf(ResponseFailure);
    expect(failure).toMatchObject({ code: "response_invalid", status: 200, operation: "person", attempts: 1 });
    const issues = failure instanceof ResponseFailure ? failure.issues : [];
    expect(issues.map(({ pointer }) => pointer).sort()).toEqual(["/age", "/iban", "/name"]);
    const logged = `${inspect(failure, { depth: 9, showHidden: true })}${JSON.stringify(failure)}${failure.message}`;
    expect(logged).not.toMatch(/Annabella|hush|ninety/);
  });

  it.each([
    ["another status", { status: 201 }, "201 is no answer"],
    ["another content", { type: "text/html" }, '"text/html" is no content'],
  ])("%s is refused", async (_, facts, words) => {
    expect((await failureOf(answering({}, facts))).message).toContain(words);
  });

  it("operations that are not named are believed, and a failure stays what it is", async () => {
    expect(await answering({ anything: 1 }, { named: false })).toEqual({ anything: 1 });
    expect((await failureOf(answering({}, { status: 404 }))).code).toBe("not_found");
  });

  it("items are checked one by one, octets are handed on", async () => {
    const tick = { id: "1", data: { n: 1 } };
    const items = `data: {"n":1}\nid: 1\n\ndata: {"n":"two"}\nid: 2\n\n`;
    const strict = createClient({
      auth: { key: credential },
      check: validated(schemas),
      transport: {
        send: async ({ url }) => {
          const type = url.endsWith("/ticks") ? "text/event-stream" : "application/octet-stream";
          return { status: 200, headers: { "content-type": type }, body: new Blob([items]).stream() };
        },
        close: async () => {},
      },
    });
    const feed = await strict.default.follow();
    if (feed === undefined) throw new Error("There is nothing to follow");
    const events = feed[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual(tick);
    expect(await failureOf(events.next())).toMatchObject({
      code: "response_invalid",
      issues: [{ pointer: "/data/n" }],
    });
    expect(await new Response(await strict.default.give()).text()).toBe(items);
  });
});

it("a failure of ours is one", () => {
  expect(ResponseFailure.prototype).toBeInstanceOf(Failure);
});
