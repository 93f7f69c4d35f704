import type { Field } from "@sallyport/runtime/policy";
import { describe, expect, it } from "vitest";
import { decodeCookie, decodeHeader, decodePath, decodeQuery } from "../../../../runtime/src/http/fields.js";

const headersOf = (name: string, ...lines: readonly string[]) => ({
  all: (one: string) => (one === name ? lines : []),
});
const point = { x: "integer", y: "integer" } as const;

describe("path parameters", () => {
  it.each<[Omit<Field, "name">, string, unknown]>([
    [{}, "a%2Fb", "a/b"],
    [{}, "a%252Fb", "a%2Fb"],
    [{ kind: "integer" }, "-7", -7],
    [{ kind: "integer" }, "7.0", 7],
    [{ kind: "integer" }, "0x7", "0x7"],
    [{ kind: "number" }, "1.5e2", 150],
    [{ kind: "boolean" }, "true", true],
    [{ kind: "boolean" }, "1", "1"],
    [{ kind: ["integer"] }, "1,2,3", [1, 2, 3]],
    [{ kind: ["string"] }, "a%2Cb,c", ["a,b", "c"]],
    [{ kind: point }, "x,1,y,2", { x: 1, y: 2 }],
    [{ kind: point, explode: true }, "x=1,y=2", { x: 1, y: 2 }],
    [{ style: "label" }, ".a", "a"],
    [{ style: "label", kind: ["integer"], explode: true }, ".1.2", [1, 2]],
    [{ style: "matrix" }, ";p=a", "a"],
    [{ style: "matrix", kind: ["integer"] }, ";p=1,2", [1, 2]],
    [{ style: "matrix", kind: ["integer"], explode: true }, ";p=1;p=2", [1, 2]],
    [{ style: "matrix", kind: point, explode: true }, ";x=1;y=2", { x: 1, y: 2 }],
    [{ kind: "json" }, "%7B%22a%22:1%7D", { a: 1 }],
  ])("%j %s", (field, raw, value) => {
    expect(decodePath([{ name: "p", ...field }], { p: raw })).toEqual({ value: { p: value } });
  });

  it.each<[Omit<Field, "name">, string]>([
    [{}, "%"],
    [{}, "%ff"],
    [{ kind: point }, "x,1,y"],
    [{ kind: point }, "x,1,x,2"],
    [{ kind: "json" }, "%7B"],
    [{ style: "label" }, "a"],
    [{ style: "matrix" }, ";q=a"],
    [{ style: "matrix" }, ";p=a;p=b"],
  ])("R34, R35 %j %s cannot be read", (field, raw) => {
    expect(decodePath([{ name: "p", ...field }], { p: raw })).toMatchObject({
      faults: [{ in: "path", pointer: "#/p" }],
    });
  });
});

describe("query parameters", () => {
  it.each<[Omit<Field, "name">, string, unknown]>([
    [{}, "p=a%20b", "a b"],
    [{}, "p=a=b", "a=b"],
    [{}, "p", ""],
    [{ kind: ["integer"] }, "p=1&p=2", [1, 2]],
    [{ kind: ["integer"] }, "p=1", [1]],
    [{ kind: ["string"], explode: false }, "p=a,b%2Cc", ["a", "b,c"]],
    [{ kind: ["string"], style: "spaceDelimited", explode: false }, "p=a%20b", ["a", "b"]],
    [{ kind: ["string"], style: "pipeDelimited", explode: false }, "p=a%7Cb|c", ["a", "b", "c"]],
    [{ kind: point }, "x=1&y=2", { x: 1, y: 2 }],
    [{ kind: point, explode: false }, "p=x,1,y,2", { x: 1, y: 2 }],
    [{ kind: point, style: "deepObject" }, "p%5Bx%5D=1&p[y]=2", { x: 1, y: 2 }],
    [{ kind: "json" }, "p=[1]", [1]],
  ])("%j %s", (field, raw, value) => {
    expect(decodeQuery([{ name: "p", ...field }], raw)).toEqual({ value: { p: value } });
  });

  it.each<[Omit<Field, "name">, string]>([
    [{}, "p=1&p=2"],
    [{}, "p=%zz"],
    [{}, "%zz=1"],
    [{ kind: ["string"], explode: false }, "p=1&p=2"],
    [{ kind: point, style: "deepObject" }, "p[x]=1&p[x]=2"],
  ])("R35 %j %s cannot be read", (field, raw) => {
    expect(decodeQuery([{ name: "p", ...field }], raw)).toHaveProperty("faults");
  });

  it("names that no field has are kept, so that a schema can refuse them, and reach no prototype", () => {
    const reading = decodeQuery([{ name: "p" }], "q=1&__proto__=2&p[__proto__][x]=3");
    expect("value" in reading && Object.keys(reading.value).sort()).toEqual(["__proto__", "p[__proto__][x]", "q"]);
    expect("value" in reading && Object.getPrototypeOf(reading.value)).toBeNull();
  });
});

describe("header and cookie parameters", () => {
  it("are taken as they are", () => {
    expect(decodeHeader([{ name: "X-P" }], headersOf("x-p", "a%20b"))).toEqual({ value: { "X-P": "a%20b" } });
    expect(decodeHeader([{ name: "X-P", kind: ["integer"] }], headersOf("x-p", "1, 2", "3"))).toEqual({
      value: { "X-P": [1, 2, 3] },
    });
    expect(decodeCookie([{ name: "p", kind: "integer" }], headersOf("cookie", "q=1; p=2"))).toEqual({
      value: { p: 2 },
    });
    expect(decodeHeader([{ name: "X-P" }], headersOf("x-q", "a"))).toEqual({ value: {} });
  });

  it("R35 that came twice cannot be read", () => {
    expect(decodeHeader([{ name: "X-P" }], headersOf("x-p", "a", "b"))).toMatchObject({
      faults: [{ in: "header", pointer: "#/X-P" }],
    });
    expect(decodeCookie([{ name: "p" }], headersOf("cookie", "p=1; p=2"))).toMatchObject({
      faults: [{ in: "cookie" }],
    });
  });
});
