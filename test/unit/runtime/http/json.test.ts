import { describe, expect, it } from "vitest";
import { adoptJson, parseJson } from "../../../../runtime/src/http/json.js";

const value = (text: string, depth = 8) => {
  const reading = parseJson(text, depth);
  if ("fault" in reading) throw new Error(reading.fault);
  return reading.value;
};
const fault = (text: string, depth = 8) => {
  const reading = parseJson(text, depth);
  return "fault" in reading ? reading.fault : undefined;
};

describe("a JSON text", () => {
  it.each(['{"a":[1,2.5,-3e2,true,false,null,"x"]}', "[]", "{}", '"text"', "0", "null", '{"a":{"b":{"c":[]}}}'])(
    "%s reads as JSON.parse reads it",
    (text) => {
      expect(JSON.stringify(value(text))).toBe(JSON.stringify(JSON.parse(text)));
    },
  );

  it.each([
    "",
    " ",
    "{",
    "[1,]",
    "{'a':1}",
    "{a:1}",
    "01",
    "NaN",
    "undefined",
    '{"a":1}x',
    "[1 2]",
    '"\n"',
    '"\\x"',
    "\uFEFF{}",
  ])("%j is refused", (text) => {
    expect(fault(text)).toBe("The text is not JSON.");
  });

  it("R31 nests as deep as the limit and no deeper", () => {
    expect(fault("[[[1]]]", 3)).toBeUndefined();
    expect(fault("[[[[1]]]]", 3)).toContain("deeper than 3");
    expect(fault('{"a":{"a":{"a":{}}}}', 3)).toContain("deeper than 3");
    expect(fault('["[[[[[["]', 1)).toBeUndefined();
    expect(fault('["\\"[[[[[["]', 1)).toBeUndefined();
  });

  it("R31 a million brackets are refused without being followed", () => {
    expect(fault("[".repeat(1_000_000), 32)).toContain("deeper");
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '[{"x":{"b":1,"c":2,"b":3}}]',
    '{"":1,"":1}',
    '{"toString":1,"toString":2}',
  ])("R34 the duplicate name in %s is refused", (text) => {
    expect(fault(text)).toBe("An object has a name twice.");
  });

  it("R34 equal names in different objects, and colons in strings, are no duplicates", () => {
    expect(fault('[{"a":1},{"a":2,"b":{"a":"::\\":"}}]')).toBeUndefined();
  });

  it.each(['"\\ud800"', '{"\\udc00":1}', '["a\\ud800b"]', '"\\udc00\\ud800"'])(
    "R34 the lone surrogate in %s is refused",
    (text) => {
      expect(fault(text)).toBe("A string holds a lone surrogate.");
    },
  );

  it("R34 a pair of surrogates is a character", () => {
    expect(value('"\\ud83d\\ude00"')).toBe("😀");
  });

  it("a number beyond double precision is refused, not made infinite", () => {
    expect(fault("[1e400]")).toBe("A number is out of range.");
    expect(fault("[1e308]")).toBeUndefined();
  });

  it("R32 the name __proto__ is refused wherever it stands", () => {
    expect(fault('{"__proto__":{"x":1}}')).toBe("A name is not allowed.");
    expect(fault('{"a":[{"\\u005f_proto__":1}]}')).toBe("A name is not allowed.");
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it("R33 objects have no prototype", () => {
    const read = value('{"constructor":{"prototype":{"x":1}},"list":[{}]}') as { list: object[] };
    expect(Object.getPrototypeOf(read)).toBeNull();
    expect(Object.getPrototypeOf(read.list[0])).toBeNull();
    expect("toString" in read).toBe(false);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it("a value that was parsed elsewhere is held to the same", () => {
    expect(adoptJson(JSON.parse('{"__proto__":1}'), 4)).toEqual({ fault: "A name is not allowed." });
    expect(adoptJson([[[1]]], 2)).toEqual({ fault: "The JSON is nested deeper than 2." });
    expect(adoptJson({ a: "\ud800" }, 2)).toEqual({ fault: "A string holds a lone surrogate." });
    expect(adoptJson({ a: 1 }, 2)).toEqual({ value: { a: 1 } });
  });
});
