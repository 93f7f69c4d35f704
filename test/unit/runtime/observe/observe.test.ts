import { describe, expect, it } from "vitest";
import { clean } from "../../../../runtime/src/observe/clean.js";
import { consoleLog } from "../../../../runtime/src/observe/console-log.js";
import { mask } from "../../../../runtime/src/observe/mask.js";

describe("masks", () => {
  it("plain leaves facts as they are, and makes text of the rest", () => {
    expect(mask(12_000, "plain")).toBe(12_000);
    expect(mask(true, "plain")).toBe(true);
    expect(mask(null, "plain")).toBe(null);
    expect(mask("a€😀", "plain")).toBe("a€😀");
    expect(mask({ a: 1 }, "plain")).toBe('{"a":1}');
    expect(mask(Number.NaN, "plain")).toBe("NaN");
  });

  it("last4 shows four characters, and none of what has few", () => {
    expect(mask("DE89370400440532013000", "last4")).toBe("…3000");
    expect(mask("12345678", "last4")).toBe("…5678");
    expect(mask("1234567", "last4")).toBe("…");
    expect(mask(1234, "last4")).toBe("…");
  });

  it("hash is equal for equal values, and keyed", () => {
    expect(mask("a", "hash")).toBe(mask("a", "hash"));
    expect(mask("a", "hash")).not.toBe(mask("b", "hash"));
    expect(mask("a", "hash", "one")).not.toBe(mask("a", "hash", "two"));
    expect(mask("a", "hash")).toMatch(/^[0-9a-f]{16}$/);
  });

  it("drop leaves out, and so does a style of a later version", () => {
    expect(mask("a", "drop")).toBeUndefined();
    expect(mask("a", "tokenise" as "drop")).toBeUndefined();
    expect(mask(undefined, "hash")).toBeUndefined();
  });
});

describe("clean text", () => {
  it("keeps what people write and shows what machines obey", () => {
    expect(clean("Zoë Łukasz 東京 👩‍👩‍👧".replaceAll("\u200d", ""))).toBe("Zoë Łukasz 東京 👩👩👧");
    expect(clean("a\nb\u202e")).toBe("a\\u000ab\\u202e");
    expect(clean("abcdef", 3)).toBe("abc…");
  });
});

describe("the default log", () => {
  const lines = (write: (log: ReturnType<typeof consoleLog>) => void) => {
    const written: string[] = [];
    write(consoleLog((line) => void written.push(line)));
    return written.map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it("writes warnings and errors, nothing below", () => {
    const written = lines((log) => {
      log.debug({}, "d");
      log.info({}, "i");
      log.warn({ a: 1 }, "w");
      log.error({ b: 2 }, "e");
    });
    expect(written).toMatchObject([
      { level: "warn", message: "w", a: 1 },
      { level: "error", message: "e", b: 2 },
    ]);
  });

  it("tells an error with its causes, without what libraries hang on it", () => {
    const error = Object.assign(new Error("outer", { cause: new TypeError("inner") }), {
      payload: { sub: "ann" },
      code: "E1",
    });
    const [line] = lines((log) => log.error({ err: error }));
    expect(line).toMatchObject({
      err: { name: "Error", message: "outer", code: "E1", cause: { name: "TypeError", message: "inner" } },
    });
    expect(JSON.stringify(line)).not.toContain("ann");
  });

  it("does not fail on facts that cannot be written", () => {
    const loop: Record<string, unknown> = {};
    loop.loop = loop;
    expect(JSON.stringify(lines((log) => log.error(loop, "m")))).toMatch(/"loop":"…"/);
    const unreadable = {
      get fact(): string {
        throw new Error("no");
      },
    };
    expect(lines((log) => log.error(unreadable, "m"))).toMatchObject([{ message: "m", unreadable: true }]);
    expect(lines((log) => log.error({ big: 10n }))).toMatchObject([{ big: "10" }]);
  });
});
