import { type Code, concat, hardline, text, toCode } from "./layout.js";

/** The longest text that a comment keeps, in characters: the spec has the rest. */
const longest = 600;
/** Where the words of a comment wrap. */
const wrapWidth = 110;

/** Door 3: text of the spec in a `//` comment, on one line. */
export function comment(value: string): Code {
  return toCode(text(`// ${inline(value)}`.trimEnd()));
}

/** A tag of ours in a documentation comment. */
export interface Tag {
  readonly tag: "deprecated";
}

/** Door 3: text of the spec as a documentation comment, wrapped where it is long. Each paragraph begins a line. */
export function docComment(...paragraphs: readonly (string | Tag)[]): Code {
  const rows = paragraphs.flatMap((one) => (typeof one === "string" ? wrap(inline(one)) : [`@${one.tag}`]));
  const [only = ""] = rows;
  if (rows.length === 1) return toCode(text(`/** ${only} */`));
  return toCode(
    concat([text("/**"), ...rows.flatMap((row) => [hardline, text(` * ${row}`.trimEnd())]), hardline, text(" */")]),
  );
}

/**
 * The text on one line, with nothing in it that could end a comment, turn its direction, or be an instruction to a tool. Every `*`
 * that a `/` follows is parted from it, so that none re-forms.
 */
function inline(value: string): string {
  return cut(value)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/[\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, "")
    .replace(/\*(?=\/)/g, "*\\")
    .replace(/(^|[\s*/])@(?=[\p{L}])/gu, "$1\\@")
    .replace(/[#@](?=\s*source(?:Mapping)?URL)/g, "")
    .replace(/ {2,}/g, " ")
    .trim();
}

function cut(value: string): string {
  const characters = value.length > longest ? [...value.slice(0, longest * 2)] : undefined;
  return characters === undefined || characters.length <= longest
    ? value
    : `${characters.slice(0, longest).join("").trimEnd()}…`;
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
