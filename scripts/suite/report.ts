import type { Miss, Score } from "./judge.js";
import { sum } from "./judge.js";
import { reasonOf } from "./reasons.js";

/** Scores by file. */
export type Scores = ReadonlyMap<string, Score>;

/** What the suite found. */
export interface Findings {
  readonly required: Scores;
  /** zod's own reader of JSON Schema, on the same tests. */
  readonly zod: Scores;
  readonly optional: Scores;
  /** The instances that the schemas of requests must refuse, and those that the schemas of responses must let through. */
  readonly request: Score;
  readonly response: Score;
}

/** The findings in Markdown: a table a file, the totals, and each miss with its reason. */
export function markdown({ required, zod, optional, request, response }: Findings): string {
  const all = sum(required.values());
  return [
    "| file | tests | decided rightly | by `z.fromJSONSchema` |",
    "|---|---:|---:|---:|",
    ...[...required].map(([file, one]) => row(file, one.total, rightly(one), rightly(zod.get(file) ?? one))),
    row("**all required**", all.total, `**${share(all)}**`, `**${share(sum(zod.values()))}**`),
    "",
    `A request's schema, which also refuses undeclared properties, refuses ${share(request)} of the instances that are invalid. A`,
    `response's schema, which leaves undeclared properties out, lets ${share(response)} of the valid ones through.`,
    "",
    "Optional tests, for information:",
    "",
    "| file | tests | decided rightly |",
    "|---|---:|---:|",
    ...[...optional].map(([file, one]) => row(file.replace(/^optional\//, ""), one.total, rightly(one))),
    "",
    all.misses.length === 0 ? "No required test is missed." : "Required tests that are missed:",
    "",
    ...missLines(all),
  ].join("\n");
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}

function rightly({ total, misses }: Score): number {
  return total - misses.length;
}

/** `1298 of 1299 (99.9 %)`. Never rounded up to a whole. */
export function share(score: Score): string {
  const percent = Math.floor((rightly(score) / score.total) * 1000) / 10;
  return `${rightly(score)} of ${score.total} (${percent} %)`;
}

/** A line for each miss, with its reason. */
export function missLines({ misses }: Score): readonly string[] {
  return misses.map(line);
}

function line(miss: Miss): string {
  return `- ${miss.group.file}: ${miss.group.description}: ${miss.test.description}. ${reasonOf(miss)}`;
}
