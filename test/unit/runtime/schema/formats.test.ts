import { type FormatName, format } from "@sallyport/runtime/schema";
import { describe, expect, it } from "vitest";
import * as z from "zod";

const fits = (name: FormatName, text: string) => z.string().check(format(name)).safeParse(text).success;
type Rows = Readonly<Record<FormatName, readonly [right: readonly string[], wrong: readonly string[]]>>;

const rows: Rows = {
  "date-time": [
    [
      "1963-06-19T08:30:06.283185Z",
      "1990-12-31t15:59:50.123-08:00",
      "1998-12-31T23:59:60Z",
      "1998-12-31T15:59:60.123-08:00",
    ],
    [
      "1998-12-31T23:58:60Z",
      "1998-12-31T22:59:60Z",
      "2013-02-29T00:00:00Z",
      "2013-01-01T24:00:00Z",
      "2013-01-01T06:15Z",
      "06/19/1963 08:30:06 PST",
      "2013-350T01:01:01",
      "1963-06-19T08:30:06",
      "1963-06-19 08:30:06Z",
      "1963-06-19T08:30:06+26:00",
      "1963-06-1৪T00:00:00Z",
    ],
  ],
  "date-time-local": [["1963-06-19T08:30:06"], ["1963-06-19T08:30:06Z", "1963-06-19"]],
  time: [
    ["08:30:06Z", "08:30:06.283185Z", "08:30:06+00:20", "23:59:60Z", "01:29:60+01:30", "15:59:60-08:00"],
    ["08:30:06", "22:59:60Z", "23:59:60+01:00", "08:30:61Z", "24:00:00Z", "8:30:06Z", "12:00:00Z+00:30", "08:30Z"],
  ],
  "time-local": [
    ["08:30:06", "08:30:06.5"],
    ["08:30:06Z", "08:30"],
  ],
  duration: [
    ["P4DT12H30M5S", "P4Y", "PT0S", "P0D", "P1M", "PT1M", "PT36H", "P1DT12H", "P2W", "P1Y2M3D"],
    ["PT1D", "4DT12H30M5S", "P", "P1YT", "PT", "P2D1Y", "P1D2H", "P2S", "P1Y2W", "P1Y1D", "PT1H1S", "P1.5D", "P২Y"],
  ],
  "http-date": [["Sun, 06 Nov 1994 08:49:37 GMT"], ["Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC"]],
  email: [
    [
      "joe.bloggs@example.com",
      "te~st@example.com",
      '"joe bloggs"@example.com',
      '"joe..b"@example.com',
      "a@[127.0.0.1]",
      "a@[IPv6:::1]",
      "a@b",
    ],
    [
      "2962",
      ".test@example.com",
      "test.@example.com",
      "te..st@example.com",
      "a@-b.example",
      "a@[127.0.0.300]",
      "a b@example.com",
      "@example.com",
      `${"a".repeat(65)}@b.example`,
    ],
  ],
  hostname: [
    ["www.example.com", "a", "1host", `${"a".repeat(63)}.com`, "xn--4gbwdl.xn--wgbh1c", "a--b"],
    [
      "-a.example",
      "a-.example",
      "not_valid",
      "a..b",
      ".a",
      "a.",
      `${"a".repeat(64)}.com`,
      "",
      `${"a.".repeat(130)}a`,
      "ｅｘａｍｐｌｅ",
    ],
  ],
  uri: [
    [
      "http://foo.bar/?baz=qux#quuz",
      "urn:oasis:names:x",
      "mailto:John.Doe@example.com",
      "ldap://[2001:db8::7]/c=GB?o?one",
      "tel:+1-816-555-1212",
      "http://u%40:@h.example:80/%20",
      "file:///etc/hosts",
      "a:",
    ],
    [
      "//foo.bar/?baz",
      "/abc",
      "abc",
      "\\\\WINDOWS\\share",
      ":// no",
      "http://a b",
      "http://a/%zz",
      "http:// shouldfail.com",
      "bar,baz:x",
      "https://[@x/",
      "http://ä.example",
      "1http://x",
    ],
  ],
  "uri-reference": [
    ["http://a.example/x", "/abc", "abc", "", "#frag", "?q", "//h/p", "a/b:c", "./a:b"],
    ["\\\\W\\s", "#frag\\x", "a b", "1:b"],
  ],
  iri: [
    ["http://ƒøø.ßår/?∂éœ=πîx#πîüx", "urn:ü"],
    ["//ƒøø", "http://a b", "âππ"],
  ],
  "iri-reference": [
    ["âππ", "//ƒøø.ßår", "#ƒräg"],
    ["\\\\WINDOWS", "a b"],
  ],
  "uri-template": [
    ["http://e.com/d/{term:1}/{term}", "{?q,lang*}", "plain", ""],
    ["http://e.com/{term:1}/{term", "{}", "{a b}", "x y"],
  ],
  "json-pointer": [
    ["", "/", "/foo/0", "/a~1b/m~0n", "/ä"],
    ["foo", "/~", "/~2", "#/a", "/a~"],
  ],
  "relative-json-pointer": [
    ["0", "1/a/b", "120#", "0/"],
    ["/a", "-1/a", "01/a", "0##", "", "+1/a"],
  ],
  regex: [
    ["^a(b|c)+$", "\\p{L}"],
    ["^(abc]", "\\a", "(?<a>x)(?<a>y"],
  ],
  char: [
    ["a", "💩"],
    ["", "ab"],
  ],
};

describe.each(Object.entries(rows))("%s", (name, [right, wrong]) => {
  it("is had", () => {
    expect(right.filter((text) => !fits(name as FormatName, text))).toEqual([]);
  });

  it("is not had", () => {
    expect(wrong.filter((text) => fits(name as FormatName, text))).toEqual([]);
  });

  it("R36 takes no time that grows faster than the text", () => {
    const start = performance.now();
    for (const unit of ["a", "1", "a.", "a-", "/", "/a", "%41", "a@", '"', "~1", "P1", "1M", "{a,", "a:", "[:"]) {
      fits(name as FormatName, `${unit.repeat(50_000)}\n`);
    }
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

it("a text that has no format is told which, and nothing of it is quoted", () => {
  const { error } = z.string().check(format("email")).safeParse("secret");
  expect(error?.issues).toMatchObject([{ code: "custom", message: "Invalid email", path: [] }]);
});
