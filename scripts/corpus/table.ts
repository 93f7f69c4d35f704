import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Entry } from "./entry.js";
import type { Outcome } from "./generate.js";
import { root } from "./packages.js";
import type { Complaints } from "./typecheck.js";

/** One row: an outcome, and what each compiler said. */
export interface Row extends Outcome {
  readonly entry: Entry;
  readonly errors: { readonly [compiler: string]: number | undefined };
}

export function rowsOf(
  entries: readonly Entry[],
  outcomes: readonly Outcome[],
  said: Readonly<Record<string, Complaints>>,
): readonly Row[] {
  const byId = new Map(entries.map((one) => [one.id, one]));
  return outcomes.flatMap((outcome) => {
    const entry = byId.get(outcome.id);
    const errors = Object.fromEntries(Object.entries(said).map(([name, one]) => [name, one.get(outcome.id)?.length]));
    return entry === undefined ? [] : [{ ...outcome, entry, errors }];
  });
}

/** The table as Markdown, with what it adds up to. */
export function tableOf(rows: readonly Row[], compilers: readonly string[]): string {
  const generated = rows.filter((one) => one.output !== undefined);
  const judged = compilers.map((name) => {
    const checked = generated.flatMap((one) => one.errors[name] ?? []);
    return `${name} checked ${checked.length} of them, ${checked.filter((errors) => errors > 0).length} with errors`;
  });
  const refused = rows.filter((one) => one.refused !== undefined).length;
  const sum = `${rows.length} descriptions: ${generated.length} generated; ${judged.join("; ")}; ${refused} refused with diagnostics; ${rows.filter((one) => one.crash !== undefined).length} crashed.`;
  const head = ["description", "OpenAPI", "operations", "schemas", "ms", ...compilers, "remark"];
  const lines = rows.map((one) => [
    `${one.id}${one.entry.sample ? " *" : ""}`,
    one.dialect,
    one.operations,
    one.schemas,
    one.output === undefined ? "" : one.milliseconds,
    ...compilers.map((name) => mark(one.errors[name])),
    remark(one),
  ]);
  const align = head.map((_, index) => (index >= 2 && index <= 4 ? "---:" : "---"));
  return [sum, "", ...[head, align, ...lines].map((cells) => `| ${cells.map(cell).join(" | ")} |`)].join("\n");
}

function mark(errors: number | undefined): string {
  if (errors === undefined) return "";
  return errors === 0 ? "✓" : `${errors} errors`;
}

function remark(row: Row): string {
  if (row.crash !== undefined) return `crashed: ${row.crash.split("\n")[0] ?? ""}`;
  if (row.refused !== undefined) return row.refused;
  return row.warnings === 0 ? "" : `${row.warnings} warning${row.warnings === 1 ? "" : "s"}`;
}

function cell(content: string | number): string {
  return String(content).replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

const document = path.join(root, "docs", "compatibility.md");

/** Writes a text between two markers of docs/compatibility.md; the rest of the page is other people's. */
export function writeSection(name: string, text: string, file: string = document): void {
  const [from, to] = [`<!-- ${name}: written by a script -->`, `<!-- ${name}: end -->`];
  const page = existsSync(file) ? readFileSync(file, "utf8") : "";
  const [start, end] = [page.indexOf(from), page.indexOf(to)];
  if (start === -1 || end < start) throw new Error(`${path.basename(file)} has no place for ${name}: ${from} … ${to}`);
  writeFileSync(file, `${page.slice(0, start)}${from}\n${text}\n${page.slice(end)}`);
}
