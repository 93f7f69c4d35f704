import { spawn } from "node:child_process";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as audit from "@sallyport/runtime/audit";
import { type AuditLine, auditFile, verifyAudit } from "@sallyport/runtime/audit";
import { write } from "@sallyport/runtime/policy";
import * as secrets from "@sallyport/runtime/secrets";
import { Secret } from "@sallyport/runtime/secrets";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runAuditVerify } from "../../generator/commands/audit.js";
import { open } from "../support/contract.js";
import { exchangeOf } from "../support/exchange.js";

let root: string;
let folder: string;
let file: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "sallyport-audit-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(root, "t-"));
  file = path.join(folder, "audit.jsonl");
});

const line = (event: string): AuditLine => ({
  time: "2026-01-01T00:00:00Z",
  event,
  level: "write",
  outcome: "allowed",
});
const trail = async () =>
  (await readdir(folder)).filter((one) => /\.jsonl(\.\d+)?$/.test(one)).map((one) => path.join(folder, one));
const written = async (count: number, options: audit.AuditFileOptions = {}) => {
  const sink = await auditFile(file, options);
  for (let at = 1; at <= count; at++) await sink.write(line(`e${at}`));
  await sink.close();
  return sink.head();
};
const verdict = async (options: audit.VerifyOptions = {}) => verifyAudit(await trail(), options);

describe("R55 a trail", () => {
  it("is whole as it was written, and goes on where it ended", async () => {
    expect((await written(3)).seq).toBe(3);
    const head = await written(2);
    expect(await verdict({ head: head.hash })).toEqual({ whole: true, lines: 5, head });
  });

  it("goes on across files, whatever order they are named in", async () => {
    const head = await written(50, { maxSize: "1KiB" });
    expect((await trail()).length).toBeGreaterThan(5);
    expect(await verifyAudit((await trail()).reverse())).toEqual({ whole: true, lines: 50, head });
    await rm(file);
    const last = (await written(1)).seq;
    expect(last).toBeGreaterThan(40);
  });

  it("holds a line of what a caller made up, and no more than that", async () => {
    const sink = await auditFile(file);
    const forged = `a\r\n{"event":"forged"}\u2028\u001b[2J","seq":1,"prev":"${"0".repeat(64)}","hash":"${"0".repeat(64)}"}`;
    await sink.write({ ...line("e"), subject: forged, fields: { [forged]: forged } });
    await sink.close();
    const text = await readFile(file, "utf8");
    expect(text.split("\n")).toHaveLength(2);
    expect(text).toMatch(/^[\x20-\x7e…]*\n$/);
    expect(await verdict()).toMatchObject({ whole: true, lines: 1 });
  });

  it.each<[string, (lines: string[]) => string[], number, RegExp]>([
    ["edited", (all) => all.map((one) => one.replace('"e3"', '"e9"')), 3, /it was changed/],
    ["taken out", (all) => all.filter((_, at) => at !== 2), 3, /line 4 comes after line 2/],
    ["put in twice", (all) => [...all.slice(0, 3), all[2] ?? "", ...all.slice(3)], 4, /comes after line 3/],
    ["moved", (all) => [all[1] ?? "", all[0] ?? "", ...all.slice(2)], 1, /begins with line 2/],
    ["cut at its beginning", (all) => all.slice(1), 1, /begins with line 2/],
    ["cut at its end", (all) => all.slice(0, 4), 4, /ends before the head/],
    ["mixed with noise", (all) => [...all.slice(0, 2), "noise", ...all.slice(2)], 3, /no line of an audit trail/],
  ])("tells that a line was %s, and where", async (_name, harm, at, message) => {
    const head = await written(5);
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    await writeFile(file, `${harm(lines).join("\n")}\n`);
    const found = await verdict({ head: head.hash });
    expect(found.whole).toBe(false);
    if (found.whole) return;
    expect([found.fault.line, found.fault.file]).toEqual([at, file]);
    expect(found.fault.message).toMatch(message);
  });

  it("under a key cannot be written anew by whoever has not got it", async () => {
    const key = new Secret("k".repeat(32));
    await written(3, { key });
    expect((await verdict({ key })).whole).toBe(true);
    expect((await verdict()).whole).toBe(false);
    await rm(file);
    await written(3);
    expect((await verdict({ key })).whole).toBe(false);
  });

  it("is not gone on with after a last line that was changed", async () => {
    await written(2);
    await writeFile(file, (await readFile(file, "utf8")).replace('"e2"', '"e3"'));
    await expect(auditFile(file)).rejects.toThrow("it was changed");
    await expect(auditFile(file)).rejects.toThrow("it was changed");
  });

  it("has one writer", async () => {
    const sink = await auditFile(file);
    await expect(auditFile(file)).rejects.toThrow("one trail has one writer");
    await sink.close();
    await expect(sink.write(line("late"))).rejects.toThrow();
  });

  it("puts aside what an end of the process has torn", async () => {
    await written(2);
    await appendFile(file, '{"event":"torn');
    expect((await verdict()).whole).toBe(false);
    const head = await written(1);
    expect(await verdict()).toEqual({ whole: true, lines: 3, head });
    const torn = (await readdir(folder)).filter((one) => one.includes(".torn-"));
    expect(await readFile(path.join(folder, torn[0] ?? ""), "utf8")).toBe('{"event":"torn');
  });
});

it("R55 kill -9 in mid-write, again and again: no line that was acknowledged is lost, and the chain is whole", async () => {
  const acknowledged: string[] = [];
  for (let round = 0; round < 8; round++) acknowledged.push(...(await killedAfter(20 + round * 7)));
  const { whole } = await (async () => {
    await (await auditFile(file)).close();
    return verdict();
  })();
  expect(whole).toBe(true);
  const texts = await Promise.all((await trail()).map((one) => readFile(one, "utf8")));
  const kept = new Set(texts.join("").match(/(?<="event":")[^"]+/g));
  expect(acknowledged.length).toBeGreaterThan(100);
  expect(acknowledged.filter((one) => !kept.has(one))).toEqual([]);
}, 60_000);

/** A process that writes, killed when so many lines are acknowledged: what it said of them. */
function killedAfter(count: number): Promise<readonly string[]> {
  const script = fileURLToPath(new URL("../support/audit-writer.ts", import.meta.url));
  const args = ["--conditions=sallyport-source", "--import", "tsx", script, file, "16KiB"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      if (said.split("\n").length > count) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () =>
      resolve(
        said
          .split("\n")
          .filter((one) => /^e\d+\.\d+\.\d+$/.test(one))
          .slice(0, -1),
      ),
    );
  });
}

it("R12 once a trail cannot be written, no handler of an audited write runs", async () => {
  let broken: Error | undefined;
  const sink = { write: () => (broken === undefined ? undefined : Promise.reject(broken)), ready: () => broken };
  const { api, runs } = open({ pay: { policy: { audit: write("pay") } }, look: {} }, { audit: sink });
  const ask = async (path: string) => (await api.handle(exchangeOf({ target: path })))?.status;
  expect([await ask("/pay"), runs.pay]).toEqual([200, 1]);
  broken = new Error("disk full");
  expect([await ask("/pay"), runs.pay]).toEqual([503, 1]);
  expect(await ask("/look")).toBe(200);
});

it("sallyport audit verify says how many lines, or which is the first that is wrong", async () => {
  const head = await written(3, { key: new Secret("k".repeat(32)) });
  vi.stubEnv("TRAIL_KEY", "k".repeat(32));
  const run = async (flags: Partial<Parameters<typeof runAuditVerify>[0]>) => {
    let said = "";
    const note = (text: string) => {
      said += text;
    };
    const load = async () => ({ ...audit, ...secrets }) as never;
    const streams = { out: note, err: note, colour: false };
    return [await runAuditVerify({ files: ["audit.jsonl"], ...flags }, streams, folder, load), said];
  };
  expect(await run({ key: "env:TRAIL_KEY", head: head.hash })).toEqual([0, `3 lines, whole. Head: ${head.hash}\n`]);
  expect(await run({})).toEqual([1, "audit.jsonl:1 it was changed, or the key is another one.\n"]);
  expect((await run({ key: "k".repeat(32) }))[0]).toBe(2);
  expect((await run({ files: ["nowhere"] }))[0]).toBe(2);
  vi.unstubAllEnvs();
});
