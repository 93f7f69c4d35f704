// What a call costs, beside other clients: `npm run bench:client [-- --rounds N --calls N --seconds N --no-table]`.
// Rounds end early where they take longer than they may: a machine that does much else is slow.
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { writeSection } from "../generate/section.js";
import { type Caller, message, openCaller, type Steps, start } from "./caller.js";
import { prepare, versionOf } from "./peers.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    calls: { type: "string", default: "2000" },
    seconds: { type: "string", default: "400" },
    "no-table": { type: "boolean", default: false },
  },
});
const [rounds, calls] = [Number(values.rounds), Number(values.calls)];
const warmUp = 4_000;
/** Fewer rounds than these say nothing. */
const fewest = 3;
const concurrencies = [1, 50];

prepare();
const undici = createRequire(import.meta.url)("undici/package.json").version;
const contenders: readonly (readonly [name: string, file: string])[] = [
  [`undici.request ${undici}`, "undici-request"],
  ["sallyport", "sallyport"],
  ["undici.request, its retry interceptor", "undici-retry"],
  [`undici fetch ${undici}`, "undici-fetch"],
  [`openapi-fetch ${versionOf("openapi-fetch")}`, "openapi-fetch"],
  ["hey-api 0.99.0", "hey-api"],
  [`axios ${versionOf("axios")}`, "axios"],
  [`got ${versionOf("got")}`, "got"],
];

const server = start("server.mjs");
const { port } = await message<{ port: number }>(server);
const callers: Caller[] = [];
for (const [name, file] of contenders)
  for (const steps of ["plain", "full"] as const)
    callers.push(await openCaller(name, file, steps, `http://127.0.0.1:${port}`));

const costs = new Map<string, number[]>();
const keyOf = (name: string, steps: Steps, concurrency: number) => JSON.stringify([name, steps, concurrency]);
const end = performance.now() + Number(values.seconds) * 1_000;
// Until the engine has seen enough of it: a process that runs for days is never cold.
for (const caller of callers) for (const concurrency of concurrencies) await caller.measure(warmUp, concurrency);
let done = 0;
while (done < rounds && (done < fewest || performance.now() < end)) {
  for (const concurrency of concurrencies) {
    for (const caller of callers) {
      const key = keyOf(caller.name, caller.steps, concurrency);
      costs.set(key, [...(costs.get(key) ?? []), await caller.measure(calls, concurrency)]);
    }
  }
  done += 1;
  process.stderr.write(`round ${done} of ${rounds}\n`);
}
for (const caller of callers) caller.close();
server.kill();

const section = table();
process.stdout.write(`${section}\n`);
if (!values["no-table"]) writeSection("bench-client", section);

function table(): string {
  const rows = contenders.map(([name]) => {
    const cells = (["plain", "full"] as const).flatMap((steps) => concurrencies.map((at) => cell(name, steps, at)));
    return `| ${name} | ${cells.join(" | ")} |`;
  });
  return [
    `Node ${process.versions.node}, ${done} rounds of ${calls} calls each, in turn; \`npm run bench:client\`. CPU µs a call, median; in brackets the`,
    "ratio to bare undici.request, which repeats nothing, median of pairs. With a token, the others repeat what fails, where they can.",
    "",
    "| client | one at a time | 50 at once | with a token, one at a time | with a token, 50 at once |",
    "|---|---:|---:|---:|---:|",
    ...rows,
  ].join("\n");
}

function cell(name: string, steps: Steps, concurrency: number): string {
  const own = costs.get(keyOf(name, steps, concurrency)) ?? [];
  const bare = costs.get(keyOf(contenders[0]?.[0] ?? "", steps, concurrency)) ?? [];
  const ratios = own.map((one, at) => one / (bare[at] ?? Number.NaN));
  return `${median(own).toFixed(0)} (${median(ratios).toFixed(2)})`;
}

function median(all: readonly number[]): number {
  const sorted = [...all].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
