// Holds the emitted schemas to the JSON-Schema-Test-Suite: `npm run suite -- DIR [--write] [--json FILE]`. Fails below 99 % of the
// required tests, and where docs/compatibility.md does not list what is missed. FILE gets the numbers as vitest's reports have them.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { readGroups, readRemotes } from "./suite/cases.js";
import { subjectsOf } from "./suite/document.js";
import { zodJudges } from "./suite/from-zod.js";
import { only, score, sum } from "./suite/judge.js";
import { ourJudges, folder as scratch } from "./suite/ours.js";
import { isFresh, lists, writePage } from "./suite/page.js";
import { markdown, missLines, share } from "./suite/report.js";

const { values: flags, positionals } = parseArgs({
  options: { write: { type: "boolean", default: false }, json: { type: "string" } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) throw new Error("npm run suite -- DIR: the folder of a JSON-Schema-Test-Suite");

const groups = readGroups(folder);
const remotes = readRemotes(folder);
const required = subjectsOf(groups.filter((one) => one.required));
const optional = subjectsOf(groups.filter((one) => !one.required));
if (required.size === 0) throw new Error(`${folder} holds no required test: is it a JSON-Schema-Test-Suite?`);
rmSync(scratch, { recursive: true, force: true });

const plain = await ourJudges(required, remotes, "plain", "annotate");
const server = await ourJudges(required, remotes, "both", "annotate");
const formats = await ourJudges(optional, remotes, "plain", "assert");
const scores = score(required, plain("plain"));
const text = markdown({
  required: scores,
  zod: score(required, zodJudges(required)),
  optional: score(optional, formats("plain")),
  request: sum(score(only(required, false), server("request")).values()),
  response: sum(score(only(required, true), server("response")).values()),
});
console.log(text);

const all = sum(scores.values());
const enough = all.misses.length <= all.total / 100;
console.log(`\n${share(all)}: ${enough ? "at least" : "less than"} 99 % of the required tests.`);
if (flags.write) writePage(text);
const listed = lists(missLines(all));
if (!isFresh(text)) console.error("docs/compatibility.md says otherwise. Run this again with --write.");
if (flags.json !== undefined) writeReport(flags.json);
process.exitCode = enough && listed ? 0 : 1;

/** A miss that the page lists with its reason is skipped; too many of them, or others than those, have failed. */
function writeReport(file: string): void {
  const counts =
    enough && listed ? { skipped: all.misses.length, failed: 0 } : { skipped: 0, failed: all.misses.length || 1 };
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(
    file,
    JSON.stringify({
      numPassedTests: all.total - all.misses.length,
      numFailedTests: counts.failed,
      numPendingTests: counts.skipped,
      testResults: [],
    }),
  );
}
