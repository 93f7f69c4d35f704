// What a guarded request costs, beside peers that do the same checks: `npm run bench:server`, or `npm run bench:guards` for the GET alone.
// Flags: [-- --rounds N --requests N --seconds N --only NAME --no-table]. Rounds end early where they take longer than they may: a machine that does
// much else is slow.
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { root } from "../generate/peers.js";
import { writeSection } from "../generate/section.js";
import { openHost } from "./host.js";
import { installPeers, nodes, work } from "./peers.js";
import { type Costs, tableOf } from "./table.js";
import { openIssuer } from "./tokens.js";
import { type Workload, workloads } from "./workloads.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "11" },
    requests: { type: "string", default: "1000" },
    seconds: { type: "string", default: "200" },
    workload: { type: "string" },
    only: { type: "string", default: "" },
    "no-table": { type: "boolean", default: false },
  },
});
const [rounds, requests] = [Number(values.rounds), Number(values.requests)];
/** V8 of Node 24 still optimises after ten thousand requests. */
const warmUp = 15_000;
const portion = 3_000;
/** No more of the time than this goes into it. */
const warmShare = 0.7;
/** Fewer rounds than these say nothing. */
const fewest = 3;

/** The first one is the measure of all others. */
const contenders = [
  ["node:http, no guard", "bare"],
  ["sallyport on node:http", "sallyport"],
  ["sallyport on Fastify", "sallyport-fastify"],
  ["Fastify, ajv, @fastify/jwt with its cache, @fastify/rate-limit", "fastify"],
  ["Hono, its jwk middleware, zod-validator, hono-rate-limiter", "hono"],
  ["oRPC (OpenAPI), zod, jose, rate-limiter-flexible", "orpc"],
  ["tRPC (standalone), zod, jose, rate-limiter-flexible", "trpc"],
  ["Express 5, express-openapi-validator, jose, express-rate-limit", "express"],
] as const;

installPeers();
execFileSync(process.execPath, ["dist/cli.js", "generate", "bench/server/spec.yaml", "-o", `${work}/generated`], {
  cwd: root,
  stdio: ["ignore", 2, 2],
});
const wanted = workloads.filter(({ name }) => values.workload === undefined || name === values.workload);
const engines = nodes();
/** Milliseconds for one workload on one Node. */
const allowed = (Number(values.seconds) * 1_000) / (engines.length * wanted.length);
const found: { readonly version: string; readonly costs: Costs }[] = [];
for (const { version, file } of engines) found.push({ version, costs: await measureOn(file) });

for (const { name } of wanted) {
  const facts = { requests, command: `npm run bench:${name === "get" ? "guards" : "server"}` };
  const text = tableOf(name, contenders.map(([one]) => one).filter(isMeasured), found, facts);
  process.stdout.write(`${text}\n\n`);
  if (!values["no-table"] && values.only === "") writeSection(name === "get" ? "bench-guards" : "bench-server", text);
}

/** CPU a request of every server, in turn: what else the machine does meanwhile falls on all of them alike. */
async function measureOn(node: string): Promise<Costs> {
  const issuer = await openIssuer(16);
  const { facts, tokens } = issuer;
  const hosts: Awaited<ReturnType<typeof openHost>>[] = [];
  const costs: Record<Workload["name"], Map<string, number[]>> = { get: new Map(), post: new Map() };
  try {
    for (const [name, file] of contenders)
      if (isMeasured(name)) hosts.push(await openHost({ node, name, file, facts, tokens }));
    for (const workload of wanted) {
      const start = performance.now();
      const end = start + allowed;
      for (const [at, host] of hosts.entries()) {
        await host.prove(workload);
        // Until the engine has seen enough of it: a server that runs for days is never cold.
        const warmBy = start + (warmShare * allowed * (at + 1)) / hosts.length;
        for (let done = 0; done < warmUp && performance.now() < warmBy; done += portion)
          await host.measure(workload, portion);
        costs[workload.name].set(host.name, []);
      }
      let round = 0;
      for (; round < rounds && (round < fewest || performance.now() < end); round++)
        for (const host of hosts) costs[workload.name].get(host.name)?.push(await host.measure(workload, requests));
      process.stderr.write(`${workload.name} on ${node}: ${round} rounds\n`);
    }
  } finally {
    for (const host of hosts) await host.close();
    issuer.close();
  }
  return costs;
}

function isMeasured(name: string): boolean {
  return name.startsWith("node:http") || name.toLowerCase().includes(values.only.toLowerCase());
}
