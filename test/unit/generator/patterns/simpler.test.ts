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
    const plain = { isRegular: true, isCounted: false, ahead: [] };
    expect(simplerOf("^(?=.*(?=x{20})y)(?!z)\\w{9}$", "u")).toMatchObject({
      way: "(?:^(?:)(?:)\\w+(?:))\uffff",
      isRegular: false,
      isCounted: true,
      ahead: [
        {
          pattern: "^(?:.*(?=x{20})y)",
          way: "^(?:.*(?:)y)\uffff",
          isRegular: false,
          ahead: [{ ...plain, pattern: "^(?:x{20})", way: "^(?:x+)\uffff", isCounted: true }],
        },
        { ...plain, pattern: "^(?:z)", way: "^(?:z)\uffff" },
      ],
    });
  });

  it("takes one for any text where its group is outside of what looks ahead", () => {
    expect(simplerOf("^(a)(?<q>b)(?=\\1+(?!\\k<q>$)$)", "u")).toMatchObject({
      way: "(?:^(a)(?<q>b)(?:))\uffff",
      ahead: [
        {
          way: "^(?:(?:[\\s\\S]*)+(?:)(?:))\uffff",
          isRegular: false,
          ahead: [{ way: "^(?:(?:[\\s\\S]*)(?:))\uffff", isRegular: false, ahead: [] }],
        },
      ],
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
