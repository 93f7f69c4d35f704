import { type FileHandle, open, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { type ChainHead, type Hasher, linkOf, origin } from "./chain.js";

/** Where a trail goes on. */
export interface Recovered {
  readonly head: ChainHead;
  /** Octets of the file that is written to. */
  readonly size: number;
}

/**
 * Finds the end of a trail. What an end of the process has torn is put aside: nobody was told that it is written.
 * @throws Error where the last line is not what was written: to go on after it would lend it credit.
 */
export async function recover(file: string, hash: Hasher): Promise<Recovered> {
  const current = await endOf(file, hash, true);
  if (current?.head !== undefined) return { head: current.head, size: current.size };
  const before = await newest(file);
  const last = before === undefined ? undefined : await endOf(before, hash, false);
  if (before !== undefined && last?.head === undefined) throw new Error(`${before} has no line of an audit trail`);
  return { head: last?.head ?? origin, size: 0 };
}

/** The full file that came last. */
async function newest(file: string): Promise<string | undefined> {
  const folder = path.dirname(path.resolve(file));
  const name = path.basename(file);
  const full = (await readdir(folder)).filter(
    (one) => one.startsWith(`${name}.`) && /^\d{16}$/.test(one.slice(name.length + 1)),
  );
  const last = full.sort().at(-1);
  return last === undefined ? undefined : path.join(folder, last);
}

interface End {
  readonly head: ChainHead | undefined;
  readonly size: number;
}

async function endOf(file: string, hash: Hasher, mend: boolean): Promise<End | undefined> {
  const handle = await open(file, mend ? "r+" : "r").catch((thrown: unknown) => {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  });
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const { line, torn, end } = await lastLine(handle, size);
    if (torn.length > 0 && mend) await putAside(file, handle, torn, end);
    if (line === undefined) return { head: undefined, size: end };
    const link = linkOf(line, hash);
    if (typeof link === "string") throw new Error(`The last line of ${file}: ${link}`);
    return { head: { seq: link.seq, hash: link.hash }, size: end };
  } finally {
    await handle.close();
  }
}

async function putAside(file: string, handle: FileHandle, torn: Buffer, end: number): Promise<void> {
  await writeFile(`${file}.torn-${Date.now()}-${process.pid}`, torn, { flag: "wx", mode: 0o600 });
  await handle.truncate(end);
  await handle.datasync();
}

const step = 65_536;
const lineFeed = 0x0a;

/** The last whole line, and what stands behind it. Read from the end: a trail may be larger than memory. */
async function lastLine(
  handle: FileHandle,
  size: number,
): Promise<{ readonly line: string | undefined; readonly torn: Buffer; readonly end: number }> {
  let tail = Buffer.alloc(0);
  for (let from = size; ; ) {
    const close = tail.lastIndexOf(lineFeed);
    const before = close <= 0 ? -1 : tail.lastIndexOf(lineFeed, close - 1);
    if (from === 0 || before !== -1) {
      const end = from + close + 1;
      return {
        line: close === -1 ? undefined : tail.subarray(before + 1, close).toString("utf8"),
        torn: tail.subarray(close + 1),
        end: close === -1 ? 0 : end,
      };
    }
    const count = Math.min(step, from);
    from -= count;
    const piece = Buffer.alloc(count);
    await handle.read(piece, 0, count, from);
    tail = Buffer.concat([piece, tail]);
  }
}
