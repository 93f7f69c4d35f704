import { readFile, rm, writeFile } from "node:fs/promises";

/**
 * Takes a file for this process. One that a process left behind that is no more is taken over.
 * @returns what gives it back.
 */
export async function lockFile(lock: string): Promise<() => Promise<void>> {
  const take = () => writeFile(lock, String(process.pid), { flag: "wx", mode: 0o600 });
  try {
    await take();
  } catch (thrown) {
    if (!isTaken(thrown)) throw thrown;
    const holder = Number(await readFile(lock, "utf8").catch(() => ""));
    if (isAlive(holder)) throw new Error(`${lock} is held by process ${holder}: one trail has one writer`);
    await rm(lock, { force: true });
    await take();
  }
  return () => rm(lock, { force: true });
}

function isTaken(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST";
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}
