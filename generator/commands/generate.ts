import type { GenerateOptions, GenerateResult } from "../generate.js";
import { rememberLine } from "../output/line.js";
import { type Asked as AskedOf, type Outcome, recall, remember } from "../output/memory.js";
import { type Flags, optionsOf } from "./flags.js";
import type { Streams } from "./print.js";
import { printed, reporting } from "./report.js";
import { summaryOf } from "./summary.js";
import { watchInputs } from "./watch.js";

type Asked = GenerateOptions & AskedOf;

/** What `sallyport generate` takes. */
export interface GenerateFlags extends Flags {
  readonly watch?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** `sallyport generate`: writes the files, and again on every change with `--watch`. */
export async function runGenerate(flags: GenerateFlags, streams: Streams, cwd: string): Promise<number> {
  const dryRun = flags.dryRun ?? false;
  const inputs = new Set<string>();
  const once = () =>
    reporting(streams, cwd, async () => {
      const { configFile, ...options } = await optionsOf(flags, cwd);
      for (const input of [configFile, options.spec, ...(options.overlays ?? [])])
        if (input !== undefined) inputs.add(input);
      const known = recalled(options);
      const result = known ?? (await generated({ ...options, dryRun }));
      for (const input of result.inputs) inputs.add(input);
      // Frames are cut out of the whole file: what was printed before is printed again.
      const { colour } = streams;
      const text = known?.said?.colour === colour ? known.said.text : printed(result.warnings, streams, cwd);
      if (known === undefined && !dryRun) {
        const outcome = outcomeOf(result);
        const isSame = outcome.warnings.length === result.warnings.length;
        remember(options, { ...outcome, ...(isSame ? { said: { text, colour } } : {}) });
      }
      if (isRepeatable(flags, configFile)) rememberLine(flags.line, options);
      if (text !== "") streams.err(text);
      streams.out(summaryOf(result, options.output, dryRun));
      return 0;
    });
  const code = await once();
  if (!flags.watch || code === 2) return code;
  await watchInputs({ inputs, cwd, onChange: once, say: streams.err });
  return 0;
}

/** Whether the line alone says what is asked for, and asks for it once. */
function isRepeatable(
  flags: GenerateFlags,
  configFile: string | undefined,
): flags is GenerateFlags & { readonly line: readonly string[] } {
  return flags.line !== undefined && configFile === undefined && !flags.watch && !flags.dryRun;
}

interface Recalled extends GenerateResult {
  readonly said?: Outcome["said"];
}

/** Nothing to do is found out before anything heavy is loaded. */
export function recalled(options: Asked): Recalled | undefined {
  const known = recall(options);
  return known && { ...known, files: known.files.map((path) => ({ path, status: "unchanged" })) };
}

async function generated(options: Asked & { readonly dryRun: boolean }): Promise<GenerateResult> {
  const { generate } = await import("../generate.js");
  return generate(options);
}

/** What running again would say. */
export function outcomeOf({ files, warnings, inputs }: GenerateResult): Outcome {
  return {
    files: files.filter((one) => one.status !== "removed").map((one) => one.path),
    // That a file was left behind is said once: the next run knows nothing of it.
    warnings: warnings.filter((one) => one.code !== "SP076"),
    inputs,
  };
}
