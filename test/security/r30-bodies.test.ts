import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, open } from "../support/contract.js";
import { exchange, send, serveLocally } from "../support/wire.js";

const delivered: unknown[] = [];
const take = ({ body }: { body: unknown }) => {
  delivered.push(body);
  return { status: 200, body: null };
};
const json = (schema: z.ZodType) => ({ body: { "application/json": schema } });
const bodied = (media: string, required = true) => ({ body: { media: [media], required } });
const post = (path: string) => ({ method: "POST", path });
const shop = open({
  create: {
    policy: post("/things"),
    wire: bodied("application/json"),
    schemas: json(z.strictObject({ name: z.string(), count: z.int().default(1) })),
    handler: take,
  },
  odd: {
    policy: post("/odd"),
    wire: bodied("application/json"),
    schemas: json(z.object({ toString: z.string() })),
    handler: take,
  },
  any: { policy: post("/any"), wire: bodied("application/json"), schemas: json(z.unknown()), handler: take },
  optional: {
    policy: post("/optional"),
    wire: bodied("application/json", false),
    schemas: json(z.strictObject({ name: z.string() })),
    handler: take,
  },
  form: {
    policy: post("/form"),
    wire: bodied("application/x-www-form-urlencoded"),
    schemas: {
      body: { "application/x-www-form-urlencoded": z.strictObject({ a: z.string(), b: z.string().exactOptional() }) },
    },
    handler: take,
  },
  text: {
    policy: post("/text"),
    wire: bodied("text/plain"),
    schemas: { body: { "text/plain": z.string().max(10) } },
    handler: take,
  },
  octets: {
    policy: { ...post("/octets"), bounds: { body: "4B", depth: 1 } },
    wire: bodied("application/octet-stream"),
    schemas: { body: { "application/octet-stream": z.instanceof(ReadableStream) } },
    handler: take,
  },
  secret: {
    policy: { ...post("/secret"), access: anyToken },
    wire: bodied("application/json"),
    schemas: json(z.unknown()),
    handler: take,
  },
  plain: { policy: { path: "/plain" }, handler: take },
});
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());

const asJson = "Content-Type: application/json";
const postTo = (target: string, body: string | Uint8Array, headers: readonly string[] = [asJson]) => {
  delivered.length = 0;
  return send(server, { method: "POST", target, body, headers });
};

describe("R30 a content type is read strictly or not at all", () => {
  it.each([
    [["Content-Type: application/json\ta"]],
    [["Content-Type: application/json garbage"]],
    [["Content-Type: application/json;charset=utf-7"]],
    [["Content-Type: application/json;charset=utf-16"]],
    [["Content-Type: text/plain"]],
    [["Content-Type: application/jsonx"]],
    [["Content-Type: application/json, text/plain"]],
    [["Content-Type: application/x-www-form-urlencoded"]],
    [["Content-Type: multipart/form-data; boundary=x"]],
    [[asJson, asJson]],
    [[asJson, "Content-Type: text/plain"]],
    [[]],
    [["Content-Type: "]],
  ])("%j is 415", async (headers) => {
    const reply = await postTo("/things", '{"name":7}', headers);
    expect([reply.status, reply.headers.accept]).toEqual([415, ["application/json"]]);
    expect(delivered).toEqual([]);
  });

  it.each([
    "application/json",
    "APPLICATION/JSON",
    " application/json",
    "\tapplication/json ",
    "application/json;charset=UTF-8",
    'application/json ; charset="utf-8"',
  ])("%j is validated", async (type) => {
    expect((await postTo("/things", '{"name":7}', [`Content-Type: ${type}`])).status).toBe(422);
    expect((await postTo("/things", '{"name":"x"}', [`Content-Type: ${type}`])).status).toBe(200);
    expect(delivered).toEqual([{ name: "x", count: 1 }]);
  });

  it("a body that may be absent is absent, or has a type", async () => {
    expect((await postTo("/optional", "", [])).status).toBe(200);
    expect(delivered).toEqual([undefined]);
    expect((await postTo("/optional", '{"name":"x"}', [])).status).toBe(415);
    expect((await postTo("/optional", '{"name":"x"}')).status).toBe(200);
    expect((await postTo("/optional", '{"name":1}')).status).toBe(422);
  });
});

describe("R31 limits hold before anything is parsed", () => {
  it("a body of the limit passes, one octet more is 413", async () => {
    const of = (length: number) => JSON.stringify({ name: "x".repeat(length - 11) });
    expect((await postTo("/things", of(1024))).status).toBe(200);
    expect((await postTo("/things", of(1025))).status).toBe(413);
    expect((await postTo("/octets", new Uint8Array(4), ["Content-Type: application/octet-stream"])).status).toBe(200);
    expect((await postTo("/octets", new Uint8Array(5), ["Content-Type: application/octet-stream"])).status).toBe(413);
  });

  it("a megabyte is refused with an answer that arrives", async () => {
    expect((await postTo("/things", `"${"x".repeat(1_048_576)}"`)).status).toBe(413);
  });

  it("octets are counted where no length is said", async () => {
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    const chunked = [asJson, "Transfer-Encoding: chunked"];
    expect((await postTo("/any", `${chunk('"a')}${chunk('b"')}0\r\n\r\n`, chunked)).status).toBe(200);
    expect(delivered).toEqual(["ab"]);
    expect(
      (await postTo("/any", `${chunk(`"${"x".repeat(700)}`)}${chunk(`${"x".repeat(700)}"`)}0\r\n\r\n`, chunked)).status,
    ).toBe(413);
    expect(delivered).toEqual([]);
  });

  it("a message with two lengths is refused", async () => {
    const head = `POST /any HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${asJson}\r\n`;
    delivered.length = 0;
    const reply = await exchange(
      server.port,
      Buffer.from(`${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
    );
    expect(reply.status).toBe(400);
    expect(delivered).toEqual([]);
  });

  it("a body that breaks off is not taken for a shorter one", async () => {
    delivered.length = 0;
    const head = `POST /any HTTP/1.1\r\nHost: x\r\n${asJson}\r\nContent-Length: 5\r\n\r\n12`;
    const socket = connect(server.port, "127.0.0.1", () =>
      socket.write(head, () => setTimeout(() => socket.destroy(), 20)),
    );
    await new Promise((resolve) => socket.once("close", resolve));
    await expect.poll(() => shop.lines.at(-1)).toMatchObject({ operation: "any", status: 400, code: "bad_request" });
    expect(delivered).toEqual([]);
  });

  it("deep nesting is 400, also where 40 KB of it would stop the validator", async () => {
    expect((await postTo("/any", "[".repeat(8) + "]".repeat(8))).status).toBe(200);
    expect((await postTo("/any", "[".repeat(9) + "]".repeat(9))).status).toBe(400);
    expect((await postTo("/any", "[".repeat(500) + "]".repeat(500))).status).toBe(400);
    expect((await postTo("/any", `${'{"a":'.repeat(9)}1${"}".repeat(9)}`)).status).toBe(400);
  });

  it("nothing of a body is read for a stranger", async () => {
    expect((await postTo("/secret", "[".repeat(1000))).status).toBe(401);
    expect((await postTo("/secret", "[".repeat(5000))).status).toBe(401);
    expect((await postTo("/secret", "{", ["Content-Type: nonsense"])).status).toBe(401);
  });

  it("a body that no operation asked for is ignored unread", async () => {
    const reply = await send(server, { target: "/plain", body: "x".repeat(5000), headers: [asJson] });
    expect(reply.status).toBe(200);
  });
});

describe("R32, R33 prototypes", () => {
  it.each(['{"__proto__":{"polluted":1}}', '{"a":{"__proto__":{"polluted":1}}}', '[{"\\u005f\\u005fproto__":1}]'])(
    "%s is 400",
    async (body) => {
      expect((await postTo("/any", body)).status).toBe(400);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  it("constructor is a name like any other", async () => {
    expect((await postTo("/any", '{"constructor":{"prototype":{"polluted":1}}}')).status).toBe(200);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("an empty object does not satisfy a required toString", async () => {
    expect((await postTo("/odd", "{}")).status).toBe(422);
    expect((await postTo("/odd", '{"toString":"x"}')).status).toBe(200);
  });

  it("a query is as harmless", async () => {
    expect((await send(server, { target: "/plain?__proto__=1" })).status).toBe(400);
    expect((await send(server, { target: "/plain?__proto__[polluted]=1" })).status).toBe(422);
    expect((await send(server, { target: "/plain?constructor=1" })).status).toBe(422);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("forms are as harmless", async () => {
    const form = ["Content-Type: application/x-www-form-urlencoded"];
    expect((await postTo("/form", "__proto__=1&a=x", form)).status).toBe(400);
    expect((await postTo("/form", "a=x&constructor=1", form)).status).toBe(422);
    expect((await postTo("/form", "a=x+y%2B&b=%C3%A9", form)).status).toBe(200);
    expect(delivered).toEqual([{ a: "x y+", b: "é" }]);
  });
});

describe("R34 what parsers disagree about is 400", () => {
  it.each([
    ['{"name":"a","name":"b"}'],
    ['{"name":"a","\\u006eame":"b"}'],
    ['{"name":"\\ud800"}'],
    ["\uFEFF{}"],
    ["{'name':1}"],
    ['{"name":"a"}{}'],
    ["NaN"],
    [""],
    ["[1e999]"],
  ])("%j", async (body) => {
    const reply = await postTo("/any", body, [asJson, ...(body === "" ? ["Content-Length: 0"] : [])]);
    expect([reply.status, reply.json.code]).toEqual([400, "bad_request"]);
  });

  it.each([
    [[0x22, 0xff, 0x22]],
    [[0x22, 0xc3, 0x28, 0x22]],
    [[0x22, 0xed, 0xa0, 0x80, 0x22]],
    [[0xff, 0xfe, 0x22, 0x00]],
  ])("the octets %j are not UTF-8", async (octets) => {
    expect((await postTo("/any", new Uint8Array(octets))).status).toBe(400);
    expect((await postTo("/text", new Uint8Array(octets), ["Content-Type: text/plain"])).status).toBe(400);
  });

  it.each(["a=%", "a=%zz", "a=%ff", "%c3=1"])("the form %s", async (body) => {
    expect((await postTo("/form", body, ["Content-Type: application/x-www-form-urlencoded"])).status).toBe(400);
  });
});

describe("R38 the handler gets what was validated", () => {
  it("defaults applied, unknown keys refused, nothing coerced", async () => {
    expect((await postTo("/things", '{"name":"x"}')).status).toBe(200);
    expect(delivered).toEqual([{ name: "x", count: 1 }]);
    expect((await postTo("/things", '{"name":"x","admin":true}')).status).toBe(422);
    expect((await postTo("/things", '{"name":"x","count":"2"}')).status).toBe(422);
    expect((await postTo("/things", '{"name":"x","count":true}')).status).toBe(422);
    expect(delivered).toEqual([]);
  });

  it("all faults come at once, with pointers and without values", async () => {
    const reply = await postTo("/things", '{"name":12345678,"count":1.5,"a/b~":"hunter2"}');
    expect(reply.status).toBe(422);
    expect(reply.headers["content-type"]).toEqual(["application/problem+json"]);
    expect(reply.json).toMatchObject({ code: "invalid_input", status: 422, type: "about:blank" });
    const errors = reply.json.errors as { in: string; pointer: string; detail: string }[];
    expect(errors.map((one) => [one.in, one.pointer]).sort()).toEqual([
      ["body", "#"],
      ["body", "#/count"],
      ["body", "#/name"],
    ]);
    expect(reply.body).not.toMatch(/12345678|hunter2/);
  });

  it("text is validated too", async () => {
    expect((await postTo("/text", "short", ["Content-Type: text/plain; charset=utf-8"])).status).toBe(200);
    expect(delivered).toEqual(["short"]);
    expect((await postTo("/text", "longer than ten", ["Content-Type: text/plain"])).status).toBe(422);
  });
});
