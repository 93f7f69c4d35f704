import { describe, expect, it } from "vitest";
import { costOf } from "../../../../generator/patterns/cost.js";

describe("the cost of a pattern", () => {
  it("judges counted patterns without the copies", () => {
    expect(costOf("^arn:aws[a-z-]*:backup:[-a-z0-9]+:[0-9]{12}:([a-z0-9\\-]+:)?[a-z][a-z0-9\\-]{0,255}$").kind).toBe(
      "linear",
    );
    expect(costOf("magnet:\\?xt=urn:[a-z0-9]+:[a-z0-9]{32}").kind).toBe("linear");
  });

  it("does not mind what ends in anything", () => {
    expect(costOf("^(a{1,9}b)*.*").kind).toBe("linear");
    expect(costOf("^(a+)+\\.*").kind).toBe("linear");
    expect(costOf("^(a+)+\\.+").kind).toBe("exponential");
  });

  it("judges the pattern itself where the one without counts is dear", () => {
    expect(costOf("^(a{1,9}b)*$").kind).toBe("linear");
    expect(costOf("^([a-z]{10})*$").kind).toBe("linear");
  });

  it("takes what is cheap enough without counts as it is, where copies of copies would take a minute", () => {
    const name = "\\A(\\*\\.)?([a-zA-Z0-9-_]{1,63}\\.)+([a-zA-Z]{2,3}\\.)?([a-zA-Z]{2,16}|xn--[a-zA-Z0-9]+)\\Z";
    expect(costOf(name)).toEqual({ kind: "polynomial", degree: 2 });
    expect(costOf("(arn:[0-9]{12}:group\\/)?([a-zA-Z0-9](-*[a-zA-Z0-9]){0,119})").kind).toBe("polynomial");
  });

  it("takes the one without counts for the most that it can cost, where nobody can judge the pattern itself", () => {
    expect(costOf("[a-z]*([a-z]{0,9999}-){9}$")).toMatchObject({ kind: "polynomial" });
  });

  it("R36 does not take for nothing what counts hide: five parts of a hundred characters are split in millions of ways", () => {
    expect(costOf("^([a-z]{0,100}){5}$")).toMatchObject({ kind: "polynomial", degree: 5 });
    expect(costOf("^[a-z]{0,255}[a-z0-9]{0,255}[a-z0-9]{0,255}$")).toMatchObject({ kind: "polynomial", degree: 3 });
    expect(costOf("^([a-z0-9]{1,8}-?){1,8}$").kind).toBe("unjudged");
  });

  it("minds no few choices, and no count that leaves none", () => {
    expect(costOf("[a-z]{1,63}").kind).toBe("linear");
    expect(costOf("^([a-z0-9]{1,7}-?){1,7}$").kind).toBe("linear");
    expect(costOf("^([A-Z0-9]{4}-?){8}$").kind).toBe("linear");
  });

  it("multiplies what is looked at ahead, and takes back references for any text", () => {
    expect(costOf("^(?=.*[A-Z])(?=.*\\d).{8,}$")).toEqual({ kind: "polynomial", degree: 2 });
    expect(costOf("^(?!.*(foo.*bar.*))[a-z]*$")).toMatchObject({ kind: "polynomial" });
    expect(costOf("^(?=(a+)+$)a").kind).toBe("exponential");
    expect(costOf("^(a+)+\\1$").kind).toBe("exponential");
    expect(costOf("^([a-z])\\1$").kind).toBe("linear");
  });

  it("takes a back reference for any text where its group is outside of what looks ahead, too", () => {
    expect(costOf("^(a)(?=(?:\\1|a)+$)").kind).toBe("exponential");
    expect(costOf("^(?<x>a)(?=b(?!(?:\\k<x>|a)+$))").kind).toBe("exponential");
    expect(costOf("^(a)(?=x\\1$)")).toEqual({ kind: "polynomial", degree: 2 });
  });

  it("reads what is looked at ahead as the whole pattern is read, which may be one in no other way", () => {
    // As Unicode the class is one character; without, it is two code units, one of which is the other way.
    expect(costOf("^(?=(?:[😀]|\\uDE00)+$)").kind).toBe("polynomial");
    expect(costOf("^\\-(?=(?:[😀]|\\uDE00)+$)").kind).toBe("exponential");
  });

  it("says of what looks behind that nobody can say", () => {
    expect(costOf("^(?<=(a+)+)b").kind).toBe("unjudged");
  });

  it("still finds what grows", () => {
    expect(costOf("^(a{0,64})*$").kind).toBe("exponential");
    expect(costOf("a{9,}a{9,}$").kind).toBe("polynomial");
  });
});
