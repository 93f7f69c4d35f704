import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { hosts } from "../conformance/hosts.js";
import { open, type Shop } from "../support/contract.js";
import { exchange, send, serveLocally } from "../support/wire.js";

const json = "Content-Type: application/json";
const samples = {
  take: {
    policy: { method: "POST", path: "/take" },
    wire: { body: { media: ["application/json"], required: true } },
    schemas: { body: { "application/json": z.unknown() } },
  },
  give: { policy: { path: "/give" } },
} as const;

/** A message in which two readers could see two different requests, and why. */
const shapes: readonly (readonly [string, string])[] = [
  [
    "two lengths that agree",
    `POST /take HTTP/1.1\r\nHost: a\r\n${json}\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n1`,
  ],
  [
    "two lengths that differ",
    `POST /take HTTP/1.1\r\nHost: a\r\n${json}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n1`,
  ],
  ["a list of lengths", `POST /take HTTP/1.1\r\nHost: a\r\n${json}\r\nContent-Length: 1, 1\r\n\r\n1`],
  ["a length with a sign", `POST /take HTTP/1.1\r\nHost: a\r\n${json}\r\nContent-Length: +1\r\n\r\n1`],
  [
    "a length and a coding",
    `POST /take HTTP/1.1\r\nHost: a\r\n${json}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n`,
  ],
  [
    "a coding and a length",
    `POST /take HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n1\r\n1\r\n0\r\n\r\n`,
  ],
  [
    "a coding nobody knows",
    `POST /take HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: xchunked\r\n\r\n1\r\n1\r\n0\r\n\r\n`,
  ],
  [
    "a coding around the last one",
    `POST /take HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n`,
  ],
  [
    "the coding twice",
    `POST /take HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    "a space before the colon",
    `POST /take HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    "a coding in HTTP/1.0",
    `POST /take HTTP/1.0\r\nHost: a\r\n${json}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n`,
  ],
  [
    "a chunk that ends in a bare LF",
    `POST /take HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: chunked\r\n\r\n1\n1\n0\n\n`,
  ],
  [
    "an extension with a bare LF",
    `POST /take HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: chunked\r\n\r\n1;a\nb\r\n1\r\n0\r\n\r\n`,
  ],
  ["bare LFs", "GET /give HTTP/1.1\nHost: a\n\n"],
  ["a bare LF in the header", "GET /give HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"],
  ["a bare CR in the header", "GET /give HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"],
  ["a folded line", "GET /give HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n"],
  ["a NUL", "GET /give HTTP/1.1\r\nHost: a\r\nX: b\0\r\n\r\n"],
  ["no Host", "GET /give HTTP/1.1\r\n\r\n"],
  ["no Host in HTTP/1.0", "GET /give HTTP/1.0\r\n\r\n"],
  ["two Hosts", "GET /give HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
  ["the same Host twice", "GET /give HTTP/1.1\r\nHost: a\r\nhOST: a\r\n\r\n"],
  ["two Hosts and an absolute target", "GET http://a/give HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
  ["HTTP/0.9", "GET /give\r\n\r\n"],
  ["a version that does not exist", "GET /give HTTP/1.2\r\nHost: a\r\n\r\n"],
];

const overNode = Object.entries(hosts).filter(([name]) => name !== "fetch" && name !== "Hono");

describe.each(overNode)("R8 a message that could be read in two ways is 400 and runs nothing on %s", (_, start) => {
  let shop: Shop;
  let host: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    shop = open(samples);
    host = await start(shop.api);
  });
  afterAll(() => host.close());

  it.each(shapes)("%s", async (_name, text) => {
    const before = { ...shop.runs };
    // It comes back when the connection is closed: what else was on it is not read.
    const reply = await exchange(host.port, Buffer.from(text, "latin1"));
    expect(reply.status).toBe(400);
    expect(shop.runs).toEqual(before);
  });

  it("what has one meaning is answered: also in HTTP/1.0, in absolute form, in chunks", async () => {
    const chunked = [json, "Transfer-Encoding: chunked"];
    expect(
      (await send(host, { method: "POST", target: "/take", headers: chunked, body: "1\r\n1\r\n0\r\n\r\n" })).status,
    ).toBe(200);
    expect((await send(host, { target: "http://api.example/give" })).status).toBe(200);
    expect((await exchange(host.port, Buffer.from("GET /give HTTP/1.0\r\nHost: a\r\n\r\n"))).status).toBe(200);
  });
});

describe("RFC 9110, 15.5.20: hosts", () => {
  it.each([
    ["Host: api.example", "/give", 200],
    ["Host: API.example", "/give", 200],
    ["Host: api.example:8443", "/give", 200],
    ["Host: other.example", "/give", 421],
    ["Host: api.example.evil", "/give", 421],
    ["Host: api.example@evil", "/give", 421],
    ["Host: ", "/give", 421],
    // RFC 9112, 3.2.2: the absolute target counts.
    ["Host: other.example", "http://api.example/give", 200],
    ["Host: api.example", "http://other.example/give", 421],
  ])("%s %s is %i", async (line, target, status) => {
    const shop = open(samples, { hosts: ["api.example"] });
    const server = await serveLocally(shop.api);
    const head = `GET ${target} HTTP/1.1\r\n${line}\r\nConnection: close\r\n\r\n`;
    const reply = await exchange(server.port, Buffer.from(head));
    expect([reply.status, shop.runs.give ?? 0]).toEqual([status, status === 200 ? 1 : 0]);
    if (status === 421) expect(reply.json.code).toBe("misdirected");
    await server.close();
  });

  it.each([[[]], [["https://api.example"]], [["a b"]]])("does not start for %j", (list) => {
    expect(() => open(samples, { hosts: list })).toThrow("invalid_option: hosts");
  });
});
