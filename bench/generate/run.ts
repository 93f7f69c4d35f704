// Generation and type-checking beside peers, in one run: `npm run bench:generate [-- --only NAME] [--no-table]
// [--patience SECONDS]`, which one command has. About six minutes on two cores that have nothing else to do. Needs `npm run build`.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { measure, sizeOf } from "./measure.js";
import { type Row, sectionOf } from "./page.js";
import { installPeers, nodeBinary, root, work } from "./peers.js";
import { writeSection } from "./section.js";
import { type Target, targets } from "./specs.js";
import { type Tool, tools } from "./tools.js";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    "no-table": { type: "boolean", default: false },
    patience: { type: "string", default: "120" },
  },
});
if (!existsSync(path.join(root, "dist/cli.js"))) throw new Error("Run `npm run build` first.");
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const patience = Number(values.patience);
const compilers = { "5.9": "node_modules/typescript/bin/tsc", "7": "node_modules/typescript-native/bin/tsc" } as const;

installPeers();
const rows: Row[] = [];
for (const target of targets().filter((one) => one.name.toLowerCase().includes(values.only.toLowerCase()))) {
  for (const tool of tools(version)) rows.push(await row(target, tool));
  // At once: a run that ends early leaves what it measured.
  if (!values["no-table"] && values.only === "") writeSection("bench-generate", sectionOf(rows));
}
process.stdout.write(`${sectionOf(rows)}\n`);

async function row(target: Target, tool: Tool): Promise<Row> {
  const output = path.join(work, "out", `${tool.name.split(" ")[0]}-${target.name.toLowerCase().replaceAll(" ", "-")}`);
  rmSync(output, { recursive: true, force: true });
  const command = tool.command(target, output);
  const first = await measure(command, root, patience);
  const again = tool.name.startsWith("sallyport") ? await measure(command, root, patience) : undefined;
  const size = sizeOf(output);
  const checks = first.ok ? [await checked(output, tool, "5.9"), await checked(output, tool, "7")] : [];
  process.stderr.write(
    `${target.name}, ${tool.name}: ${first.ok ? `${first.wallMs} ms` : `failed: ${first.said.slice(-400)}`}\n`,
  );
  return { target: target.name, tool: tool.name, what: tool.what, first, again, size, checks };
}

async function checked(output: string, tool: Tool, compiler: keyof typeof compilers): Promise<Row["checks"][number]> {
  const config = path.join(output, `tsconfig.${compiler}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions: tool.compilerOptions, include: ["**/*.ts"] }));
  const usage = await measure(
    [nodeBinary(), path.join(root, compilers[compiler]), "-p", config, "--pretty", "false"],
    root,
    patience,
  );
  process.stderr.write(`  tsc ${compiler}: ${usage.late ? "stopped after " : ""}${usage.wallMs} ms\n`);
  return { compiler, usage, errors: usage.ok ? 0 : (usage.said.match(/error TS/g)?.length ?? 1) };
}
