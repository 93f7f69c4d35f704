import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../../../generator/code/diagnostic.js";
import { renderDiagnostics } from "../../../../generator/commands/print.js";

const at = (line: number, column: number) => ({
  file: "bank.yaml",
  line,
  column,
  endLine: line,
  endColumn: column + 4,
});
const text = () => "one\ntwo\n  - oath: []\n";
const wrong: Diagnostic = {
  code: "SP204",
  severity: "error",
  message: 'unknown scheme "oath".',
  fix: 'Did you mean "oauth"?',
  at: at(3, 5),
};

describe("diagnostics on a terminal", () => {
  it("have a place, a frame, a fix, a docs anchor and a count", () => {
    expect(renderDiagnostics([wrong], text)).toBe(
      [
        'bank.yaml:3:5 SP204 unknown scheme "oath".',
        "  1 | one",
        "  2 | two",
        "> 3 |   - oath: []",
        "    |     ^^^^",
        "  4 |",
        '  Did you mean "oauth"?',
        "  docs/diagnostics.md#sp204",
        "",
        "1 error.",
        "",
      ].join("\n"),
    );
  });

  it("come in the order of the file, those of no place first", () => {
    const placeless: Diagnostic = { code: "SP074", severity: "error", message: "first" };
    const early: Diagnostic = { ...wrong, severity: "warning", message: "second", at: at(1, 1) };
    const text_ = renderDiagnostics([wrong, early, placeless], () => undefined);
    expect(text_.match(/first|second|unknown/g)).toEqual(["first", "second", "unknown"]);
    expect(text_).toMatch(/2 errors, 1 warning\.\n$/);
  });

  it("R55 cannot drive the terminal", () => {
    const hostile = {
      ...wrong,
      message: "\u001b]0;pwned\u0007",
      fix: "\u001b[2J",
      at: { ...at(1, 1), file: "a\u001b[31m.yaml" },
    };
    const rendered = renderDiagnostics([hostile], () => "\u001b[2J\u202e");
    expect(rendered).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(rendered).toContain("\\u001b[2J");
  });

  it("are coloured only where colour is wanted", () => {
    expect(renderDiagnostics([wrong], text, true)).toContain("\u001b[31mSP204");
    expect(renderDiagnostics([wrong], text, false)).not.toContain("\u001b");
  });
});
