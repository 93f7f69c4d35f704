import { randomUUID } from "node:crypto";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";

/** After how long a lock is nobody's whose holder cannot be asked: much longer than any work under it takes. */
const stale = 120_000;

/** Milliseconds between two tries, and as much again by chance. */
const pace = 20;

/**
 * Runs work while no other process that locks the same file does. A lock names its holder: one whose process has died is taken over, at
 * once on this machine, and after two minutes where it is another one's.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const mark = JSON.stringify({ id: randomUUID(), pid: process.pid, host: hostname() });
  while (!(await taken(file, mark))) {
    signal.throwIfAborted();
    await freed(file);
    await wait(pace + Math.random() * pace, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    // Somebody may have thought us dead, and hold it now.
    if ((await contentOf(file)) === mark) await rm(file, { force: true });
  }
}

/** Makes a file that was not there: of all who try, one does. */
async function taken(file: string, mark: string): Promise<boolean> {
  try {
    await writeFile(file, mark, { flag: "wx", mode: 0o600 });
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    throw thrown;
  }
}

/** Removes a lock that a dead process has left. Under a lock of its own: of two who see it, the second would remove the first one's new lock. */
async function freed(file: string): Promise<void> {
  if (!(await isDead(file))) return;
  const breaking = `${file}.break`;
  if (!(await taken(breaking, JSON.stringify({ pid: process.pid, host: hostname() })))) {
    if (await isDead(breaking)) await rm(breaking, { force: true });
    return;
  }
  try {
    if (await isDead(file)) await rm(file, { force: true });
  } finally {
    await rm(breaking, { force: true });
  }
}

async function isDead(file: string): Promise<boolean> {
  const [text, age] = [await contentOf(file), await ageOf(file)];
  if (text === undefined || age === undefined) return false;
  if (age > stale) return true;
  try {
    const { pid, host } = JSON.parse(text) as { readonly pid: number; readonly host: string };
    return host === hostname() && !isAlive(pid);
  } catch {
    // It is being written just now.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return codeOf(thrown) !== "ESRCH";
  }
}

async function contentOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}

async function ageOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => undefined,
  );
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : undefined;
}
