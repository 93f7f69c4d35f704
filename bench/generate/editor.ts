// How long tsserver takes on what is emitted for GitHub: `npm run bench:editor [-- --no-table]`. Needs `npm run build`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { measure } from "./measure.js";
import { installPeers, nodeBinary, root, work } from "./peers.js";
import { writeSection } from "./section.js";
import { targets } from "./specs.js";
import { tools } from "./tools.js";
import { type Server, startServer } from "./tsserver.js";

/** A place to complete at (`|`), and a name that must be offered there. */
interface Place {
  readonly name: string;
  readonly text: string;
  readonly offers: string;
}

const folder = path.join(work, "editor");
const output = path.join(work, "out", "sallyport-github");
const client = `import { createClient } from "../out/sallyport-github/client.js";
const github = createClient({ baseUrl: "https://api.github.com", auth: {} });
`;
const handlers = `import type { Handlers } from "../out/sallyport-github/server.js";
export const repos: Pick<Handlers["repos"], "reposGet"> = {
`;
const places: readonly Place[] = [
  { name: "client: groups", text: `${client}github.|`, offers: "repos" },
  { name: "client: operations of a group", text: `${client}github.repos.|`, offers: "reposGet" },
  { name: "client: input", text: `${client}github.repos.reposGet({ | });`, offers: "owner" },
  {
    name: "client: output",
    text: `${client}const r = await github.repos.reposGet({ owner: "o", repo: "r" });\nr.|`,
    offers: "full_name",
  },
  { name: "handler: call", text: `${handlers}  reposGet: (call) => call.|,\n};`, offers: "path" },
  { name: "handler: path", text: `${handlers}  reposGet: (call) => call.path.|,\n};`, offers: "owner" },
  {
    name: "handler: body of a reply",
    text: `${handlers}  reposGet: () => ({ status: 200, body: { | } }),\n};`,
    offers: "full_name",
  },
];
const repeats = 3;

async function prepared(): Promise<void> {
  const [target] = targets();
  const [tool] = tools("");
  if (target === undefined || tool === undefined) throw new Error("there is nothing to measure");
  if (existsSync(path.join(output, "server.ts"))) return;
  const usage = await measure(tool.command(target, output), root);
  if (!usage.ok) throw new Error(usage.said);
}

async function timed(server: Server, place: Place, file: string): Promise<readonly number[]> {
  const text = place.text.replace("|", "");
  const times: number[] = [];
  let before = "";
  server.open(file, before);
  for (let count = 0; count <= repeats; count += 1) {
    // Something was typed since: nothing of this file is known any more.
    const after = `${text}\n// ${count}\n`;
    server.change(file, before, after);
    before = after;
    const { names, milliseconds } = await server.complete(file, after, place.text.indexOf("|"));
    if (!names.includes(place.offers))
      throw new Error(`${place.name}: ${place.offers} is not offered, but ${names.slice(0, 5)}`);
    times.push(milliseconds);
  }
  return times;
}

/** What a place takes; where nothing useful comes, it says so, and the others are measured all the same. */
async function rowOf(place: Place): Promise<string[]> {
  try {
    const [first = 0, ...warm] = await timed(server, place, path.join(folder, "use.ts"));
    const sorted = [...warm].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    return [place.name, String(first), String(median), String(sorted.at(-1) ?? 0)];
  } catch (thrown) {
    return [place.name, thrown instanceof Error ? thrown.message : String(thrown), "", ""];
  }
}

function peakMb(pid: number): number {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

installPeers();
await prepared();
mkdirSync(folder, { recursive: true });
const compilerOptions = {
  strict: true,
  target: "es2023",
  lib: ["es2023", "dom"],
  module: "nodenext",
  skipLibCheck: true,
  noEmit: true,
  types: [],
};
writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
writeFileSync(path.join(folder, "use.ts"), "");
const server = startServer(nodeBinary(), path.join(root, "node_modules/typescript/lib/tsserver.js"), folder);
const rows: string[][] = [];
for (const place of places) {
  const row = await rowOf(place);
  process.stderr.write(`${row.join(", ")}\n`);
  rows.push(row);
}
const memory = peakMb(server.pid);
server.close();
const head = ["completion", "first ms", "warm ms (median)", "warm ms (most)"];
const table = [head, ["---", "---:", "---:", "---:"], ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
const section = `${table}\n\nThe first of all opens the project and reads every file. tsserver took ${memory} MB.`;
process.stdout.write(`${section}\n`);
if (!process.argv.includes("--no-table")) writeSection("bench-editor", section);
