import { inline } from "./inline.js";
import { type Code, concat, hardline, text, toCode } from "./layout.js";

/** Where the words of a comment wrap. */
const wrapWidth = 110;

/** Door 3: text of the spec in a `//` comment, on one line. */
export function comment(value: string): Code {
  return toCode(text(`// ${spoken(value)}`.trimEnd()));
}

/** A tag of ours in a documentation comment. */
export interface Tag {
  readonly tag: "deprecated";
}

/** Door 3: text of the spec as a documentation comment, wrapped where it is long. Each paragraph begins a line. */
export function docComment(...paragraphs: readonly (string | Tag)[]): Code {
  const rows = paragraphs.flatMap((one) => (typeof one === "string" ? wrap(spoken(one)) : [`@${one.tag}`]));
  const [only = ""] = rows;
  if (rows.length === 1) return toCode(text(`/** ${only} */`));
  return toCode(
    concat([text("/**"), ...rows.flatMap((row) => [hardline, text(` * ${row}`.trimEnd())]), hardline, text(" */")]),
  );
}

/**
 * Nothing may end a comment, or be an instruction to a tool. Every `*` that a `/` follows is parted from it, so that none re-forms.
 */
function spoken(value: string): string {
  return inline(value)
    .replace(/\*(?=\/)/g, "*\\")
    .replace(/(^|[\s*/])@(?=[\p{L}])/gu, "$1\\@")
    .replace(/[#@](?=\s*source(?:Mapping)?URL)/g, "")
    .replace(/ {2,}/g, " ")
    .trim();
}

function wrap(value: string): readonly string[] {
  const rows: string[] = [];
  let row = "";
  for (const word of value.split(" ")) {
    if (row !== "" && row.length + 1 + word.length > wrapWidth) {
      rows.push(row);
      row = word;
    } else row = row === "" ? word : `${row} ${word}`;
  }
  return [...rows, row];
}
