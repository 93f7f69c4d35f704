import { describe, expect, it } from "vitest";
import { codecOf } from "../../../../runtime/src/http/codec.js";
import { isUtf8, matchMedia, parseMediaType } from "../../../../runtime/src/http/media.js";

describe("a media type", () => {
  it.each([
    ["application/json", "application/json"],
    ["Application/JSON", "application/json"],
    ["application/json;charset=utf-8", "application/json"],
    ['application/json ; Charset="UTF-8"', "application/json"],
    ["application/json;", "application/json"],
    ["application/problem+json; profile=x", "application/problem+json"],
  ])("%s is %s", (text, essence) => {
    expect(parseMediaType(text)?.essence).toBe(essence);
  });

  it.each([
    "application/json\ta",
    " application/json",
    "application/json garbage",
    "application/json, text/plain",
    "application/json; charset",
    "application/json; charset=utf-8 x",
    "application/json; charset=utf-8; charset=utf-16",
    "application/json; charset = utf-8",
    'application/json; charset="utf-8',
    "application",
    "application/",
    "/json",
    "",
    "application/json\u0000",
  ])("R30 %j is unreadable", (text) => {
    expect(parseMediaType(text)).toBeUndefined();
  });

  it("charset is UTF-8 or not said", () => {
    const said = (text: string) => {
      const media = parseMediaType(text);
      return media !== undefined && isUtf8(media);
    };
    expect(said("application/json")).toBe(true);
    expect(said("application/json;charset=UTF-8")).toBe(true);
    expect(said("application/json;charset=utf-7")).toBe(false);
    expect(said('text/plain;charset="utf-16"')).toBe(false);
  });

  it("an exact type is matched before a range", () => {
    const declared = ["*/*", "image/*", "image/png", "application/json; v=1"];
    expect(matchMedia(declared, "image/png")).toBe("image/png");
    expect(matchMedia(declared, "image/gif")).toBe("image/*");
    expect(matchMedia(declared, "application/json")).toBe("application/json; v=1");
    expect(matchMedia(declared, "text/plain")).toBe("*/*");
    expect(matchMedia(["application/json"], "text/plain")).toBeUndefined();
  });

  it.each([
    ["application/json", "json"],
    ["application/vnd.x+json", "json"],
    ["application/x-www-form-urlencoded", "form"],
    ["text/csv", "text"],
    ["text/*", "text"],
    ["*/*", "octets"],
    ["application/jsonx", "octets"],
    ["image/png", "octets"],
  ])("%s is read as %s", (essence, codec) => {
    expect(codecOf(essence)).toBe(codec);
  });
});
