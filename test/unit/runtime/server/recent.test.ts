import { describe, expect, it } from "vitest";
import { recent } from "../../../../runtime/src/server/recent.js";

describe("what was made of a text lately", () => {
  it("is made once", () => {
    let made = 0;
    const lengthOf = recent((text) => {
      made += 1;
      return text.length;
    });
    expect([lengthOf("abc"), lengthOf("ab"), lengthOf("abc")]).toEqual([3, 2, 3]);
    expect(made).toBe(2);
  });

  it("is not remembered of long texts", () => {
    const made: number[] = [];
    const lengthOf = recent((text) => made.push(text.length));
    for (const length of [256, 256, 257, 257]) lengthOf("x".repeat(length));
    expect(made).toEqual([256, 257, 257]);
  });

  it("is forgotten before it fills the memory, and is then made again", () => {
    const made: string[] = [];
    const twice = recent((text) => {
      made.push(text);
      return `${text}${text}`;
    });
    for (let at = 0; at < 10_000; at += 1) expect(twice(`t${at}`)).toBe(`t${at}t${at}`);
    // The last ones are still there, the first ones are not.
    for (const one of ["t9999", "t0"]) expect(twice(one)).toBe(`${one}${one}`);
    expect(made.filter((one) => one === "t9999")).toHaveLength(1);
    expect(made.filter((one) => one === "t0")).toHaveLength(2);
  });
});
