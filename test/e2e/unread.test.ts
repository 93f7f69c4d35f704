import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { type ClientOptions, connect, Failure, validated } from "@sallyport/runtime/client";
import { afterEach, describe, expect, it } from "vitest";
import { createTransport as fetchTransport } from "../../runtime/src/client/transports/fetch.js";
import { clientPolicy, failureOf, operation, startOrigin } from "../support/client.js";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that begins an answer and never ends it, and a client of it; `left` says that nobody waits for the rest any more. */
async function unending(
  begin: (response: ServerResponse) => void,
  { transport = "undici", ...options }: Omit<ClientOptions<object>, "transport"> & { readonly transport?: string } = {},
) {
  let left: Promise<unknown> | undefined;
  const origin = await startOrigin((_, response) => {
    left = once(response, "close");
    begin(response);
  });
  const over = { origin: origin.url, tls: undefined, server: undefined };
  const caller = connect(clientPolicy(), {
    baseUrl: origin.url,
    ...options,
    ...(transport === "fetch" ? { transport: fetchTransport(over) } : {}),
  });
  closing.push(origin.close);
  return { caller, left: () => Promise.race([left, late()]) };
}

/** Whoever is late fails by name, and before the test does. */
async function late(): Promise<never> {
  await new Promise((wait) => setTimeout(wait, 1_000).unref());
  throw new Error("The answer is still awaited");
}

const begins =
  (type: string, octets: string | Uint8Array = "", headers: Record<string, string> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(200, { "content-type": type, ...headers }).flushHeaders();
    response.write(octets);
  };
const reads = (type: string) => operation({}, { output: { media: [type] } });
const octets = begins("application/octet-stream", "first");
const form =
  '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x\r\ncontent-disposition: form-data; name="f"; filename="f"\r\n\r\nfirst';

describe.each(["undici", "fetch"])("an answer that is refused while it comes in is given up, by %s", (transport) => {
  const refusing = { transport, check: () => Promise.reject(new Failure("response_invalid", "no")) };
  it.each([
    ["octets", "application/octet-stream", octets],
    ["a stream in which nothing comes", "application/octet-stream", begins("application/octet-stream")],
    ["items", "text/event-stream", begins("text/event-stream", "data: 1\n\n")],
    ["items of which none comes", "application/jsonl", begins("application/jsonl")],
  ])("%s", async (_, type, begin) => {
    const { caller, left } = await unending(begin, refusing);
    expect((await failureOf(caller.send(reads(type), {}))).message).toBe("no");
    await left();
  });

  it("files of which the fields are here", async () => {
    const { caller, left } = await unending(begins("multipart/form-data; boundary=x", form), refusing);
    const parts = { "200": { "multipart/form-data": [{ name: "a" }, { name: "f", file: [] }] } };
    const files = operation({}, { output: { media: ["multipart/form-data"] }, parts });
    expect((await failureOf(caller.send(files, {}))).message).toBe("no");
    await left();
  });

  it("what schemas refuse by its status", async () => {
    const { caller, left } = await unending(octets, {
      transport,
      check: validated({ getThings: { responses: { 201: {} } } }),
    });
    expect((await failureOf(caller.send(reads("application/octet-stream"), {}))).message).toContain("200 is no answer");
    await left();
  });

  it("what no reader can read", async () => {
    const { caller, left } = await unending(begins("multipart/form-data", form), { transport });
    expect((await failureOf(caller.send(reads("multipart/form-data"), {}))).message).toContain("no boundary");
    await left();
  });
});

describe("a stream is given up when it is cancelled", () => {
  it.each([
    ["before it is read", octets],
    [
      "before it is read, compressed",
      begins("application/octet-stream", gzipSync("first"), { "content-encoding": "gzip" }),
    ],
  ])("%s", async (_, begin) => {
    const { caller, left } = await unending(begin);
    const stream = await caller.send<ReadableStream<Uint8Array>>(reads("application/octet-stream"), {});
    await stream.cancel();
    await left();
  });

  it("while it waits for what does not come", async () => {
    const { caller, left } = await unending(begins("application/octet-stream"));
    const stream = await caller.send<ReadableStream<Uint8Array>>(reads("application/octet-stream"), {});
    const reader = stream.getReader();
    const reading = reader.read();
    await reader.cancel();
    expect((await reading).done).toBe(true);
    await left();
  });

  it("a coding that is not known is refused, and not waited for", async () => {
    const { caller, left } = await unending(begins("application/octet-stream", "x", { "content-encoding": "zstd" }));
    expect((await failureOf(caller.send(reads("application/octet-stream"), {}))).code).toBe("response_invalid");
    await left();
  });
});
