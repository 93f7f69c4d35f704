import os from "node:os";
import type { Usage } from "./measure.js";

/** What one tool made of one description, and what that costs its reader's compiler. */
export interface Row {
  readonly target: string;
  readonly tool: string;
  readonly what: string;
  readonly first: Usage;
  /** The same command once more, with nothing changed. */
  readonly again: Usage | undefined;
  readonly size: { readonly octets: number; readonly files: number };
  readonly checks: readonly { readonly compiler: string; readonly usage: Usage; readonly errors: number }[];
}

const head = [
  "",
  "what",
  "user CPU s",
  "ratio",
  "wall s",
  "again ms",
  "peak MB",
  "KB out",
  "tsc 5.9 s",
  "ratio",
  "tsc 7 s",
  "ratio",
];

/** One table a description; ratios to the second tool of the table, in the same run. */
export function sectionOf(rows: readonly Row[]): string {
  const names = [...new Set(rows.map((one) => one.target))];
  const where = `Node ${process.versions.node} here, ${os.cpus().length} × ${os.cpus()[0]?.model ?? "unknown"}; seconds of user CPU where nothing else is said.`;
  return [
    where,
    ...names.flatMap((name) => ["", `### ${name}`, "", ...tableOf(rows.filter((one) => one.target === name))]),
  ].join("\n");
}

function tableOf(rows: readonly Row[]): readonly string[] {
  const base = rows.find((one) => one.tool.startsWith("hey-api"));
  const align = head.map((_, index) => (index < 2 ? "---" : "---:"));
  return [head, align, ...rows.map((one) => cellsOf(one, base))].map((cells) => `| ${cells.join(" | ")} |`);
}

function cellsOf(row: Row, base: Row | undefined): readonly string[] {
  const { first, again, size } = row;
  if (!first.ok)
    return [row.tool, `failed: ${(first.said.split("\n").at(-1) ?? "").slice(0, 80)}`, ...head.slice(2).map(() => "")];
  const check = (compiler: string) => {
    const [mine, theirs] = [row, base].map((one) => one?.checks.find((each) => each.compiler === compiler));
    if (mine === undefined) return ["", ""];
    if (mine.usage.late) return [`not in ${seconds(mine.usage.wallMs)}`, ""];
    const errors = mine.errors === 0 ? "" : ` (${mine.errors}+ errors)`;
    const compared = theirs?.usage.late === false ? theirs.usage.userMs : undefined;
    return [`${seconds(mine.usage.userMs)}${errors}`, ratio(mine.usage.userMs, compared)];
  };
  return [
    row.tool,
    row.what,
    seconds(first.userMs),
    ratio(first.userMs, base?.first.userMs),
    seconds(first.wallMs),
    again === undefined ? "" : String(again.wallMs),
    String(first.peakMb),
    String(Math.round(size.octets / 1024)),
    ...check("5.9"),
    ...check("7"),
  ];
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

function ratio(mine: number, theirs: number | undefined): string {
  return theirs === undefined || theirs === 0 ? "" : (mine / theirs).toFixed(2);
}
