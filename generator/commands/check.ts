import { rememberLine } from "../output/line.js";
import { remember } from "../output/memory.js";
import { type Flags, optionsOf } from "./flags.js";
import { outcomeOf, recalled } from "./generate.js";
import type { Streams } from "./print.js";
import { reporting } from "./report.js";

/** `sallyport check`: 3 when generating would change anything, with the changes as a unified diff. */
export async function runCheck(flags: Flags, streams: Streams, cwd: string): Promise<number> {
  return reporting(streams, cwd, async () => {
    const { configFile, ...options } = await optionsOf(flags, cwd);
    if (flags.line !== undefined && configFile === undefined) rememberLine(flags.line, options);
    if (recalled(options) !== undefined) return 0;
    const { check } = await import("../generate.js");
    const { stale, changes, ...result } = await check(options);
    if (!stale) {
      remember(options, outcomeOf(result));
      return 0;
    }
    streams.out(changes.map((one) => one.patch).join(""));
    const files = changes.length === 1 ? "One file" : `${changes.length} files`;
    streams.err(`${files} in ${options.output} would change. Run \`sallyport generate\` and commit the result.\n`);
    return 3;
  });
}
