import path from "node:path";
import { show } from "../code/frame.js";
import { importInstalled } from "./keys/installed.js";
import { usageFault } from "./keys/usage.js";
import type { Streams } from "./print.js";
import { reporting } from "./report.js";

/** What `audit verify` takes. */
export interface AuditFlags {
  readonly files: readonly string[];
  readonly head?: string | undefined;
  readonly after?: string | undefined;
  readonly key?: string | undefined;
}

/** What of `@sallyport/runtime/audit` is called: a trail is verified by the code that wrote it. */
export interface AuditRuntime {
  readonly verifyAudit: (
    files: readonly string[],
    options: { readonly head?: string; readonly after?: string; readonly key?: unknown },
  ) => Promise<
    | { readonly whole: true; readonly lines: number; readonly head: { readonly hash: string } | undefined }
    | {
        readonly whole: false;
        readonly fault: { readonly file: string; readonly line: number; readonly message: string };
      }
  >;
  readonly Secret: new (value: string) => unknown;
}

/** `sallyport audit verify`: how many lines there are and the hash of the last, or the first line that is wrong. */
export function runAuditVerify(
  { files, head, after, key }: AuditFlags,
  streams: Streams,
  cwd: string,
  load: (cwd: string) => Promise<AuditRuntime> = installed,
): Promise<number> {
  return reporting(streams, cwd, async () => {
    const text = keyOf(key);
    const { verifyAudit, Secret } = await load(cwd);
    const verdict = await verifyAudit(
      files.map((file) => path.resolve(cwd, file)),
      {
        ...(head === undefined ? {} : { head }),
        ...(after === undefined ? {} : { after }),
        ...(text === undefined ? {} : { key: new Secret(text) }),
      },
    ).catch((thrown: unknown) => {
      const why = thrown instanceof Error ? thrown.message : "it failed";
      throw usageFault("SP090", `The trail cannot be read: ${why}.`, "Name the files of one audit trail.");
    });
    if (verdict.whole) {
      streams.out(`${verdict.lines} lines, whole. Head: ${verdict.head?.hash ?? "none"}\n`);
      return 0;
    }
    const { file, line, message } = verdict.fault;
    streams.err(`${show(path.relative(cwd, file))}:${line} ${show(message)}.\n`);
    return 1;
  });
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
  const secrets = await importInstalled("@sallyport/runtime/secrets", cwd);
  return { ...audit, ...secrets } as unknown as AuditRuntime;
}
