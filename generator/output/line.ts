import { readNote, writeNote } from "./cache.js";
import { sha256 } from "./manifest.js";
import type { Asked } from "./memory.js";
import { toolDigest } from "./tool.js";

/**
 * What a command line asked for when it was last typed, so that it need not be parsed to be known again. Only this very tool remembers
 * it: another may read the same words otherwise.
 */
export function recallLine(line: readonly string[], cwd: string): Asked | undefined {
  const name = nameOf(line, cwd);
  const asked = name === undefined ? undefined : readNote(cwd, name);
  return isAsked(asked) && asked.cwd === cwd ? asked : undefined;
}

/** Remembers what a command line asked for: it alone, as where a configuration has a say it may ask for something else the next time. */
export function rememberLine(line: readonly string[], asked: Asked): void {
  const name = nameOf(line, asked.cwd);
  if (name !== undefined) writeNote(asked.cwd, name, asked);
}

function nameOf(line: readonly string[], cwd: string): string | undefined {
  const tool = toolDigest();
  return tool === undefined ? undefined : sha256(JSON.stringify([tool, cwd, line]));
}

function isAsked(value: unknown): value is Asked {
  const { spec, output, cwd } = (value ?? {}) as Partial<Asked>;
  return [spec, output, cwd].every((one) => typeof one === "string");
}
