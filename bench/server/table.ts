import { cpus } from "node:os";
import type { Workload } from "./workloads.js";

/** CPU microseconds a request: of each workload, of each server, round by round. */
export type Costs = Readonly<Record<Workload["name"], ReadonlyMap<string, readonly number[]>>>;

/** How it was measured. */
export interface Circumstances {
  readonly requests: number;
  readonly command: string;
}

/** The table of one workload. The first server is the measure of all others. */
export function tableOf(
  workload: Workload["name"],
  servers: readonly string[],
  found: readonly { readonly version: string; readonly costs: Costs }[],
  { requests, command }: Circumstances,
): string {
  const rounds = [...new Set(found.map(({ costs }) => costs[workload].get(servers[0] ?? "")?.length ?? 0))].join(
    " and ",
  );
  const columns = found.map(({ costs }) => costs[workload]);
  const heads = found.map(({ version }) => `Node ${version}, µs | ratio | min–max`);
  const rows = servers.map(
    (server) => `| ${[server, ...columns.map((costs) => cells(server, servers, costs))].join(" | ")} |`,
  );
  return [
    `\`${command}\`: ${rounds} rounds of ${requests} requests to each server in turn, 32 connections, ${cpus().length} cores. CPU time of the server's process, user and system, in`,
    "microseconds a request, the median of the rounds; its ratio to `node:http` in the same round, the median and the range of the rounds.",
    "",
    `| server | ${heads.join(" | ")} |`,
    `| --- |${" ---: | ---: | ---: |".repeat(found.length)}`,
    ...rows,
  ].join("\n");
}

function cells(server: string, [first = ""]: readonly string[], costs: ReadonlyMap<string, readonly number[]>): string {
  const own = costs.get(server) ?? [];
  const bare = costs.get(first) ?? [];
  const ratios = own.map((one, at) => one / (bare[at] ?? Number.NaN));
  const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  return `${median(own).toFixed(0)} | ${median(ratios).toFixed(2)} | ${range}`;
}

function median(all: readonly number[]): number {
  const sorted = [...all].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
