import { describe, expect, it } from "vitest";
import { flagsOf, namesProperty } from "../../../../generator/patterns/regular-expression.js";

describe("a pattern of the spec", () => {
  it.each([
    ["^.$", "u"],
    ["^\\-", ""],
    ["(", undefined],
  ])("%s is read with the flags %j", (pattern, flags) => {
    expect(flagsOf(pattern)).toBe(flags);
  });

  it.each([
    ["^x_", "x_id", true],
    ["^x_", "id", false],
    ["^.$", "😀", true],
    ["^\\-", "-n", true],
    ["^\\-", "n", false],
    ["(", "any", true],
  ])("%s names the property %s: %s", (pattern, name, names) => {
    expect(namesProperty(pattern, name)).toBe(names);
  });
});
