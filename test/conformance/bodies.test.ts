import { createHash } from "node:crypto";
import { items, multipart } from "@sallyport/runtime/client";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOf, type BodiesClient, callerOf } from "../support/bodies.js";
import { send } from "../support/wire.js";
import { type Host, hosts } from "./hosts.js";

const all = ["node:http", "fetch", "Fastify", "Express 5"] as const;
const sizes = { file: 40_000, stream: 200_000 };
const octets = (length: number, seed = 7) => Uint8Array.from({ length }, (_, at) => (at * seed + (at >> 8)) & 255);
const digestOf = (content: Uint8Array) => createHash("sha256").update(content).digest("hex").slice(0, 16);

async function whole(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function listed<T>(source: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
}

async function* counted(n: number): AsyncGenerator<{ n: number }> {
  for (let at = 0; at < n; at++) yield { n: at };
}

describe.each(all)("bodies, on %s", (name) => {
  let host: Host;
  let client: BodiesClient;
  const { api, state } = apiOf();
  beforeAll(async () => {
    host = await (hosts[name] as (typeof hosts)[string])(api);
    client = callerOf(`http://127.0.0.1:${host.port}`);
  });
  afterAll(async () => {
    await client.close();
    await host.close();
  });
  const post = (target: string, body: string | Uint8Array, type: string, headers: readonly string[] = []) =>
    send({ port: host.port } as never, {
      method: "POST",
      target,
      body,
      headers: [`Content-Type: ${type}`, ...headers],
    });

  it("multipart: fields are validated, files come as streams, in order, with what they are called", async () => {
    const photo = octets(sizes.file);
    const note = new Blob(["hello"], { type: "text/plain" });
    const seen = await client.upload({
      body: {
        photo: { content: photo, filename: 'a "b".png', type: "image/png", headers: { "X-Own": "1" } },
        more: [note, octets(3)],
        caption: "é & ü",
        stars: 5,
        tags: ["a", "b, c"],
        place: { city: "Bern" },
      },
    });
    expect(seen.fields).toEqual({ caption: "é & ü", stars: 5, tags: ["a", "b, c"], place: { city: "Bern" } });
    expect(seen.files).toEqual([
      { name: "photo", filename: "a %22b%22.png", type: "image/png", size: sizes.file, digest: digestOf(photo) },
      {
        name: "more",
        filename: "more",
        type: "text/plain",
        size: 5,
        digest: digestOf(new TextEncoder().encode("hello")),
      },
      { name: "more", filename: "more", type: "application/octet-stream", size: 3, digest: digestOf(octets(3)) },
    ]);
  });

  it("multipart: a stream is a file too, and what is sent is what is read", async () => {
    const stream = new Blob([octets(1_000)]).stream() as ReadableStream<Uint8Array>;
    const seen = await client.upload({ body: { caption: "", photo: { content: stream, type: "image/jpeg" } } });
    expect(seen.files?.[0]).toMatchObject({ size: 1_000, digest: digestOf(octets(1_000)) });
  });

  const part = (name: string, content: string, more = "") =>
    `--x\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`;
  const png = '; filename="p"\r\nContent-Type: image/png';
  const parts = (...all: readonly string[]) => `${all.join("")}--x--\r\n`;
  it.each([
    ["what is required must come", parts(part("caption", "c")), 422],
    ["a field behind a file", parts(part("photo", "p", png), part("caption", "c")), 422],
    ["a field behind a file, optional", parts(part("caption", "c"), part("photo", "p", png), part("stars", "1")), 400],
    ["a scalar twice (R35)", parts(part("caption", "c"), part("caption", "d"), part("photo", "p", png)), 400],
    ["a file twice", parts(part("caption", "c"), part("photo", "p", png), part("photo", "p", png)), 400],
    ["a field that breaks its schema", parts(part("caption", "c".repeat(21)), part("photo", "p", png)), 422],
    ["a field that nobody knows", parts(part("caption", "c"), part("admin", "1"), part("photo", "p", png)), 422],
    ["__proto__ (R32)", parts(part("caption", "c"), part("__proto__", "1"), part("photo", "p", png)), 400],
    [
      "a file of another type",
      parts(part("caption", "c"), part("photo", "p", '; filename="p"\r\nContent-Type: text/html')),
      415,
    ],
    [
      "a field of another type (R30)",
      parts(part("caption", "c", "\r\nContent-Type: application/json"), part("photo", "p", png)),
      415,
    ],
    [
      "a charset of a field",
      parts(part("caption", "c", "\r\nContent-Type: text/plain; charset=utf-7"), part("photo", "p", png)),
      415,
    ],
    [
      "JSON with a name twice (R34)",
      parts(
        part("caption", "c"),
        part("place", '{"city":"a","city":"b"}', "\r\nContent-Type: application/json"),
        part("photo", "p", png),
      ),
      400,
    ],
    [
      "more parts than limits.parts",
      parts(...Array.from({ length: 11 }, (_, at) => part(`tags`, `${at}`)), part("caption", "c")),
      413,
    ],
    ["more than limits.body in fields", parts(part("caption", "c".repeat(2_100)), part("photo", "p", png)), 413],
    [
      "more than limits.body in the headers of parts",
      parts(part("caption", "c", `\r\nX-Long: ${"x".repeat(2_100)}`), part("photo", "p", png)),
      413,
    ],
    ["more than limits.file", parts(part("caption", "c"), part("photo", "p".repeat(65_537), png)), 413],
    ["a body that ends early", part("caption", "c"), 400],
    ["no part at all", "", 400],
    [
      "a first part whose header section has no end",
      `--x\r\nA: b\r\n${parts(part("caption", "c"), part("photo", "p", png))}`,
      400,
    ],
    ["a later one", parts(part("caption", "c"), "--x\r\nA: b\r\n", part("photo", "p", png)), 400],
    ["one behind a file", parts(part("caption", "c"), part("photo", "p", png), "--x\r\nA: b\r\n"), 400],
    [
      "an extended name that does not decode",
      parts(part("caption", "c"), part("photo", "p", `; filename*=UTF-8''%zz${png.slice(14)}`)),
      400,
    ],
    ["as it should be", parts(part("caption", "c"), part("photo", "p", png)), 200],
    [
      "with something in front and behind",
      `preamble\r\n${parts(part("caption", "c"), part("photo", "p", png))}${part("stars", "9")}--x--`,
      200,
    ],
  ])("multipart: %s", async (_what, body, status) => {
    expect((await post("/album", body, "multipart/form-data; boundary=x")).status).toBe(status);
  });

  it.each([
    ["multipart/form-data", 400],
    ["multipart/form-data; boundary=", 415],
    [`multipart/form-data; boundary=${"b".repeat(71)}`, 400],
    ["multipart/mixed; boundary=x", 415],
  ])("multipart: %s has no boundary, or is none of ours", async (type, status) =>
    expect((await post("/album", "--\r\n", type)).status).toBe(status),
  );

  it("multipart: bad UTF-8 in a field is 400 (R34)", async () => {
    const [head = "", tail = ""] = parts(part("caption", "CUT"), part("photo", "p", png)).split("CUT");
    const bad = Buffer.concat([Buffer.from(head), Buffer.from([0xc3, 0x28]), Buffer.from(tail)]);
    expect((await post("/album", bad, "multipart/form-data; boundary=x")).status).toBe(400);
  });

  it("multipart: parts in the styles of a query, nothing percent-encoded, come back as they were", async () => {
    const body = {
      plain: "a=b&c, d",
      spread: { R: 100, G: 200 },
      paired: { x: "a b", y: true },
      joined: [1, 2],
      spaced: ["a", "b,c"],
      piped: ["a b", "c"],
      repeated: ["x", "y|z"],
      deep: { a: { b: 1 }, list: ["p", "q"] },
    };
    expect(await client.inStyles({ body })).toEqual(body);
    for (const wrong of [{ piped: ["a|b"] }, { spaced: ["a b", "c"] }, { paired: { x: "a,b" } }])
      await expect(client.inStyles({ body: wrong })).rejects.toMatchObject({ code: "invalid_input" });
    const raw = parts(part("R", "1"), part("piped", "a|b"), part("deep[a][b]", "2"));
    const { status, json } = await post("/styles", raw, "multipart/form-data; boundary=x");
    expect([status, json]).toEqual([200, { spread: { R: 1 }, piped: ["a", "b"], deep: { a: { b: 2 } } }]);
  });

  it.each([
    ["a name that nobody knows", parts(part("admin", "1")), 422],
    ["a property twice (R35)", parts(part("R", "1"), part("R", "2")), 400],
    ["a value that breaks its schema", parts(part("R", "red")), 422],
    ["__proto__ in brackets (R32)", parts(part("deep[__proto__]", "1")), 400],
    ["a styled part of another type (R30)", parts(part("piped", "[]", "\r\nContent-Type: application/json")), 415],
  ])("multipart in styles: %s", async (_what, body, status) => {
    expect((await post("/styles", body, "multipart/form-data; boundary=x")).status).toBe(status);
  });

  it("multipart: parts without names are a list, each read and checked by its place", async () => {
    const body: [{ n: number }, Uint8Array, number, number] = [{ n: 1 }, octets(300), 4, 5];
    expect(await client.pieces({ body })).toEqual(body);
    expect(await client.pieces({ body: [{ n: 1 }, new Uint8Array()] })).toHaveLength(2);
  });

  const nameless = (...all: readonly (readonly [type: string, content: string])[]) =>
    `${all.map(([type, content]) => `--x\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`).join("")}--x--\r\n`;
  const tick = ["application/json", '{"n":1}'] as const;
  const image = ["image/png", "p"] as const;
  it.each([
    ["as it should be", nameless(tick, image, ["text/plain", "3"]), 200],
    ["too few", nameless(tick), 422],
    ["a part that breaks its schema", nameless(["application/json", '{"n":"x"}'], image), 422],
    ["JSON with a name twice (R34)", nameless(["application/json", '{"n":1,"n":2}'], image), 400],
    ["another media type (R30)", nameless(tick, ["text/html", "p"]), 415],
    ["text where JSON is wanted (R30)", nameless(["application/xml", "<a/>"], image), 415],
    ["more than limits.body", nameless(tick, ["image/png", "p".repeat(2_100)]), 413],
    [
      "more than limits.parts",
      nameless(tick, image, ...Array.from({ length: 9 }, () => ["text/plain", "3"] as const)),
      413,
    ],
    ["cut off", nameless(tick, image).slice(0, -8), 400],
  ])("multipart without names: %s", async (_what, body, status) => {
    expect((await post("/parts", body, "multipart/mixed; boundary=x")).status).toBe(status);
  });

  it("multipart: with an itemSchema, parts are taken as they come", async () => {
    expect(await listed(await client.relay({ body: counted(5) }))).toEqual(await listed(counted(5)));
    expect(await listed(await client.relay({ body: [{ n: 1 }] }))).toEqual([{ n: 1 }]);
  });

  it("multipart answers: fields are projected, files come as streams", async () => {
    const { fields, files } = await client.download({});
    expect(fields).toEqual({ caption: "two", place: { city: "Bern" } });
    const seen = [];
    for await (const { name: part, type, stream } of files) seen.push([part, type, await new Response(stream).text()]);
    expect(seen).toEqual([
      ["photo", "image/png", "one"],
      ["photo", "image/jpeg", "\u0001\u0002"],
    ]);
    await expect(client.download({ bad: true })).rejects.toMatchObject({ status: 500 });
  });

  it("one operation, three media types: each is read as it is, and comes to the same", async () => {
    const card = { name: "A | B & C+", age: 7, tags: ["x y", "z"], where: { city: "Bern" } };
    for (const contentType of ["multipart/form-data", "application/x-www-form-urlencoded", "application/json"]) {
      expect(await client.fillIn({ body: card }, { contentType })).toEqual({ as: contentType, card });
    }
    await expect(client.fillIn({ body: card }, { contentType: "text/plain" })).rejects.toMatchObject({
      code: "invalid_input",
    });
    expect((await post("/card", "{}", "application/xml")).status).toBe(415);
  });

  it("octets in and out, as they come", async () => {
    const content = octets(sizes.stream);
    expect(digestOf(await whole(await client.copy({ body: content })))).toBe(digestOf(content));
    const stream = new Blob([content]).stream() as ReadableStream<Uint8Array>;
    expect(digestOf(await whole(await client.copy({ body: stream })))).toBe(digestOf(content));
    expect((await whole(await client.copy({ body: new Blob([]) }))).length).toBe(0);
  });

  it("R37 octets beyond the limit are 413, with a length that is said and without", async () => {
    await expect(client.copy({ body: octets(262_145) })).rejects.toMatchObject({ status: 413 });
    const stream = new Blob([octets(262_145)]).stream() as ReadableStream<Uint8Array>;
    await expect(client.copy({ body: stream }).then(whole)).rejects.toThrow();
  });

  it("items go in and come out one by one, validated each (R38)", async () => {
    expect(await listed(await client.echo({ body: counted(20) }))).toEqual(await listed(counted(20)));
    const bad = await post("/echo", '{"n":1}\n{"n":"x"}\n', "application/jsonl");
    expect([bad.status, bad.status === 422 ? bad.json.errors : undefined]).toEqual([
      422,
      [{ in: "body", pointer: "#/1/n", detail: expect.any(String) }],
    ]);
    expect((await post("/echo", '{"n":1}\n{"n":1,"n":2}\n', "application/jsonl")).status).toBe(400);
    expect((await post("/echo", '{"n":1,"__proto__":2}', "application/jsonl")).status).toBe(400);
    expect((await post("/echo", `{"n":1,"at":"${"x".repeat(5_000)}"}`, "application/jsonl")).status).toBe(413);
  });

  it("events, texts and sequences", async () => {
    expect(await listed(await client.events({}))).toEqual([
      { id: "0", event: "tick", data: { n: 0 } },
      { id: "1", event: "tick", data: { n: 1 } },
      { id: "2", event: "tick", retry: 50, data: { n: 2 } },
    ]);
    const resumed = await client.events({}, { headers: { "Last-Event-ID": "1" } });
    expect((await listed(resumed)).map(({ id }) => id)).toEqual(["2"]);
    expect(await listed(await client.texts())).toEqual([
      { data: "a\nb\n\nc" },
      { data: "", retry: 5 },
      { data: ": x" },
    ]);
    expect(await listed(await client.sequence())).toEqual([1, 2, 3]);
  });

  it("an item that breaks its schema ends the stream, and the client sees that it broke off", async () => {
    const seen: unknown[] = [];
    const read = async () => {
      for await (const one of await client.events({ fail: true })) seen.push(one);
    };
    await expect(read()).rejects.toThrow();
    expect(seen.length).toBeLessThan(4);
    expect(JSON.stringify(state.log)).toContain("an item is invalid");
  });

  it("a handler hears that the caller went away", async () => {
    state.left = false;
    for await (const one of await client.events({})) {
      expect(one.data.n).toBe(0);
      break;
    }
    for (let at = 0; at < 200 && !state.left; at++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(state.left).toBe(true);
  });

  it("Accept decides, 406 before the handler runs", async () => {
    const get = (accept: string, target = "/report?total=3") =>
      send({ port: host.port } as never, { target, headers: accept === "" ? [] : [`Accept: ${accept}`] });
    const of = async (accept: string) => (await get(accept)).headers["content-type"]?.[0]?.split(";")[0];
    expect(await of("")).toBe("application/json");
    expect(await of("*/*")).toBe("application/json");
    expect(await of("text/csv")).toBe("text/csv");
    expect(await of("application/json;q=0.1, text/csv;q=0.5")).toBe("text/csv");
    expect(await of("text/*;q=0.9, application/json;q=0.8")).toBe("text/csv");
    const ran = state.reports;
    expect((await get("application/xml")).status).toBe(406);
    expect((await get("text/csv;q=0, application/json;q=0, text/plain;q=0")).status).toBe(406);
    expect(state.reports).toBe(ran);
    expect(await client.report({ total: 3 }, { accept: "text/csv" })).toBe("total\n3");
    expect(await client.report({ total: 3 })).toEqual({ total: 3 });
  });

  it("response headers are written as the spec says; one that is required, or does not fit, is a failure of ours", async () => {
    const get = (total: number) => send({ port: host.port } as never, { target: `/report?total=${total}` });
    expect((await get(3)).headers).toMatchObject({ "x-total": ["3"], "x-tags": ["a,b"] });
    expect((await get(11)).status).toBe(500);
    expect((await get(-1)).status).toBe(500);
    expect((await get(204)).status).toBe(202);
  });
});

describe("multipart, at any seam", () => {
  it("however the octets are cut, the parts come out the same", async () => {
    const { api } = apiOf();
    const handle = async (pieces: readonly Uint8Array[], boundary: string) => {
      const chunks = async function* () {
        yield* pieces;
      };
      const reply = await api.handle({
        method: "POST",
        target: "/album",
        headers: { all: (name) => (name === "content-type" ? [`multipart/form-data; boundary=${boundary}`] : []) },
        address: "192.0.2.1",
        tls: undefined,
        signal: new AbortController().signal,
        read: () => Promise.reject(new Error("not read whole")),
        chunks,
      });
      return [reply?.status, reply?.body];
    };
    const content = fc.uint8Array({ maxLength: 200 });
    const tricky = fc.constantFrom("\r\n", "\r\n--", "\r\n--x", "--x--", "\r", "\n").map((text) => Buffer.from(text));
    const file = fc.array(fc.oneof(content, tricky), { maxLength: 4 }).map((all) => new Uint8Array(Buffer.concat(all)));
    const cuts = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(file, fc.string({ maxLength: 5 }), cuts, async (photo, caption, lengths) => {
        const { body, type } = multipart.write(
          "body",
          { caption, photo: { content: photo, type: "image/png" } },
          {
            media: ["multipart/form-data"],
            required: true,
            parts: { "multipart/form-data": [{ name: "caption" }, { name: "photo", file: [] }] },
          },
          "multipart/form-data",
        );
        if (typeof body !== "object" || !("open" in body)) throw new Error("not streamed");
        const octets = await whole(body.open());
        const pieces: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < octets.length; turn++) {
          const length = 1 + (lengths[turn % lengths.length] ?? 0);
          pieces.push(octets.subarray(at, at + length));
          at += length;
        }
        const [status, reply] = await handle(pieces, type.split("boundary=")[1] ?? "");
        expect(status).toBe(200);
        const seen = JSON.parse(String(reply));
        expect(seen.fields).toEqual({ caption });
        expect(seen.files).toMatchObject([{ size: photo.length, digest: digestOf(photo) }]);
      }),
      { numRuns: 100 },
    );
  });

  it("items, however they are cut", async () => {
    const events = fc.array(
      fc.record(
        { data: fc.string({ unit: "grapheme" }), event: fc.constantFrom("a", "b") },
        { requiredKeys: ["data"] },
      ),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(events, fc.integer({ min: 1, max: 4 }), async (all, length) => {
        const { body } = items.write(
          "body",
          all,
          { media: ["text/event-stream"], required: true },
          "text/event-stream",
        );
        if (typeof body !== "object" || !("open" in body)) throw new Error("not streamed");
        const octets = await whole(body.open());
        const cut = new ReadableStream<Uint8Array>({
          start: (controller) => {
            for (let at = 0; at < octets.length; at += length) controller.enqueue(octets.slice(at, at + length));
            controller.close();
          },
        });
        const read = items.read(cut, "text/event-stream", { media: [] }) as AsyncIterable<unknown>;
        const wanted = all.map(({ data, ...rest }) => ({ ...rest, data: data.replace(/\r\n|\r/g, "\n") }));
        expect(await listed(read)).toEqual(wanted);
      }),
      { numRuns: 100 },
    );
  });
});
