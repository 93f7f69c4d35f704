// What can forge a line, move a terminal's cursor or turn the order of letters around (CVE-2021-42574): C0 and C1 controls,
// line and paragraph separators, bidirectional and invisible format characters, and halves of surrogate pairs.
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** Text as it may stand in a log: unsafe characters as `\uXXXX`, and no longer than `longest` characters. */
export function clean(text: string, longest = 256): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return short.replace(unsafe, toEscapes);
}

/** JSON on one line in which no unsafe character is left. It reads back as the same value. */
export function toJsonLine(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
  return `${(JSON.stringify(value, replacer) ?? "null").replace(unsafe, toEscapes)}\n`;
}

function toEscapes(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`)
    .join("");
}
