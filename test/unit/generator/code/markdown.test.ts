import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Code } from "../../../../generator/code/layout.js";
import { codeSpan, inBlock, prose } from "../../../../generator/code/markdown.js";
import { print } from "../../../../generator/code/print.js";

const hostile = [
  "[click](javascript:alert(1))",
  "![p](https://evil.example/p.png)",
  "<img src=x onerror=alert(1)>",
  "&lt;script&gt;",
  "| a | b |",
  "a\\|b <b>",
  "a\\\u200b| <b>",
  "``` \n# title\n- item\n1. one\n> quote",
  "www.evil.example and HTTPS://evil.example",
  "`code` ``more`` `",
  "\u202eturned\u2028line",
  "\\[escaped\\]",
  "$\\x$ @someone ~~s~~ *b* _i_ ^1^",
  "= heading",
  "",
];
const anyText = fc
  .array(fc.constantFrom(..."\\`*_{}[]()<>#+-.!|&~$:@^/w \n\ra1=\u202e\u200b"), { maxLength: 30 })
  .map((all) => all.join(""));
const shown = (code: Code) => print(code, { width: 100_000 });

/** With a letter for each character that a backslash makes one. */
const unescaped = (text: string) => text.replace(/\\[!-/:-@[-`{-~]/g, "x");
/** Whatever is markup in a line of GitHub's Markdown. */
const markup = /[`*_[\]<>#!|&~$@^]|:\/\/|\bwww\.|^[-+=]|^\d+[.)]|[\n\r]/i;

describe("R1 text of the spec in Markdown", () => {
  it.each(hostile)("as prose is no markup: %j", (text) => {
    expect(unescaped(shown(prose(text)))).not.toMatch(markup);
  });

  it("as prose is no markup, whatever it is", () => {
    fc.assert(fc.property(anyText, (text) => !markup.test(unescaped(shown(prose(text))))));
  });

  it("as prose still says what it says", () => {
    expect(shown(prose("Pay from an account, at 3.5 % (or less)."))).toBe(
      "Pay from an account, at 3.5 % \\(or less\\).",
    );
  });

  it("as code is closed by its own fence alone, and no bar of it ends a cell", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constantFrom(...hostile)), (text) => {
        const code = shown(codeSpan(text));
        if (!code.startsWith("`")) return !markup.test(unescaped(code));
        const [fence = ""] = /^`+/.exec(code) ?? [];
        const inside = code.slice(fence.length, -fence.length);
        const runs: readonly string[] = inside.match(/`+/g) ?? [];
        return (
          code.endsWith(fence) && !runs.includes(fence) && !/(^|[^\\])(\\\\)*\|/.test(inside) && !/[\n\r]/.test(code)
        );
      }),
    );
  });

  it.each(["a\\|b", "a\\\u200b|b", "a\\\u202e|b"])(
    "a bar behind a backslash ends no cell, whatever stood between: %j",
    (text) => {
      expect(shown(codeSpan(text))).toBe("a\\\\\\|b");
    },
  );

  it("in a block has no fence, and no line of its own", () => {
    fc.assert(fc.property(anyText, (text) => !/[`\n\r]/.test(shown(inBlock(text)))));
  });
});
