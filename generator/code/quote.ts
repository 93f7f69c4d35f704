/**
 * Whatever a reader could not see, or a tool could take for the end of a line: controls (U+0085 among them), format characters
 * (direction marks, joiners, tags), line and paragraph separators, private use, and halves of surrogate pairs.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

/** Most texts are nothing but this, and there is nothing to look for in them. */
const plain = /^[ !#-[\]-~]*$/;
const other = /[^\n -~]/gu;

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f" };

/** A string literal. As Prettier: in double quotes unless it holds more double than single ones. */
export function quote(value: string): string {
  if (plain.test(value)) return `"${value}"`;
  const mark = count(value, '"') > count(value, "'") ? "'" : '"';
  const escaped = value
    .replaceAll("\\", "\\\\")
    .replaceAll(mark, `\\${mark}`)
    .replace(invisible, (character) => named[character] ?? escapeOf(character));
  return `${mark}${escaped}${mark}`;
}

/** Printed TypeScript in which nothing invisible is left: only string literals can hold any, and there an escape says the same. */
export function escapeInvisible(printed: string): string {
  return printed.replace(other, (character) => character.replace(invisible, escapeOf));
}

function escapeOf(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, "0")}`;
}

function count(value: string, mark: string): number {
  return value.split(mark).length - 1;
}
