import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** What a command took, whatever processes it started. */
export interface Usage {
  readonly wallMs: number;
  readonly userMs: number;
  /** Of the largest of its processes. */
  readonly peakMb: number;
  readonly ok: boolean;
  /** Whether it was stopped: it took longer than it was given. */
  readonly late: boolean;
  /** The end of what it said. */
  readonly said: string;
}

const marker = "@usage";
/** The shell adds up what its children used; the size of the largest is what the system saw of them, looked at ten times a second. */
const script = `timeout -k 5 "$@"; code=$?; echo; echo "${marker}"; times; exit $code`;

/** @param patience seconds; what takes longer is stopped, with whatever it started. */
export async function measure(command: readonly string[], cwd: string, patience = 300): Promise<Usage> {
  const started = performance.now();
  const child = spawn("bash", ["-c", script, "bench", String(patience), ...command], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: quietly(),
  });
  const said: string[] = [];
  child.stdout.on("data", (text) => said.push(String(text)));
  child.stderr.on("data", (text) => said.push(String(text)));
  let peakKb = 0;
  const look = setInterval(() => {
    peakKb = Math.max(peakKb, largestBelow(child.pid ?? 0));
  }, 100);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(look);
  const text = said.join("");
  // As `timeout` says it: of its own, and where the command had to be killed.
  const late = code === 124 || code === 137;
  return {
    wallMs: Math.round(performance.now() - started),
    userMs: userOf(text),
    peakMb: Math.round(peakKb / 1024),
    ok: code === 0,
    late,
    said: late ? `stopped after ${patience} s` : endOf(text),
  };
}

function endOf(text: string): string {
  return text
    .replace(new RegExp(`${marker}[^]*`), "")
    .trim()
    .slice(-2000);
}

function quietly(): NodeJS.ProcessEnv {
  return { ...process.env, NO_COLOR: "1", CI: "1", DO_NOT_TRACK: "1", NODE_OPTIONS: "--max-old-space-size=8192" };
}

/** `times` of POSIX: a line for the shell, and one for its children, `0m1.234s 0m0.100s`. */
function userOf(text: string): number {
  const [, minutes = "0", seconds = "0"] = new RegExp(`${marker}\\n.*\\n(\\d+)m([\\d.,]+)s`).exec(text) ?? [];
  return Math.round(Number(minutes) * 60_000 + Number(seconds.replace(",", ".")) * 1000);
}

/** Kilobytes of the largest process below another one. Where there is no /proc, nothing is known. */
function largestBelow(pid: number): number {
  const [status, children] = [read(`/proc/${pid}/status`), read(`/proc/${pid}/task/${pid}/children`)];
  const own = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
  return Math.max(
    own,
    ...children
      .split(" ")
      .filter(Boolean)
      .map((one) => largestBelow(Number(one))),
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** The octets and the number of all files below a folder. */
export function sizeOf(folder: string): { readonly octets: number; readonly files: number } {
  if (!existsSync(folder)) return { octets: 0, files: 0 };
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) =>
    statSync(path.join(folder, name)),
  );
  const files = names.filter((one) => one.isFile());
  return { octets: files.reduce((sum, one) => sum + one.size, 0), files: files.length };
}
