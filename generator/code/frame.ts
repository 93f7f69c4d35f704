import type { SourceSpan } from "./diagnostic.js";

const widest = 120;

/**
 * The lines around a span, with a mark on the first: what a reader needs to see the fault without opening the file. Control
 * characters of the file are escaped, so that it cannot drive the terminal.
 */
export function renderFrame(lines: readonly string[], span: SourceSpan): string {
  const first = Math.max(1, span.line - 2);
  const last = Math.min(lines.length, span.line + 2);
  const gutter = String(last).length;
  const shift = Math.max(0, span.column - widest + 20);
  const rows: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const line = show((lines[number - 1] ?? "").slice(shift, shift + widest));
    rows.push(`${number === span.line ? ">" : " "} ${String(number).padStart(gutter)} | ${line}`.trimEnd());
    if (number === span.line) rows.push(`  ${" ".repeat(gutter)} | ${caret(lines[number - 1] ?? "", span, shift)}`);
  }
  return rows.join("\n");
}

/** The lines of a text, for frames: split once, however many frames show it. */
export function linesOf(text: string): readonly string[] {
  // The plain split is ten times faster, and most files have no other line ends.
  return text.includes("\r") ? text.split(/\r\n|[\n\r]/) : text.split("\n");
}

function caret(line: string, span: SourceSpan, shift: number): string {
  const before = show(line.slice(shift, span.column - 1)).length;
  const end = span.endLine === span.line ? span.endColumn : line.length + 1;
  const marked = show(line.slice(span.column - 1, Math.min(end - 1, shift + widest)));
  return " ".repeat(before) + "^".repeat(Math.max(1, marked.length));
}

/** Text with control and direction characters made visible. */
export function show(text: string): string {
  return text.replace(/\t/g, " ").replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return `\\u${point.toString(16).padStart(4, "0")}`;
  });
}
