import "temporal-polyfill/global";
import * as fc from "fast-check";
import type {} from "temporal-polyfill/types/global";
import { describe, expect, it } from "vitest";
import { narrowed, WideInteger, wideInteger } from "../../../../runtime/src/http/exact.js";
import { EncodingError } from "../../../../runtime/src/http/faults.js";
import { adopt, heldOf, hold, release } from "../../../../runtime/src/http/held.js";
import { holdContent, releaseContent } from "../../../../runtime/src/http/held-content.js";
import { parseJson } from "../../../../runtime/src/http/json.js";
import { jsonText } from "../../../../runtime/src/http/json-text.js";
import type { Held } from "../../../../runtime/src/policy/index.js";

const wide = 2n ** 60n + 1n;
const read = (text: string) => {
  const reading = parseJson(text, 16, undefined, true);
  if ("fault" in reading) throw new Error(reading.fault);
  return reading.value;
};
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("a JSON text, read exactly", () => {
  it.each([
    ["1152921504606846977", "1152921504606846977"],
    ["-1152921504606846977", "-1152921504606846977"],
    ["1.152921504606846977e18", "1152921504606846977"],
    ["11529215046068469770e-1", "1152921504606846977"],
    ["9007199254740992", "9007199254740992"],
    ["1152921504606846977.000", "1152921504606846977"],
    ["1e30", `1${"0".repeat(30)}`],
  ])("%s keeps its digits", (text, digits) => {
    expect(read(`[${text}]`)).toEqual([new WideInteger(digits)]);
    expect(read(text)).toEqual(new WideInteger(digits));
  });

  it.each(["0", "-0", "1.5", "9007199254740991", "1e3", "1.25e1", "1e-400", "0.1152921504606846977"])(
    "%s is a number, as it was",
    (text) => {
      expect(wideInteger(text)).toBeUndefined();
      expect(read(`{"a":${text}}`)).toEqual({ a: JSON.parse(text) });
    },
  );

  it("texts and names that look like numbers stay what they are", () => {
    const text = '{"1152921504606846977":"1152921504606846977","a\\"1152921504606846977":["\\\\",1152921504606846977]}';
    expect(plain(narrowed(read(text)))).toEqual(JSON.parse(text));
    expect(read(text)).toMatchObject({ "1152921504606846977": "1152921504606846977" });
  });

  it("R31 to R34 is as strict as ever", () => {
    for (const text of [
      '{"a":1152921504606846977,"a":1}',
      "[1e400,1152921504606846977]",
      '{"__proto__":1152921504606846977}',
    ])
      expect(parseJson(text, 16, undefined, true)).toHaveProperty("fault");
    expect(parseJson("[[1152921504606846977]]", 1, undefined, true)).toHaveProperty("fault");
    expect(Object.getPrototypeOf(read('{"a":1152921504606846977}'))).toBeNull();
  });

  it("whatever JSON there is, is what JSON.parse makes of it once it is narrowed", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.bigInt(), (value, integer) => {
        fc.pre(!JSON.stringify(value).includes("__proto__"));
        const text = jsonText({ value, integer }) ?? "";
        expect(text).toBe(JSON.stringify({ value, integer: "?" }).replace('"?"}', `${integer}}`));
        expect(plain(narrowed(read(text)))).toEqual(plain(JSON.parse(text)));
        expect(hold(read(text), { members: { integer: "bigint" } })).toMatchObject({ integer });
      }),
    );
  });
});

describe("values that code holds", () => {
  const node: Held = { members: { id: "bigint", next: () => node }, rest: ["digits", { items: () => node }] };

  it("come and go through references that contain themselves", () => {
    const value = hold(read(`{"id":1,"next":{"id":${wide},"next":null},"more":7,"all":[{"id":2}]}`), node);
    expect(value).toEqual({ id: 1n, next: { id: wide, next: null }, more: "7", all: [{ id: 2n }] });
    expect(jsonText(release(value, node))).toBe(`{"id":1,"next":{"id":${wide},"next":null},"more":7,"all":[{"id":2}]}`);
  });

  it("a schema that is a part of itself ends", () => {
    const loop: Held = [() => loop, "bigint"];
    expect(hold(5, loop)).toBe(5n);
  });

  it("two schemas that judge one value hold it once", () => {
    const both: Held = [{ members: { id: "digits", at: "Date" } }, { members: { id: "digits", at: "Date" } }];
    const value = hold(read(`{"id":${wide},"at":"2026-01-02T03:04:05Z"}`), both);
    expect(value).toEqual({ id: String(wide), at: new Date("2026-01-02T03:04:05Z") });
    expect(hold(read('[{"id":5}]'), { items: both })).toEqual([{ id: "5" }]);
    expect(hold(read('{"id":"5"}'), both)).toEqual({ id: Number.NaN });
    expect(hold(5, ["digits", "digits"])).toBe("5");
    expect(adopt({ id: 5 }, both)).toEqual({ id: "5" });
    expect(jsonText(release(value, both))).toBe(`{"id":${wide},"at":"2026-01-02T03:04:05.000Z"}`);
  });

  it("a moment is written by the one of two schemas that can, and refused where none can", () => {
    const both: Held = ["PlainDate", { members: { at: "PlainDate" } }, { members: { at: "Instant" } }, "Instant"];
    const instant = Temporal.Instant.from("2026-01-02T03:04:05Z");
    const day = Temporal.PlainDate.from("2026-01-02");
    expect([release(instant, both), release(day, both)]).toEqual(["2026-01-02T03:04:05Z", "2026-01-02"]);
    expect([release({ at: instant }, both), release({ at: day }, both)]).toEqual([
      { at: "2026-01-02T03:04:05Z" },
      { at: "2026-01-02" },
    ]);
    for (const none of [new Date(0), { at: new Date(Number.NaN) }])
      expect(() => release(none, both)).toThrow(EncodingError);
    expect(() => release({ at: day }, { members: { at: "Instant" } })).toThrow(EncodingError);
  });

  it("an integer is no object, whatever its members are called", () => {
    const either: Held = ["digits", { members: { digits: "digits" } }];
    expect(hold(read(String(wide)), either)).toBe(String(wide));
    expect(hold(read(`{"digits":${wide}}`), either)).toEqual({ digits: String(wide) });
  });

  it("octets that are read are left as they are; items are held one by one", async () => {
    const octets = new Blob(["x"]).stream();
    expect(holdContent(octets, undefined)).toBe(octets);
    const stream = new ReadableStream<string>({
      start: (controller) => {
        controller.enqueue("5");
        controller.close();
      },
    });
    const items: unknown[] = [];
    for await (const item of releaseContent(stream, "digits") as AsyncIterable<unknown>) items.push(item);
    expect(items).toEqual([5n]);
  });

  it("an answer holds what its own status and media type say", () => {
    const responses = { 202: {}, "2XX": { "application/json": "digits" }, default: { "text/csv": "Date" } } as const;
    expect(heldOf(responses, 200, "application/json;version=2")).toBe("digits");
    expect(heldOf(responses, 202, "application/json")).toBeUndefined();
    expect(heldOf(responses, 404, "text/csv")).toBe("Date");
    expect(heldOf(responses, 200, undefined)).toBeUndefined();
    expect(heldOf(undefined, 200, "application/json")).toBeUndefined();
  });

  it("what is released is a copy where it changes, and the handler's own where it does not", () => {
    const own = { id: 1n, rest: [1] };
    expect(release(own, { members: { id: "bigint" } })).toBe(own);
    const held: Held = { members: { id: "digits" } };
    const texts = { id: "5" };
    expect(release(texts, held)).toEqual({ id: 5n });
    expect(texts).toEqual({ id: "5" });
  });

  it("a text on the wire is no integer; what tRPC hands in may be digits already", () => {
    expect(hold("5", "digits")).toBeNaN();
    expect(hold("5", "bigint")).toBe("5");
    expect([adopt("5", "digits"), adopt(5, "digits"), adopt(5, "bigint")]).toEqual(["5", "5", 5n]);
    expect(() => release("x", "digits")).toThrow(EncodingError);
  });

  it("what no schema marks is a number, however deep it stands", () => {
    expect(plain(hold(read(`{"a":[{"b":[${wide}]}]}`), { members: { c: "bigint" } }))).toEqual({
      a: [{ b: [Number(wide)] }],
    });
  });
});
