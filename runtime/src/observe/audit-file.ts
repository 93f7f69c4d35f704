import { type FileHandle, open, rename } from "node:fs/promises";
import path from "node:path";
import { type Size, toOctets } from "../policy/index.js";
import type { Secret } from "../secrets/secret.js";
import type { AuditLine, AuditSink } from "./audit.js";
import { type ChainHead, type Hasher, hasherOf, seal } from "./chain.js";
import { toAuditLine } from "./json-lines.js";
import { lineQueue } from "./line-queue.js";
import { lockFile } from "./lock-file.js";
import { recover } from "./recover.js";

/** Options of `auditFile`. */
export interface AuditFileOptions {
  /**
   * Whether a call is answered only when its line is on disk (`fdatasync`). Default true. Lines that come while the disk writes go
   * together with the next sync, so that the cost is one sync for many. Without it a line is handed to the system before the answer: it
   * survives the end of the process, and not that of the machine.
   */
  readonly durable?: boolean;
  /** How large a file may grow before the next one is begun. Default 64MiB. */
  readonly maxSize?: Size;
  /** A key for the chain: without it, whoever can write the file can write a whole new chain. */
  readonly key?: Secret;
}

/** An audit sink of files. */
export interface AuditFile extends AuditSink {
  /** The last line that is written. Kept elsewhere, it shows later that nothing was cut off. */
  readonly head: () => ChainHead;
  readonly ready: () => Error | undefined;
  /** Writes what is left, and lets the file go. */
  readonly close: () => Promise<void>;
}

/**
 * An audit trail of hash-chained JSON lines in a file, and in `FILE.<number of its last line>` for those that are full. It is only ever added to.
 * A line that an end of the process has torn, which nobody was told is written, is put aside in `FILE.torn-…` when it is opened again.
 *
 * After a write that failed nothing is known of the disk: from then on every call fails, until the file is opened anew.
 * @throws Error where another process has it open, or its last line is not what was written.
 */
export async function auditFile(file: string, options: AuditFileOptions = {}): Promise<AuditFile> {
  const { durable = true, maxSize = "64MiB", key } = options;
  const limit = toOctets(maxSize);
  const hash = hasherOf(key);
  const unlock = await lockFile(`${file}.lock`);
  const book = await openBook(file, hash).catch(async (thrown: unknown) => {
    await unlock();
    throw thrown;
  });
  let broken: Error | undefined;
  const queue = lineQueue(async (lines) => {
    if (broken !== undefined) throw broken;
    await book.append(lines, { durable, limit }).catch((thrown: unknown) => {
      broken = new Error("The audit trail cannot be written", { cause: thrown });
      throw broken;
    });
  });
  return {
    write: async (line: AuditLine) => queue.write(toAuditLine(line)),
    head: book.head,
    ready: () => broken,
    close: async () => {
      await queue.idle();
      broken ??= new Error("The audit trail is closed");
      await book.close();
      await unlock();
    },
  };
}

interface Book {
  readonly head: () => ChainHead;
  readonly append: (
    lines: readonly string[],
    how: { readonly durable: boolean; readonly limit: number },
  ) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function openBook(file: string, hash: Hasher): Promise<Book> {
  const found = await recover(file, hash);
  let { head, size } = found;
  let handle: FileHandle = await open(file, "a", 0o600);
  await syncFolder(file);
  const turn = async () => {
    // Whoever reads the folder finds the files in the order of their lines.
    await handle.datasync();
    await handle.close();
    await rename(file, `${file}.${String(head.seq).padStart(16, "0")}`);
    handle = await open(file, "ax", 0o600);
    await syncFolder(file);
    size = 0;
  };
  return {
    head: () => head,
    append: async (lines, { durable, limit }) => {
      if (size >= limit) await turn();
      const sealed: string[] = [];
      let next = head;
      for (const line of lines) {
        const one = seal(line, next, hash);
        sealed.push(one.text);
        next = one.head;
      }
      const octets = Buffer.from(sealed.join(""), "utf8");
      await handle.appendFile(octets);
      if (durable) await handle.datasync();
      size += octets.length;
      head = next;
    },
    close: async () => {
      await handle.datasync();
      await handle.close();
    },
  };
}

/** A file whose name is not on disk is lost with its lines. */
async function syncFolder(file: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path.dirname(path.resolve(file)), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
