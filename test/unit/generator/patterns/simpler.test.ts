import { describe, expect, it } from "vitest";
import { simplerOf } from "../../../../generator/patterns/simpler.js";

describe("a pattern made simpler", () => {
  it("forgets large counts, and nothing that only looks like one", () => {
    expect(simplerOf("^[a-z]{32}:[{10}]\\{40\\}\\u{1F600}\\p{Lu}{2,3}x{0,255}y{9,}?z{64}$", "u")?.way).toBe(
      "(?:^[a-z]+:[{10}]\\{40\\}\\u{1F600}\\p{Lu}{2,3}x*y+?z+(?:))\uffff",
    );
  });

  it("forgets counts of what was counted", () => {
    expect(simplerOf("^(?:[0-9]{10}-){20}$", "u")?.way).toBe("(?:^(?:[0-9]+-)+(?:))\uffff");
  });

  it("takes apart what looks ahead, and leaves what is within to a judgement of its own", () => {
    expect(simplerOf("^(?=.*(?=x{20})y)(?!z)\\w{9}$", "u")).toEqual({
      way: "(?:^(?:)(?:)\\w+(?:))\uffff",
      ahead: ["^(?:.*(?=x{20})y)", "^(?:z)"],
      isRegular: false,
      isCounted: true,
    });
  });

  it("takes a back reference for any text", () => {
    expect(simplerOf("^(?<q>['\"])x\\k<q>{2}$", "u")).toMatchObject({
      way: "(?:^(?<q>['\"])x(?:[\\s\\S]*){2}(?:))\uffff",
      isRegular: false,
      isCounted: false,
    });
  });

  it("has nothing for what looks behind, and for what is no pattern", () => {
    expect(simplerOf("(?<!a)b", "u")).toBeUndefined();
    expect(simplerOf("(", "u")).toBeUndefined();
  });
});
