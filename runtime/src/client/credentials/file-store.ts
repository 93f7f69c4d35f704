import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { withLock } from "./file-lock.js";
import type { TokenStore, Tokens } from "./tokens.js";

/**
 * Tokens in a file that its owner alone may read. It is replaced as a whole, and on the disk before it is: a crash leaves the old tokens or
 * the new ones. Processes that share it refresh one at a time.
 * @param file in a folder that others cannot write to.
 * @throws Error, from `load`, for a file that others may read, or that holds no tokens.
 */
export function fileStore(file: string): TokenStore {
  return {
    load: () => read(file),
    save: (tokens) => replace(file, JSON.stringify(tokens)),
    clear: () => rm(file, { force: true }),
    exclusively: (work, signal) => withLock(`${file}.lock`, work, signal),
  };
}

async function read(file: string): Promise<Tokens | undefined> {
  try {
    const { mode } = await stat(file);
    // Windows has no such modes: there the folder guards the file.
    if (process.platform !== "win32" && (mode & 0o077) !== 0)
      throw new Error(`${file} can be read by others: chmod 600, and sign in again`);
    const tokens: unknown = JSON.parse(await readFile(file, "utf8"));
    if (typeof tokens !== "object" || tokens === null) throw new Error(`${file} holds no tokens`);
    return tokens;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
}

async function replace(file: string, text: string): Promise<void> {
  const next = `${file}.${randomUUID()}`;
  try {
    const handle = await open(next, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(next, file);
  } catch (thrown) {
    await rm(next, { force: true });
    throw thrown;
  }
}
