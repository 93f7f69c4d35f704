import { describe, expect, it } from "vitest";
import { rateLimitsOf } from "../../../../runtime/src/client/rate-limit.js";

const now = 1_800_000_000_000;
const of = (headers: Record<string, string>, legacy?: Parameters<typeof rateLimitsOf>[2]) =>
  rateLimitsOf(headers, now, legacy).map(({ name, remaining, reset }) => [name, remaining, reset]);

describe("RateLimit", () => {
  it.each([
    ['"perIp";r=5;t=30', [["perIp", 5, 30_000]]],
    [
      '"a";r=0;t=1, "b";t=60;r=100',
      [
        ["a", 0, 1_000],
        ["b", 100, 60_000],
      ],
    ],
    ['"a \\"quoted\\" name";r=1;t=2', [['a "quoted" name', 1, 2_000]]],
    ['"a";r=1;t=2;pk=:YWJj:;x=?1;y="z, ;r=9"', [["a", 1, 2_000]]],
    ['"a" ;r=1;t=2', []],
    ['"a";r=1', []],
    ['"a";r=-1;t=2', []],
    ['"a";r=1.5;t=2', []],
    ['"a";r=1;t=2,', []],
    ['"a";r=1;t=2 rubbish', []],
    ["a;r=1;t=2", []],
    ["limit=10, remaining=1, reset=5", []],
    ["", []],
  ])("%s", (header, expected) => {
    expect(of({ ratelimit: header })).toEqual(expected);
  });

  it("what does not count requests is none of a caller's turns", () => {
    const policy = '"a";q=9;w=1;qu="content-bytes", "b";q=9;w=1;qu="requests", "c";q=9;w=1';
    const state = '"a";r=1;t=1, "b";r=2;t=1, "c";r=3;t=1';
    expect(of({ ratelimit: state, "ratelimit-policy": policy }).map(([name]) => name)).toEqual(["b", "c"]);
  });

  it("a hostile header is read in no time", () => {
    const start = performance.now();
    for (const text of [`"${"\\".repeat(50_000)}`, `"a"${";x".repeat(50_000)}=`, `"a";r=1${" ".repeat(50_000)}x`])
      expect(of({ ratelimit: text })).toEqual([]);
    expect(performance.now() - start).toBeLessThan(200);
  });
});

describe("headers of before the standard", () => {
  const headers = { "x-ratelimit-remaining": "3", "x-ratelimit-reset": "30" };
  it.each([
    [undefined, headers, []],
    ["seconds", headers, [["x-ratelimit", 3, 30_000]]],
    ["seconds", { "ratelimit-remaining": "3", "ratelimit-reset": "30" }, [["ratelimit", 3, 30_000]]],
    ["unix-seconds", { ...headers, "x-ratelimit-reset": "1800000007" }, [["x-ratelimit", 3, 7_000]]],
    ["unix-milliseconds", { ...headers, "x-ratelimit-reset": "1800000000007" }, [["x-ratelimit", 3, 7]]],
    ["unix-seconds", headers, [["x-ratelimit", 3, 0]]],
    ["seconds", { "x-ratelimit-remaining": "3" }, []],
    ["seconds", { ...headers, ratelimit: '"a";r=1;t=2' }, [["a", 1, 2_000]]],
  ] as const)("%s: %j", (legacy, given, expected) => {
    expect(of(given, legacy)).toEqual(expected);
  });
});
