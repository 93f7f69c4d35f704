import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { write } from "@sallyport/runtime/policy";
import * as postgres from "@sallyport/runtime/postgres";
import { type AuditLine, type PgClient, postgresAudit, verifyPostgresAudit } from "@sallyport/runtime/postgres";
import * as secrets from "@sallyport/runtime/secrets";
import { Secret } from "@sallyport/runtime/secrets";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runAuditVerify } from "../../generator/commands/audit.js";
import { open } from "../support/contract.js";
import { type Database, databases } from "../support/databases.js";
import { exchangeOf } from "../support/exchange.js";

const line = (event: string, more: Partial<AuditLine> = {}): AuditLine => ({
  time: "2026-01-01T00:00:00Z",
  event,
  level: "write",
  outcome: "allowed",
  ...more,
});
let count = 0;
/** A chain of a test's own. */
const chainOf = () => `chain ${++count}`;

describe.each(databases)("R55 an audit trail in $name", ({ skip, isShared, start }) => {
  let database: Database;
  beforeAll(async () => {
    if (!skip) database = await start();
  }, 60_000);
  afterAll(() => database?.close());

  const written = async (events: number, options: postgres.PostgresAuditOptions) => {
    const sink = await postgresAudit(database.client, options);
    await Promise.all(Array.from({ length: events }, (_, at) => sink.write(line(`e${at + 1}`))));
    await sink.close();
    return sink.head();
  };
  const rowsOf = async (chain: string) =>
    (await database.client.query("select line from sallyport_audit where chain = $1 order by seq", [chain])).rows as {
      readonly line: string;
    }[];

  it.skipIf(skip)("is whole as it was written, and goes on where it ended", async () => {
    const chain = chainOf();
    expect((await written(3, { chain })).seq).toBe(3);
    const head = await written(2, { chain, migrate: "check" });
    expect(await verifyPostgresAudit(database.client, { chain, head: head.hash })).toEqual({
      whole: true,
      lines: 5,
      head,
    });
    expect(await verifyPostgresAudit(database.client, { chain: chainOf() })).toMatchObject({ whole: true, lines: 0 });
  });

  it.skipIf(skip)("has no end too early for many lines, and holds what a caller made up in its line", async () => {
    const chain = chainOf();
    const sink = await postgresAudit(database.client, { chain });
    const forged = `a\u0000\r\n{"event":"forged"}\u2028\u001b[2J'); drop table sallyport_audit; --","seq":1,"prev":"x"}`;
    const all = Array.from({ length: 1_500 }, () =>
      sink.write(line("e", { subject: forged, fields: { [forged]: 1 } })),
    );
    await Promise.all(all);
    expect(await verifyPostgresAudit(database.client, { chain })).toMatchObject({ whole: true, lines: 1_500 });
    expect((await rowsOf(chain))[0]?.line).toMatch(/^[\x20-\x7e…]*$/);
  });

  it.skipIf(skip)(
    "lets nobody change or take out a line, or empty the table, with triggers for replicas too",
    async () => {
      const chain = chainOf();
      await written(2, { chain });
      for (const text of [
        "update sallyport_audit set line = ''",
        "delete from sallyport_audit",
        "truncate sallyport_audit",
        "insert into sallyport_audit values ('x', 1, repeat('0', 64), '', '') on conflict (chain, seq) do update set line = ''",
        "with t as (delete from sallyport_audit returning 1) select * from t",
        "do $$ begin set session_replication_role = replica; delete from sallyport_audit; end $$",
      ])
        await expect(database.client.query(text), text).rejects.toMatchObject({ code: "SPA04" });
      expect(await verifyPostgresAudit(database.client, { chain })).toMatchObject({ whole: true, lines: 2 });
    },
  );

  it.skipIf(skip)("is written by a user who may do nothing but that, and who cannot drop the triggers", async () => {
    const chain = chainOf();
    await written(1, { chain });
    const setUp = `do $$ begin create role writer; grant select, insert on sallyport_audit to writer; grant select on sallyport_schema to writer; end $$`;
    await database.client.query(setUp);
    const { client, close } = await database.oneConnection();
    await client.query("set role writer");
    const sink = await postgresAudit(client, { chain, migrate: "check" });
    await sink.write(line("e2"));
    for (const text of [
      "alter table sallyport_audit disable trigger all",
      "drop trigger sallyport_audit_append_only on sallyport_audit",
      "update sallyport_audit set line = ''",
      "truncate sallyport_audit",
    ])
      await expect(client.query(text), text).rejects.toMatchObject({ code: "42501" });
    await client.query("reset role");
    await close();
    expect(await verifyPostgresAudit(database.client, { chain })).toMatchObject({ whole: true, lines: 2 });
  });

  it.skipIf(skip)("takes no line that does not follow the last one", async () => {
    const chain = chainOf();
    const { hash } = await written(2, { chain });
    const insert = (seq: number, prev: string) =>
      database.client.query("insert into sallyport_audit values ($1, $2, $3, 'h', 'l')", [chain, seq, prev]);
    await expect(insert(4, hash)).rejects.toMatchObject({ code: "SPA03" });
    await expect(insert(3, "0".repeat(64))).rejects.toMatchObject({ code: "SPA03" });
    await expect(insert(2, hash)).rejects.toMatchObject({ code: expect.stringMatching(/23505|SPA03/) });
    await expect(
      database.client.query("insert into sallyport_audit values ($1, 1, 'x', 'h', 'l')", [`${chain}+`]),
    ).rejects.toMatchObject({ code: "SPA03" });
  });

  it.skipIf(skip)("tells what its owner has done behind the triggers, and does not go on after it", async () => {
    const chain = chainOf();
    const { hash } = await written(5, { chain });
    const triggers = (how: string) =>
      ["follows", "append_only"]
        .map((one) => `alter table sallyport_audit ${how} trigger sallyport_audit_${one};`)
        .join(" ");
    const owner = (text: string) =>
      database.client.query(`do $$ begin ${triggers("disable")} ${text}; ${triggers("enable always")} end $$`);
    const verdict = () => verifyPostgresAudit(database.client, { chain, head: hash });
    await owner(`update sallyport_audit set line = replace(line, '"e3"', '"e9"') where chain = '${chain}'`);
    expect(await verdict()).toMatchObject({ whole: false, fault: { file: chain, line: 3, message: /changed/ } });
    await owner(`delete from sallyport_audit where chain = '${chain}' and seq = 3`);
    expect(await verdict()).toMatchObject({ whole: false, fault: { line: 4, message: /after line 2/ } });
    await owner(`delete from sallyport_audit where chain = '${chain}' and seq > 2`);
    expect(await verdict()).toMatchObject({ whole: false, fault: { line: 2, message: /ends before the head/ } });
    await owner(`update sallyport_audit set line = replace(line, '"e2"', '"e8"') where chain = '${chain}'`);
    await expect(postgresAudit(database.client, { chain })).rejects.toThrow("it was changed");
  });

  it.skipIf(skip)("under a key cannot be written anew by whoever has not got it", async () => {
    const chain = chainOf();
    const key = new Secret("k".repeat(32));
    await written(2, { chain, key });
    expect((await verifyPostgresAudit(database.client, { chain, key })).whole).toBe(true);
    expect((await verifyPostgresAudit(database.client, { chain })).whole).toBe(false);
    await expect(postgresAudit(database.client, { chain })).rejects.toThrow("the key is another one");
  });

  it.skipIf(skip)("many writers of one chain follow each other, and no line is lost", async () => {
    const chain = chainOf();
    const sinks = await Promise.all(
      Array.from({ length: 4 }, () => postgresAudit(database.another(), { chain, patience: "60s" })),
    );
    for (let round = 0; round < 15; round += 1)
      await Promise.all(sinks.flatMap((sink, at) => [1, 2, 3].map((of) => sink.write(line(`w${at}.${round}.${of}`)))));
    expect(await verifyPostgresAudit(database.client, { chain })).toMatchObject({ whole: true, lines: 180 });
    const kept = new Set((await rowsOf(chain)).map((one) => (JSON.parse(one.line) as AuditLine).event));
    expect(kept.size).toBe(180);
  });

  it.skipIf(skip || !isShared)(
    "kill -9 in mid-write, of two processes: no line that was acknowledged is lost",
    async () => {
      const { url = "" } = database;
      const chain = chainOf();
      const acknowledged = (await Promise.all([40, 90].map((lines) => killedAfter(lines, url, chain)))).flat();
      expect(acknowledged.length).toBeGreaterThan(100);
      expect((await verifyPostgresAudit(database.client, { chain })).whole).toBe(true);
      const kept = new Set((await rowsOf(chain)).map((one) => (JSON.parse(one.line) as AuditLine).event));
      expect(acknowledged.filter((one) => !kept.has(one))).toEqual([]);
    },
    60_000,
  );

  it.skipIf(skip)("is verified by `sallyport audit verify --database`", async () => {
    const chain = chainOf();
    const head = await written(3, { chain });
    let said = "";
    const note = (text: string) => {
      said += text;
    };
    const run = (flags: object) =>
      runAuditVerify(
        { files: [], database: "env:TRAIL_URL", chain, ...flags },
        { out: note, err: note, colour: false },
        "/",
        async () => ({ ...postgres, ...secrets }) as never,
        async () => ({ client: database.client, close: async () => {} }),
      );
    vi.stubEnv("TRAIL_URL", "postgres://somewhere");
    expect(await run({ head: head.hash })).toBe(0);
    expect(said).toBe(`3 lines, whole. Head: ${head.hash}\n`);
    said = "";
    expect(await run({ head: "0" })).toBe(1);
    expect(said).toBe(`${chain}:3 it ends before the head that was given.\n`);
    said = "";
    expect(await run({ chain: "man" })).toBe(1);
    expect(said).toBe("There is no line of the chain man.\n");
    expect(await run({ files: ["a.jsonl"] })).toBe(2);
    expect(await run({ files: [], database: undefined })).toBe(2);
    expect(await run({ database: "env:NOT_SET" })).toBe(2);
    said = "";
    expect(await run({ database: "no/such/folder" })).toBe(2);
    expect(said).toContain("There is no database no/such/folder");
    vi.unstubAllEnvs();
  });
});

/** A process that writes, killed when so many lines are acknowledged: what it said of them. */
function killedAfter(lines: number, url: string, chain: string): Promise<readonly string[]> {
  const script = fileURLToPath(new URL("../support/audit-writer-postgres.ts", import.meta.url));
  const args = ["--conditions=sallyport-source", "--import", "tsx", script, url, chain];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      if (said.split("\n").length > lines) child.kill("SIGKILL");
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

describe("a database that fails", () => {
  /** A database that keeps nothing, and fails as it is told. */
  function shaky() {
    const state: { mode: "fine" | "down" | "hangs" | "loses lines" } = { mode: "fine" };
    const client: PgClient = {
      query: async (text, values) => {
        if (state.mode === "down") throw new Error("connection refused");
        if (!text.includes("added as")) return { rows: [] };
        if (state.mode === "hangs") await new Promise(() => {});
        const { length } = JSON.parse(String(values?.[1])) as readonly unknown[];
        // One connection hangs, with lines on it; another answers.
        if (state.mode === "loses lines" && length > 0) await new Promise(() => {});
        return { rows: [{ added: length, line: null }] };
      },
    };
    return { state, client };
  }

  it("R12 refuses calls; no handler of an audited write runs until it is found to be back", async () => {
    const { state, client } = shaky();
    const audit = await postgresAudit(client, { patience: "1s" });
    const { api, runs } = open({ pay: { policy: { audit: write("pay") } } }, { audit });
    const pay = async () => (await api.handle(exchangeOf({ target: "/pay" })))?.status;
    expect([await pay(), runs.pay]).toEqual([200, 1]);
    state.mode = "down";
    // The one that finds out has run.
    expect([await pay(), runs.pay]).toEqual([503, 2]);
    expect([await pay(), runs.pay]).toEqual([503, 2]);
    state.mode = "fine";
    await expect.poll(() => audit.ready(), { timeout: 5_000 }).toBeUndefined();
    expect([await pay(), runs.pay]).toEqual([200, 3]);
  });

  it("does not keep a call waiting for longer than its patience", async () => {
    const { state, client } = shaky();
    const audit = await postgresAudit(client, { patience: "50ms" });
    state.mode = "hangs";
    await expect(audit.write(line("e"))).rejects.toThrow("cannot be written");
    expect(audit.ready()).toBeInstanceOf(Error);
  });

  it("gives up a statement that hangs, says so until lines are added again, and goes on then", async () => {
    const { state, client } = shaky();
    const audit = await postgresAudit(client, { patience: "200ms" });
    state.mode = "loses lines";
    const first = audit.write(line("e1"));
    await expect(first).rejects.toThrow("cannot be written");
    state.mode = "fine";
    await expect.poll(() => audit.ready(), { timeout: 5_000 }).toBeUndefined();
    await audit.write(line("e2"));
    expect(audit.head().seq).toBe(1);
    await audit.close();
  });

  it("takes no line when it is closed", async () => {
    const audit = await postgresAudit(shaky().client);
    await audit.close();
    await expect(audit.write(line("late"))).rejects.toThrow("closed");
    expect(audit.ready()?.message).toMatch("closed");
  });
});
