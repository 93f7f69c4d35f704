import { describe, expect, it } from "vitest";
import { costOf, unbounded } from "../../../../generator/rules/pattern-cost.js";

describe("the cost of a pattern", () => {
  it("forgets large counts, and nothing that only looks like one", () => {
    expect(unbounded("^[a-z]{32}:[{10}]\\{40}\\u{1F600}\\p{Lu}{2,3}x{0,255}y{9,}z{64}$")).toBe(
      "^[a-z]+:[{10}]\\{40}\\u{1F600}\\p{Lu}{2,3}x*y+z+$",
    );
  });

  it("judges counted patterns without the copies", () => {
    expect(costOf("^arn:aws[a-z-]*:backup:[-a-z0-9]+:[0-9]{12}:([a-z0-9\\-]+:)?[a-z][a-z0-9\\-]{0,255}$").kind).toBe(
      "linear",
    );
    expect(costOf("magnet:\\?xt=urn:[a-z0-9]+:[a-z0-9]{32}").kind).toBe("linear");
  });

  it("judges the pattern itself where the one without counts is dear", () => {
    expect(costOf("^(a{1,9}b)*$").kind).toBe("linear");
    expect(costOf("^([a-z]{10})*$").kind).toBe("linear");
  });

  it("still finds what grows", () => {
    expect(costOf("^(a{0,64})*$").kind).toBe("exponential");
    expect(costOf("a{9,}a{9,}$").kind).toBe("polynomial");
  });
});
