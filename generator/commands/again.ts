import { recallLine } from "../output/line.js";
import { recall } from "../output/memory.js";
import { configFileOf } from "./config.js";
import type { Streams } from "./print.js";
import { summaryOf } from "./summary.js";

/**
 * A `generate` or `check` that was typed before and has nothing to do: answered before even the parser of command lines is loaded.
 * @returns the exit code; `undefined` where anything is not as it was, and the command must run.
 */
export function again(line: readonly string[], streams: Streams, cwd: string): number | undefined {
  const [command] = line;
  if ((command !== "generate" && command !== "check") || configFileOf(cwd) !== undefined) return undefined;
  const asked = recallLine(line, cwd);
  const known = asked && recall(asked);
  if (asked === undefined || known === undefined) return undefined;
  if (command === "check") return 0;
  const { said, files } = known;
  if (said?.colour !== streams.colour) return undefined;
  if (said.text !== "") streams.err(said.text);
  const unchanged = files.map((path) => ({ path, status: "unchanged" }) as const);
  streams.out(summaryOf({ files: unchanged }, asked.output, false));
  return 0;
}
