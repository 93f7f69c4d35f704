import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from "node:zlib";
import { type AnswerBoundsOptions, answerBounds, connect } from "@sallyport/runtime/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTransport as fetchTransport } from "../../runtime/src/client/transports/fetch.js";
import { clientPolicy, failureOf, operation } from "../support/client.js";

const mebibyte = 1024 * 1024;
/** Kept, so that as much again would show in the most memory that the process ever had. */
const zeros = Buffer.alloc(128 * mebibyte, 0x20);
const codings = [
  ["gzip", gzipSync],
  ["br", (data: Uint8Array) => brotliCompressSync(data)],
  ["deflate", deflateSync],
] as const;
const bombs: Record<string, Buffer> = {};

type Answer = (response: ServerResponse, accepted: string) => void;
let answer: Answer = (response) => response.end();
const server = createServer((request, response) => answer(response, String(request.headers["accept-encoding"] ?? "")));
let baseUrl = "";
beforeAll(async () => {
  for (const [coding, press] of codings) bombs[coding] = press(zeros);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 60_000);
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const send = (response: ServerResponse, coding: string, body: Uint8Array, type = "application/json") =>
  response
    .writeHead(200, { "content-type": type, "content-encoding": coding, "content-length": body.length })
    .end(body);

/** A client on one of the two transports. */
const clientOn = (transport: string, options: AnswerBoundsOptions = {}) => {
  const answers = answerBounds(options);
  return connect(clientPolicy(), {
    baseUrl,
    ...(transport === "undici"
      ? { answers }
      : { transport: fetchTransport({ origin: baseUrl, tls: undefined, server: undefined, answers }) }),
  });
};
const download = operation({}, { output: { media: ["application/octet-stream"] } });

describe.each(["undici", "fetch"])("answers that are compressed, by %s", (transport) => {
  it.each([...codings, ["identity", (data: Uint8Array) => data] as const])("%s is undone", async (coding, press) => {
    answer = (response) => send(response, coding, press(Buffer.from('{"a":"äö"}')));
    const caller = clientOn(transport);
    const result = await caller.send(operation(), {}).safe();
    expect(result).toMatchObject({ ok: true, value: { a: "äö" } });
    if (coding !== "identity") expect(Object.keys(result.response?.headers ?? {})).not.toContain("content-encoding");
    await caller.close();
  });

  it.each(codings)("C a bomb of %s is cut off by its ratio, and memory stays where it was", async (coding) => {
    answer = (response) => send(response, coding, bombs[coding] ?? Buffer.alloc(0));
    const caller = clientOn(transport);
    const { maxRSS } = process.resourceUsage();
    const failure = await failureOf(caller.send(operation(), {}));
    expect(failure).toMatchObject({ code: "response_invalid", status: 200 });
    // 128 MiB would come out; a hundred times what came in, at most, is kept.
    expect((process.resourceUsage().maxRSS - maxRSS) / 1024).toBeLessThan(64);
    await caller.close();
  });

  it("an answer is no larger than the client was told, compressed or not, and whatever its length says", async () => {
    const caller = clientOn(transport, { largest: "1MiB", inflateRatio: 10_000 });
    for (const coding of ["identity", "gzip"]) {
      const whole = Buffer.alloc(mebibyte + 1, 0x20);
      answer = (response) => {
        response.writeHead(200, { "content-type": "application/json", "content-encoding": coding });
        response.end(coding === "gzip" ? gzipSync(whole) : whole);
      };
      expect((await failureOf(caller.send(operation(), {}))).code).toBe("response_invalid");
    }
    answer = (response) => send(response, "gzip", gzipSync(Buffer.from(`"${"x".repeat(mebibyte - 2)}"`)));
    expect(await caller.send(operation(), {})).toHaveLength(mebibyte - 2);
    await caller.close();
  });

  it("the problem document of a failure may be compressed as well", async () => {
    answer = (response) => {
      const body = gzipSync('{"title":"Full"}');
      response.writeHead(409, { "content-type": "application/problem+json", "content-encoding": "gzip" }).end(body);
    };
    const caller = clientOn(transport);
    expect((await failureOf(caller.send(download, {}))).problem?.title).toBe("Full");
    await caller.close();
  });

  it("what is not in the coding that it says fails, and is no value", async () => {
    answer = (response) => send(response, "gzip", Buffer.from('{"a":1}'));
    const caller = clientOn(transport);
    expect(["response_invalid", "network"]).toContain((await failureOf(caller.send(operation(), {}))).code);
    await caller.close();
  });
});

describe("undici", () => {
  it("asks for compressed answers where it is told to", async () => {
    const seen: string[] = [];
    answer = (response, accepted) => {
      seen.push(accepted);
      response.writeHead(200, { "content-type": "application/json" }).end("1");
    };
    for (const answers of [{}, { compressed: true }]) {
      const caller = clientOn("undici", answers);
      await caller.send(operation(), {});
      await caller.close();
    }
    expect(seen).toEqual(["", "gzip, br, deflate"]);
  });

  it.each(["zstd", "gzip, gzip", "constructor"])("an answer coded as %s is refused", async (coding) => {
    answer = (response) => send(response, coding, Buffer.from("{}"));
    const caller = clientOn("undici");
    expect(await failureOf(caller.send(operation(), {}))).toMatchObject({
      code: "response_invalid",
      message: expect.stringContaining(JSON.stringify(coding)),
    });
    await caller.close();
  });

  it.each(["gzip", "br", "deflate"])("an answer of %s without content has none to undo", async (coding) => {
    const caller = clientOn("undici");
    answer = (response) =>
      response.writeHead(503, { "content-encoding": coding, "content-length": 0, "retry-after": "7" }).end();
    expect(await failureOf(caller.send(download, {}))).toMatchObject({
      code: "server_error",
      status: 503,
      retryAfter: 7_000,
    });
    answer = (response) => send(response, coding, new Uint8Array(), "application/octet-stream");
    const stream = await caller.send<ReadableStream<Uint8Array>>(download, {});
    expect(await new Response(stream).text()).toBe("");
    await caller.close();
  });

  it("a compressed stream that breaks off before its first octet is no empty one", async () => {
    answer = (response) => {
      response.writeHead(200, { "content-type": "application/octet-stream", "content-encoding": "gzip" });
      response.flushHeaders();
      setTimeout(() => response.destroy(), 20);
    };
    const caller = clientOn("undici");
    const stream = await caller.send<ReadableStream<Uint8Array>>(download, {});
    await expect(new Response(stream).text()).rejects.toThrow();
    await caller.close();
  });

  it("C a stream that is a bomb is cut off while it comes", async () => {
    answer = (response) => send(response, "gzip", bombs.gzip ?? Buffer.alloc(0), "application/octet-stream");
    const caller = clientOn("undici", { inflateRatio: 10 });
    const stream = await caller.send<ReadableStream<Uint8Array>>(download, {});
    let size = 0;
    const reading = (async () => {
      for await (const chunk of stream) size += chunk.byteLength;
    })();
    expect((await failureOf(reading)).message).toContain("inflates to more than");
    expect(size).toBeLessThan(10 * (bombs.gzip?.length ?? 0) + mebibyte);
    await caller.close();
  });

  it("a compressed stream is handed on as it comes", async () => {
    const pipe = createGzip({ flush: 2 });
    answer = (response) => {
      response.writeHead(200, { "content-type": "application/octet-stream", "content-encoding": "gzip" });
      pipe.pipe(response);
      pipe.write("first");
    };
    const caller = clientOn("undici");
    const reader = (await caller.send<ReadableStream<Uint8Array>>(download, {})).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("first");
    pipe.end("second");
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("second");
    expect((await reader.read()).done).toBe(true);
    await caller.close();
  });
});

it("a length that is no number bounds nothing, and the largest answer does", () => {
  const { roomIn, largest } = answerBounds({ largest: "1MiB", inflateRatio: 2 });
  const room = (length: string, coding = "gzip") => roomIn({ "content-encoding": coding, "content-length": length });
  expect([room("5, 5"), room("many"), room("1e999")]).toEqual([largest, largest, largest]);
  expect([room("50000"), room("50000", "identity"), room("5")]).toEqual([100_000, largest, 65_536]);
});

it.each([{ largest: "much" as "1B" }, { inflateRatio: 0 }, { inflateRatio: Number.NaN }])(
  "bounds that cannot be read are no bounds: %j",
  (options) => {
    expect(() => answerBounds(options)).toThrow(/largest|inflateRatio/);
    const transport = { send: async () => Promise.reject(), close: async () => {} };
    const given = { baseUrl: "https://api.test", answers: answerBounds(), transport };
    expect(() => connect(clientPolicy(), given)).toThrow(/transport/);
  },
);
