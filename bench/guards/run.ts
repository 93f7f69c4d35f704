// What guards cost, beside peers that do the same checks: `npm run bench:guards [-- --rounds N --requests N --no-table]`.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { root } from "../generate/peers.js";
import { writeSection } from "../generate/section.js";
import { type Host, openHost } from "./host.js";
import { openIssuer } from "./tokens.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    requests: { type: "string", default: "8000" },
    "no-table": { type: "boolean", default: false },
  },
});
const [rounds, requests] = [Number(values.rounds), Number(values.requests)];
const warmUp = 20_000;

const contenders = [
  ["node:http, no guard", "bare"],
  ["sallyport on node:http", "sallyport"],
  ["sallyport on Fastify", "sallyport-fastify"],
  ["Fastify, @fastify/jwt with its cache, @fastify/rate-limit", "fastify"],
  ["Express 5, express-openapi-validator, jose, express-rate-limit", "express"],
  ["Hono, its jwk middleware, zod-validator, hono-rate-limiter", "hono"],
] as const;

const work = path.join(root, ".cache", "bench", "guards");
installPeers();
execFileSync(process.execPath, ["dist/cli.js", "generate", "bench/guards/spec.yaml", "-o", `${work}/generated`], {
  cwd: root,
  stdio: ["ignore", 2, 2],
});
const issuer = await openIssuer(16);
const hosts: Host[] = [];
for (const [name, file] of contenders) hosts.push(await openHost(name, file, issuer.facts, issuer.tokens));
// Until the engine has seen enough of it: a server that runs for days is never cold.
for (const host of hosts) await host.measure(warmUp, issuer.tokens);

const costs = new Map<string, number[]>(hosts.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const host of hosts) costs.get(host.name)?.push(await host.measure(requests, issuer.tokens));
  process.stderr.write(`round ${round + 1} of ${rounds}\n`);
}
for (const host of hosts) await host.close();
issuer.close();

const section = table();
process.stdout.write(`${section}\n`);
if (!values["no-table"]) writeSection("bench-guards", section);

function table(): string {
  const bare = costs.get(contenders[0][0]) ?? [];
  const rows = contenders.map(([name]) => {
    const own = costs.get(name) ?? [];
    const ratios = own.map((one, at) => one / (bare[at] ?? Number.NaN));
    const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
    return `| ${name} | ${median(own).toFixed(0)} | ${median(ratios).toFixed(2)} | ${spread} |`;
  });
  return [
    `Node ${process.versions.node}, ${rounds} rounds of ${requests} requests each, in turn; \`npm run bench:guards\`.`,
    "",
    "| server | CPU µs a request, median | ratio to node:http, median of pairs | min–max |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function median(all: readonly number[]): number {
  const sorted = [...all].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** In a folder of their own, without running a script of theirs. */
function installPeers(): void {
  const versions = {
    "@fastify/jwt": "10.2.8",
    "@fastify/rate-limit": "11.2.0",
    "@hono/node-server": "2.1.9",
    "@hono/zod-validator": "0.9.1",
    express: "5.3.0",
    "express-openapi-validator": "5.6.2",
    "express-rate-limit": "8.7.5",
    fastify: "5.12.8",
    hono: "4.13.19",
    "hono-rate-limiter": "0.5.4",
    jose: "6.2.18",
    yaml: "2.9.1",
    zod: "4.6.7",
  };
  if (existsSync(path.join(work, "node_modules", "hono-rate-limiter"))) return;
  mkdirSync(work, { recursive: true });
  // Fastify's test client asks for a Node that we do not: an older one of it does not.
  const manifest = {
    private: true,
    type: "module",
    dependencies: versions,
    overrides: { "light-my-request": "6.6.0" },
  };
  writeFileSync(path.join(work, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--loglevel=error"];
  execFileSync("npm", ["install", ...flags], { cwd: work, stdio: ["ignore", 2, 2] });
}
