import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { usageFault } from "./usage.js";

const patience = 30_000;
const pause = 50;

/**
 * Takes a folder for this process: an embedded database has one user at a time. Waits a moment for another command to end.
 * @returns what gives it back.
 * @throws DiagnosticError when a process that lives has it.
 */
export async function lockFolder(folder: string): Promise<() => void> {
  const file = `${folder}.lock`;
  for (const end = Date.now() + patience; ; await new Promise((resolve) => setTimeout(resolve, pause))) {
    if (take(file)) return () => rmSync(file, { force: true });
    const holder = Number(readHolder(file));
    if (holder > 0 && !isAlive(holder)) rmSync(file, { force: true });
    else if (Date.now() > end) {
      const fix = `End that process, or remove ${file} if there is none. Servers that share keys keep them in PostgreSQL.`;
      throw usageFault("SP085", `Another process (${holder || "unknown"}) has ${folder} open.`, fix);
    }
  }
}

function take(file: string): boolean {
  try {
    const handle = openSync(file, "wx", 0o600);
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
