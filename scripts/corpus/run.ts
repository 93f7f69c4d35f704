// The corpus: every real description generates, and what is emitted type-checks. `npm run corpus [-- --only TEXT --seconds N --no-table]`.
// No compiler begins with more files after so many seconds; what it has seen is remembered for the next run.
import { parseArgs } from "node:util";
import { compilers } from "../../test/support/typecheck.js";
import { entries } from "./entry.js";
import { generateEntry, type Outcome } from "./generate.js";
import { install } from "./packages.js";
import { rowsOf, tableOf, writeSection } from "./table.js";
import { type Compiler, typecheckAll } from "./typecheck.js";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    "no-table": { type: "boolean", default: false },
    seconds: { type: "string", default: "Infinity" },
    compiler: { type: "string", multiple: true, default: Object.keys(compilers) },
  },
});
const chosen = entries().filter((one) => one.id.includes(values.only));
const names = values.compiler.filter((one): one is Compiler => one in compilers);

install(chosen);
const outcomes: Outcome[] = [];
for (const [index, entry] of chosen.entries()) {
  const outcome = await generateEntry(entry);
  outcomes.push(outcome);
  const what = outcome.crash ?? outcome.refused ?? `${outcome.milliseconds} ms`;
  process.stderr.write(`${index + 1}/${chosen.length} ${entry.id}: ${what}\n`);
}
const said = await Promise.all(
  names.map(async (name) => [name, await typecheckAll(outcomes, name, Number(values.seconds))] as const),
);
for (const [name, complaints] of said) {
  for (const line of [...complaints.values()].flat()) process.stderr.write(`${name}: ${line}\n`);
}
const rows = rowsOf(chosen, outcomes, Object.fromEntries(said));
const table = tableOf(rows, names);
process.stdout.write(`${table.split("\n")[0]}\n`);
if (values.only === "" && !values["no-table"]) writeSection("corpus", table);
const isBad = rows.some((row) => row.crash !== undefined || names.some((name) => (row.errors[name] ?? 0) > 0));
process.exitCode = isBad ? 1 : 0;
