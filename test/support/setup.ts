import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Templates are precompiled before any test, so that a test never runs against an old one. */
export function setup(): void {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  if (!existsSync(`${cwd}/scripts/precompile.ts`)) return;
  execFileSync(process.execPath, ["--import", "tsx", "scripts/precompile.ts"], { cwd, stdio: "inherit" });
}
