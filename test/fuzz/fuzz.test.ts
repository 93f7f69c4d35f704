import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { converse, type Outcome } from "./exchange.js";
import { converse2, frames } from "./http2.js";
import { least } from "./least.js";
import { rawOctets } from "./octets.js";
import { callsOf } from "./procedures.js";
import { requestsTo, type Spec } from "./requests.js";

/**
 * 10,000 requests to a generated server. The same ones in each run: `FUZZ_SEED` chooses others, `FUZZ_FACTOR` more of them. A failure prints the
 * seed, the least octets that show it, and how to send just those again.
 */
const seed = Number(process.env.FUZZ_SEED ?? 20_251_001);
const factor = Number(process.env.FUZZ_FACTOR ?? 1);
/** At once, on as many connections. */
const batch = 100;
const deadline = 20_000;
/** What the engine itself may keep: compiled code, and the shapes of objects. */
const slack = 6 * 1024 * 1024;

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const spec = parse(readFileSync(file("../golden/every-input/spec.yaml"), "utf8")) as Spec;
const requests = requestsTo(spec, "/v1");
const procedures = ["change", "hook", "order", "search", "spot"];
const kinds = {
  requests,
  octets: rawOctets(requests),
  frames,
  calls: callsOf(spec, (id) => ["search", "spot"].includes(id), procedures),
};

/** Sends some octets to a host, in the way that it is talked to. */
function sendTo(host: string, kind: string, octets: Buffer): Promise<Outcome> {
  const port = ports[host] ?? 0;
  return host === "HTTP/2" && kind === "requests"
    ? converse2(port, octets, deadline)
    : converse(port, octets, deadline);
}
const operations = Object.values(spec.paths).flatMap((item) =>
  Object.values(item).flatMap((one) => (one as { readonly operationId?: string }).operationId ?? []),
);

interface Told {
  readonly kept: number;
  readonly ran: readonly string[];
  readonly faults: readonly string[];
  readonly canMeasure: boolean;
}

let child: ChildProcess;
let ports: Readonly<Record<string, number>>;

beforeAll(async () => {
  const execArgv = ["--expose-gc", "--conditions=sallyport-source", "--import", "tsx"];
  child = fork(file("server.ts"), { execArgv, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  [{ ports }] = (await once(child, "message")) as [{ ports: typeof ports }];
});
afterAll(() => void child.kill());

async function told(): Promise<Told> {
  child.send("tell");
  return ((await once(child, "message")) as [Told])[0];
}

/** Answers of the server's own making are below 500; but for a method that nobody has heard of (RFC 9110, 9.1). */
function isFine({ ended, statuses, text }: Outcome): boolean {
  return ended && statuses.every((status) => status < 500 || (status === 501 && text.includes('"not_implemented"')));
}

const counts = new Map<number, number>();

async function bombard(host: string, kind: keyof typeof kinds, count: number, run: number): Promise<void> {
  const property = fc.asyncProperty(
    fc.array(kinds[kind], { minLength: batch, maxLength: batch, size: "max" }),
    async (all) => {
      const outcomes = await Promise.all(all.map((octets) => sendTo(host, kind, octets)));
      for (const {
        statuses: [status],
      } of outcomes)
        if (status !== undefined) counts.set(status, (counts.get(status) ?? 0) + 1);
      if (child.exitCode !== null || child.signalCode !== null) throw new Error("The server is gone");
      const at = outcomes.findIndex((one) => !isFine(one));
      if (at >= 0) throw new Error(await complaint(host, kind, all[at] as Buffer, outcomes[at] as Outcome));
    },
  );
  await fc.assert(property, { numRuns: Math.ceil((count * factor) / batch), seed: seed + run, endOnFailure: true });
}

/** What failed, as small as it can be, and how to send it again. */
async function complaint(host: string, kind: string, octets: Buffer, { ended, statuses }: Outcome): Promise<string> {
  // What hangs takes its time: it is not made smaller.
  const fails = async (fewer: Buffer) => !isFine(await sendTo(host, kind, fewer));
  const small = ended && (await fails(octets)) ? await least(octets, fails) : octets;
  return [
    `${host}, ${kind}: ${ended ? statuses : "it hangs"}`,
    JSON.stringify(small.toString("latin1")),
    (await told()).faults.at(-1),
    `Again: FUZZ_REPLAY='${host} ${kind} ${small.toString("base64")}' npx vitest run test/fuzz`,
  ].join("\n");
}

const replay = /^(.+) (\w+) (\S+)$/.exec(process.env.FUZZ_REPLAY ?? "");

describe.runIf(replay !== null)("fuzz, once more", () => {
  it("what failed before", async () => {
    const [, host = "", kind = "", text = ""] = replay ?? [];
    const outcome = await sendTo(host, kind, Buffer.from(text, "base64"));
    expect([isFine(outcome), outcome.text, (await told()).faults]).toEqual([true, outcome.text, []]);
  });
});

describe.skipIf(replay !== null)(`fuzz, with the seed ${seed}`, () => {
  it.each([
    ["node:http", "requests", 3_000],
    ["node:http", "octets", 2_000],
    ["Fastify", "requests", 1_000],
    ["Fastify", "octets", 500],
    ["Express 5", "requests", 1_000],
    ["Express 5", "octets", 500],
    ["fetch", "requests", 500],
    ["fetch", "octets", 500],
    ["tRPC", "calls", 500],
    ["HTTP/2", "requests", 500],
    ["HTTP/2", "frames", 500],
  ] as const)(
    "%s survives %s: every answer is its own, none is late, and nothing is kept",
    async (host, kind, count) => {
      await bombard(host, kind, count / 5, 1);
      const before = await told();
      await bombard(host, kind, (count * 4) / 5, 2);
      const after = await told();
      expect(after.canMeasure).toBe(true);
      expect(after.faults).toEqual([]);
      expect((after.kept - before.kept) / 1024 / 1024, "MiB kept").toBeLessThan(slack / 1024 / 1024);
    },
    120_000 * factor,
  );

  it("got as far as every handler, and was refused in every way", async () => {
    expect([...(await told()).ran].sort()).toEqual([...operations].sort());
    expect([...counts.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405, 413, 414, 415, 422, 431]));
    expect([...counts.values()].reduce((sum, one) => sum + one, 0)).toBeGreaterThan(8_000 * factor);
  });
});
