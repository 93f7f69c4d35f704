import { describe, expect, it } from "vitest";
import { escaped, unescaped } from "../../../../generator/model/json-pointer.js";

describe("tokens of a JSON pointer", () => {
  it.each([
    ["a/b", "a~1b"],
    ["m~n", "m~0n"],
    ["~1", "~01"],
    ["/~0~", "~1~00~0"],
    ["", ""],
  ])("%j is %j, and back", (name, token) => {
    expect([escaped(name), unescaped(token)]).toEqual([token, name]);
  });
});
