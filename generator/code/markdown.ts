import { inline } from "./inline.js";
import { type Code, text, toCode } from "./layout.js";

/** Door 4: text of the spec as prose in Markdown. Nothing in it is a link, an image, HTML, a table's bar or emphasis. */
export function prose(value: string): Code {
  return toCode(text(proseText(value)));
}

/** Door 4: text of the spec as code in a line of Markdown, also in a table. */
export function codeSpan(value: string): Code {
  return toCode(text(spanText(value)));
}

/** Door 4: text of the spec in a line of a fenced block, where nothing is markup but the fence. */
export function inBlock(value: string): Code {
  return toCode(text(inline(value).replaceAll("`", "'")));
}

/** CommonMark 2.4: a backslash makes any ASCII punctuation literal. GitHub links what begins with a scheme, `www.` or `@`. */
function proseText(value: string): string {
  return inline(value)
    .replace(/[\\`*_{}[\]()<>#+!|&~$@^]/g, "\\$&")
    .replace(/:(?=\/\/)/g, "\\:")
    .replace(/\b(www|mailto|xmpp)([.:])/gi, "$1\\$2")
    .replace(/^[-=]/, "\\$&")
    .replace(/^(\d+)\.(?=\s|$)/, "$1\\.");
}

/**
 * CommonMark 6.1: the fence is longer than any run of backticks inside. In a table a bar ends a cell, in code too, and where a backslash
 * stands before it, no other backslash helps.
 */
function spanText(value: string): string {
  // What could not be seen is gone now, and may have stood between the two.
  const shown = inline(value);
  if (shown.includes("\\|")) return proseText(value);
  const line = shown.replaceAll("|", "\\|");
  const runs = line.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(0, ...runs.map((one) => one.length)) + 1);
  const edge = /^`|`$/.test(line) || line === "" ? " " : "";
  return `${fence}${edge}${line}${edge}${fence}`;
}
