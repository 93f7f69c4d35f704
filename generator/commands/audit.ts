import { existsSync } from "node:fs";
import path from "node:path";
import { DiagnosticError } from "../code/diagnostic.js";
import { show } from "../code/frame.js";
import { isUrl, type OpenDatabase, openDatabase, placeOf } from "./database.js";
import { importInstalled } from "./keys/installed.js";
import { usageFault } from "./keys/usage.js";
import type { Streams } from "./print.js";
import { reporting } from "./report.js";

/** What `audit verify` takes: the files of a trail, or a database and a chain in it. */
export interface AuditFlags {
  readonly files: readonly string[];
  readonly database?: string | undefined;
  readonly chain?: string | undefined;
  readonly head?: string | undefined;
  readonly after?: string | undefined;
  readonly key?: string | undefined;
}

interface Options {
  readonly head?: string;
  readonly after?: string;
  readonly key?: unknown;
}

type Verdict =
  | { readonly whole: true; readonly lines: number; readonly head: { readonly hash: string } | undefined }
  | {
      readonly whole: false;
      readonly fault: { readonly file: string; readonly line: number; readonly message: string };
    };

/** What of the runtime is called: a trail is verified by the code that wrote it. */
export interface AuditRuntime {
  readonly verifyAudit: (files: readonly string[], options: Options) => Promise<Verdict>;
  readonly verifyPostgresAudit: (
    client: OpenDatabase["client"],
    options: Options & { readonly chain?: string },
  ) => Promise<Verdict>;
  readonly Secret: new (value: string) => unknown;
}

/** `sallyport audit verify`: how many lines there are and the hash of the last, or the first line that is wrong. */
export function runAuditVerify(
  flags: AuditFlags,
  streams: Streams,
  cwd: string,
  load: (cwd: string) => Promise<AuditRuntime> = installed,
  connect: typeof openDatabase = openDatabase,
): Promise<number> {
  return reporting(streams, cwd, async () => {
    const { files, database, head, after } = flags;
    if (files.length > 0 === (database !== undefined))
      throw usageFault("SP090", "It is not said which trail.", "Name the files of one audit trail, or a --database.");
    const text = keyOf(flags.key);
    const runtime = await load(cwd);
    const options: Options = {
      ...(head === undefined ? {} : { head }),
      ...(after === undefined ? {} : { after }),
      ...(text === undefined ? {} : { key: new runtime.Secret(text) }),
    };
    const verdict =
      database === undefined
        ? await readable(
            runtime.verifyAudit(
              files.map((file) => path.resolve(cwd, file)),
              options,
            ),
          )
        : await inDatabase(existing(placeOf(database, process.env), cwd), cwd, connect, (client) =>
            runtime.verifyPostgresAudit(client, {
              ...options,
              ...(flags.chain === undefined ? {} : { chain: flags.chain }),
            }),
          );
    if (verdict.whole && verdict.lines === 0 && database !== undefined) {
      // Of a chain that was mistyped, and of a table that was emptied, nothing is wrong but this.
      streams.err(`There is no line of the chain ${show(flags.chain ?? "main")}.\n`);
      return 1;
    }
    if (verdict.whole) {
      streams.out(`${verdict.lines} lines, whole. Head: ${verdict.head?.hash ?? "none"}\n`);
      return 0;
    }
    const { file, line, message } = verdict.fault;
    streams.err(`${show(database === undefined ? path.relative(cwd, file) : file)}:${line} ${show(message)}.\n`);
    return 1;
  });
}

/** Whoever verifies a trail makes no database: a folder that was mistyped is none. */
function existing(place: string, cwd: string): string {
  if (isUrl(place) || existsSync(path.resolve(cwd, place))) return place;
  throw usageFault("SP090", `There is no database ${place}.`, "Name its folder or its postgres:// URL.");
}

async function inDatabase(
  place: string,
  cwd: string,
  connect: typeof openDatabase,
  verify: (client: OpenDatabase["client"]) => Promise<Verdict>,
): Promise<Verdict> {
  const { client, close } = await readable(connect(place, cwd));
  try {
    return await readable(verify(client));
  } finally {
    await close();
  }
}

/** What files and databases say of themselves; never a URL, in which a password may stand. */
async function readable<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (thrown) {
    if (thrown instanceof DiagnosticError) throw thrown;
    const why = thrown instanceof Error ? thrown.message : "it failed";
    throw usageFault(
      "SP090",
      `The trail cannot be read: ${why}.`,
      "Name the files of one audit trail, or a --database.",
    );
  }
}

/** A key on a command line would be in the history of the shell. */
function keyOf(flag: string | undefined): string | undefined {
  if (flag === undefined) return undefined;
  const value = flag.startsWith("env:") ? process.env[flag.slice("env:".length)] : undefined;
  if (value !== undefined && value !== "") return value;
  throw usageFault(
    "SP090",
    "--key is not env:NAME of a variable that is set.",
    "Put the key into a variable, and say --key env:NAME.",
  );
}

async function installed(cwd: string): Promise<AuditRuntime> {
  const audit = await importInstalled("@sallyport/runtime/audit", cwd);
  const postgres = await importInstalled("@sallyport/runtime/postgres", cwd);
  const secrets = await importInstalled("@sallyport/runtime/secrets", cwd);
  return { ...audit, ...postgres, ...secrets } as unknown as AuditRuntime;
}
