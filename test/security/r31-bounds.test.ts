import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type Bounds, owner } from "../../runtime/src/policy/index.js";
import { anyToken, open, type Sample } from "../support/contract.js";
import { exchangeOf } from "../support/exchange.js";
import { type Raw, send, serveLocally } from "../support/wire.js";

const json = "application/json";
const form = "application/x-www-form-urlencoded";
const octets = "application/octet-stream";
const taking = (media: string, schema: z.ZodType, bounds?: Partial<Bounds>): Sample => ({
  policy: { method: "POST", ...(bounds === undefined ? {} : { bounds: { body: "1MiB", depth: 8, ...bounds } }) },
  wire: { body: { media: [media], required: true } },
  schemas: { body: { [media]: schema } },
});
const shop = open({
  a: {},
  near: { policy: { bounds: { body: "1KiB", depth: 1, url: "64B", headers: "300B" } } },
  search: {
    wire: { query: [{ name: "q", kind: ["string"] }] },
    schemas: { query: z.strictObject({ q: z.array(z.string()).optional() }) },
  },
  narrow: {
    ...taking(json, z.unknown(), { keys: 3, items: 4 }),
  },
  wide: taking(json, z.unknown(), {}),
  form: taking(form, z.unknown(), { keys: 3 }),
  inflating: {
    ...taking(json, z.unknown(), { inflateRatio: 20 }),
    handler: (({ body }: { body: unknown }) => ({ status: 200, body: JSON.stringify(body).length })) as never,
  },
  inflatingStream: {
    ...taking(octets, z.instanceof(ReadableStream), { inflateRatio: 20, body: "100KiB" }),
    handler: (async ({ body }: { body: ReadableStream<Uint8Array> }) => {
      let size = 0;
      for await (const piece of body) size += piece.length;
      return { status: 200, body: size };
    }) as never,
  },
});
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());

const post = (target: string, body: string | Uint8Array, headers: readonly string[] = [], media = json): Promise<Raw> =>
  send(server, { method: "POST", target, body, headers: [`Content-Type: ${media}`, ...headers] });

describe("R31 the target and the header section", () => {
  it.each([
    ["/a?", 8_192, 414],
    ["/near?", 64, 414],
  ])("%s is read up to its bound", async (start, limit, status) => {
    const padded = (length: number) => start + "a".repeat(length - start.length);
    // An unknown parameter: it was read.
    expect((await send(server, { target: padded(limit) })).status).toBe(422);
    const reply = await send(server, { target: padded(limit + 1) });
    expect([reply.status, reply.json.code]).toEqual([status, "target_too_long"]);
  });

  it("octets of names and values are counted", async () => {
    // Host: api.example, Connection: close, X: …
    const own = "Hostapi.exampleConnectioncloseX".length;
    expect((await send(server, { target: "/near", headers: [`X: ${"x".repeat(300 - own)}`] })).status).toBe(200);
    const reply = await send(server, { target: "/near", headers: [`X: ${"x".repeat(301 - own)}`] });
    expect([reply.status, reply.json.code]).toEqual([431, "headers_too_large"]);
    expect((await send(server, { target: "/a", headers: [`X: ${"x".repeat(15_000)}`] })).status).toBe(200);
    expect((await send(server, { target: "/a", headers: [`X: ${"x".repeat(17_000)}`] })).status).toBe(431);
  });

  it("and lines", async () => {
    const lines = (count: number) => Array.from({ length: count }, (_, at) => `X-${at}: 1`);
    expect((await send(server, { target: "/a", headers: lines(98) })).status).toBe(200);
    expect((await send(server, { target: "/a", headers: lines(99) })).status).toBe(431);
    expect((await send(server, { target: "/a", headers: lines(1_500) })).status).toBe(431);
  });
});

describe("R31 members, items and pairs are bounded before anything is validated", () => {
  const object = (count: number) => `{${Array.from({ length: count }, (_, at) => `"k${at}":1`).join()}}`;
  const list = (count: number) => `[${Array.from({ length: count }, () => "1").join()}]`;

  it.each([
    ["/narrow", object(3), 200],
    ["/narrow", object(4), 400],
    ["/narrow", `[[${object(4)}]]`, 400],
    ["/narrow", list(4), 200],
    ["/narrow", list(5), 400],
    ["/narrow", `{"a":{"b":${list(5)}}}`, 400],
    ["/wide", object(1_000), 200],
    ["/wide", object(1_001), 400],
    ["/wide", object(100_000), 413],
    ["/wide", object(70_000), 400],
    ["/wide", list(1_000), 200],
    ["/wide", list(1_001), 400],
    ["/wide", list(500_000), 400],
  ])("%s #%#", async (target, body, status) => {
    expect((await post(target, body)).status).toBe(status);
  });

  it("pairs of a form, however many of them have one name", async () => {
    expect((await post("/form", "a=1&b=2&c=3", [], form)).status).toBe(200);
    expect((await post("/form", "a=1&b=2&c=3&d=4", [], form)).status).toBe(400);
    expect((await post("/form", "a=&".repeat(340_000), [], form)).status).toBe(400);
  });

  it("pairs of a query", async () => {
    expect((await send(server, { target: `/search?${"q=1&".repeat(999)}q=1` })).status).toBe(200);
    expect((await send(server, { target: `/search?${"q=1&".repeat(1_000)}q=1` })).status).toBe(400);
  });

  it("what tRPC has decoded already", async () => {
    const invoke = async (body: unknown) => {
      const outcome = await shop.api.invoke("narrow", exchangeOf({}), { body });
      return outcome.status;
    };
    expect(await invoke(JSON.parse(object(3)))).toBe(200);
    expect(await invoke(JSON.parse(object(4)))).toBe(400);
    expect(await invoke([1, 2, 3, 4])).toBe(200);
    expect(await invoke([1, 2, 3, 4, 5])).toBe(400);
  });
});

describe("R37 compressed bodies", () => {
  const gzip = ["Content-Encoding: gzip"];
  const text = JSON.stringify("ab".repeat(200));

  it("are 415 where the spec does not say that they are taken, and never read as something else", async () => {
    const reply = await post("/wide", gzipSync(text), gzip);
    expect([reply.status, reply.headers["accept-encoding"]]).toEqual([415, ["identity"]]);
    expect((await post("/wide", text, ["Content-Encoding: identity"])).status).toBe(200);
    expect((await post("/wide", text, ["Content-Encoding: aes128gcm"])).status).toBe(415);
  });

  it.each([
    ["gzip", gzipSync(text), 200],
    ["GZIP", gzipSync(text), 200],
    ["x-gzip", gzipSync(text), 200],
    ["deflate", deflateSync(text), 200],
    ["br", gzipSync(text), 415],
    ["gzip, gzip", gzipSync(gzipSync(text)), 415],
    ["toString", gzipSync(text), 415],
    ["gzip", Buffer.from(text), 400],
    ["gzip", gzipSync(text).subarray(0, -9), 400],
    ["deflate", gzipSync(text), 400],
    ["gzip", gzipSync('{"a":1,"a":2}'), 400],
    ["gzip", gzipSync("[".repeat(9) + "]".repeat(9)), 400],
  ])("in %s, #%#: %3$i", async (coding, body, status) => {
    const reply = await post("/inflating", body, [`Content-Encoding: ${coding}`]);
    expect(reply.status).toBe(status);
    if (status === 415) expect(reply.headers["accept-encoding"]).toEqual(["gzip, deflate"]);
  });

  it("two lines of the header are two codings", async () => {
    expect((await post("/inflating", gzipSync(text), [...gzip, ...gzip])).status).toBe(415);
  });

  it("grow so many times and no more", async () => {
    // 900 KB of one letter are 900 B.
    const bomb = gzipSync(JSON.stringify("a".repeat(900_000)));
    const reply = await post("/inflating", bomb, gzip);
    expect([reply.status, reply.json.detail]).toEqual([413, "It grows more than 20 times."]);
    const small = gzipSync(JSON.stringify("a".repeat(60_000)));
    expect((await post("/inflating", small, gzip)).body).toBe("60002");
  });

  it("are bounded by what they grow to", async () => {
    const body = gzipSync(`"${randomBytes(600_000).toString("hex")}"`, { level: 1 });
    expect(body.length).toBeLessThan(1_048_576);
    const reply = await post("/inflating", body, gzip);
    expect([reply.status, reply.json.detail]).toEqual([413, "At most 1048576 octets are read."]);
  });

  it("are undone for those who read piece by piece, within the same bounds", async () => {
    const plain = Buffer.from(randomBytes(45_000).toString("hex"));
    expect((await post("/inflatingStream", gzipSync(plain), gzip, octets)).body).toBe("90000");
    const bomb = await post("/inflatingStream", gzipSync(Buffer.alloc(102_000)), gzip, octets);
    expect([bomb.status, bomb.json.detail]).toEqual([413, "It grows more than 20 times."]);
    const large = gzipSync(randomBytes(51_300).toString("hex"));
    expect((await post("/inflatingStream", large, gzip, octets)).status).toBe(413);
  });
});

describe("R37 what takes too long", () => {
  const slow = { ...taking(json, z.unknown(), { readTimeout: "100ms" }), handler: undefined };
  const slowStream = {
    ...taking(octets, z.instanceof(ReadableStream), { readTimeout: "100ms" }),
    handler: (async ({ body }: { body: ReadableStream<Uint8Array> }) => {
      for await (const _ of body);
      return { status: 200, body: null };
    }) as never,
  };

  /** Sends a byte each 20 ms until the server has had enough of it. */
  async function drip(port: number, target: string, media: string): Promise<{ status: number; seconds: number }> {
    const begun = Date.now();
    return new Promise((resolve) => {
      let text = "";
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(`POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Type: ${media}\r\nContent-Length: 1000\r\n\r\n`);
      });
      const timer = setInterval(() => socket.write("1"), 20);
      socket.on("data", (chunk) => {
        text += chunk;
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        clearInterval(timer);
        resolve({ status: Number(text.split(" ")[1]), seconds: (Date.now() - begun) / 1_000 });
      });
    });
  }

  it.each([
    ["/slow", json],
    ["/slowStream", octets],
  ])("a body that drips in to %s is 408, and its connection is closed", async (target, media) => {
    const { handler: _, ...plain } = slow;
    const own = open({ slow: plain, slowStream });
    const running = await serveLocally(own.api);
    const { status, seconds } = await drip(running.port, target, media);
    expect(status).toBe(408);
    expect(seconds).toBeLessThan(4);
    expect(own.runs.slow).toBeUndefined();
    await running.close();
  });

  it("a stream may take as long as it likes at an octet a millisecond", async () => {
    const own = open({ slowStream });
    const chunks = async function* () {
      for (let at = 0; at < 8; at++) {
        await new Promise((resolve) => setTimeout(resolve, 40));
        yield new Uint8Array(60);
      }
    };
    const headers = { "content-type": octets };
    const reply = await own.api.handle(exchangeOf({ method: "POST", target: "/slowStream", headers, chunks }));
    expect(reply?.status).toBe(200);
  });

  it("a handler is given up with 503, and hears of it", async () => {
    const bounds: Bounds = { body: "1KiB", depth: 8, timeout: "60ms" };
    const signals: AbortSignal[] = [];
    const never = ({ signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const own = open({ never: { policy: { bounds }, handler: never }, quick: { policy: { bounds } } });
    const reply = await own.api.handle(exchangeOf({ target: "/never" }));
    expect(reply?.status).toBe(503);
    expect(JSON.parse(String(reply?.body))).toMatchObject({ code: "timeout" });
    expect(signals[0]?.aborted).toBe(true);
    expect(own.log[0]).toMatchObject({ facts: { code: "timeout", operation: "never" } });
    expect((await own.api.handle(exchangeOf({ target: "/quick" })))?.status).toBe(200);
  });

  it("a handler that asks for its signal late is told so", async () => {
    const bounds: Bounds = { body: "1KiB", depth: 8, timeout: "60ms" };
    let tell = (_: boolean) => {};
    const told = new Promise<boolean>((resolve) => {
      tell = resolve;
    });
    const late = async (call: { signal: AbortSignal }) => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      tell(call.signal.aborted);
      throw new Error("nobody hears this");
    };
    const own = open({ late: { policy: { bounds }, handler: late } });
    expect((await own.api.handle(exchangeOf({ target: "/late" })))?.status).toBe(503);
    expect(await told).toBe(true);
  });

  it("so does a loader", async () => {
    const signals: AbortSignal[] = [];
    const own = open(
      {
        mine: {
          policy: { path: "/mine/{id}", access: anyToken, object: owner("Thing", { id: "path:id", field: "by" }) },
          wire: { path: [{ name: "id" }] },
          schemas: { path: z.strictObject({ id: z.string() }) },
        },
      },
      {
        patience: 60,
        objects: {
          Thing: (_: string, { signal }: { signal: AbortSignal }) => {
            signals.push(signal);
            return new Promise(() => {});
          },
        },
      },
    );
    const headers = { authorization: "Bearer ann" };
    expect((await own.api.handle(exchangeOf({ target: "/mine/1", headers })))?.status).toBe(503);
    expect(signals[0]?.aborted).toBe(true);
    expect(own.runs.mine).toBeUndefined();
  });
});

describe("bounds that cannot be read", () => {
  it.each([
    [{ url: "8" }],
    [{ headers: "0B" }],
    [{ keys: 0 }],
    [{ items: 1.5 }],
    [{ inflateRatio: 0 }],
    [{ readTimeout: "0s" }],
    [{ timeout: "soon" }],
  ])("%j does not start", (bad) => {
    const bounds = { body: "1KiB", depth: 8, ...bad } as never;
    expect(() => open({ a: { policy: { bounds } } })).toThrow("invalid_policy: a: limits.");
  });
});
