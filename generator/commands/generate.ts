import type { GenerateOptions, GenerateResult } from "../generate.js";
import { type Asked as AskedOf, type Outcome, recall, remember } from "../output/memory.js";
import { type Flags, optionsOf } from "./flags.js";
import type { Streams } from "./print.js";
import { printed, reporting } from "./report.js";
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
      const known = await recalled(options);
      const result = known ?? (await generated({ ...options, dryRun }));
      for (const input of result.inputs) inputs.add(input);
      // Frames are cut out of the whole file: what was printed before is printed again.
      const { colour } = streams;
      const text = known?.said?.colour === colour ? known.said.text : printed(result.warnings, streams, cwd);
      if (known === undefined && !dryRun) {
        const outcome = outcomeOf(result);
        const isSame = outcome.warnings.length === result.warnings.length;
        await remember(options, { ...outcome, ...(isSame ? { said: { text, colour } } : {}) });
      }
      if (text !== "") streams.err(text);
      streams.out(summaryOf(result, options.output, dryRun));
      return 0;
    });
  const code = await once();
  if (!flags.watch || code === 2) return code;
  await watchInputs({ inputs, cwd, onChange: once, say: streams.err });
  return 0;
}

interface Recalled extends GenerateResult {
  readonly said?: Outcome["said"];
}

/** Nothing to do is found out before anything heavy is loaded. */
export async function recalled(options: Asked): Promise<Recalled | undefined> {
  const known = await recall(options);
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

function summaryOf({ files }: GenerateResult, output: string, dryRun: boolean): string {
  const changed = files.filter((one) => one.status !== "unchanged");
  const wouldBe = { written: "would write", removed: "would remove", unchanged: "" };
  const lines = changed.map(
    (one) => `${(dryRun ? wouldBe[one.status] : one.status).padEnd(dryRun ? 12 : 8)} ${one.path}`,
  );
  const rest = files.length - changed.length;
  return `${[...lines, ...(rest > 0 ? [`${rest} unchanged`] : []), ...(files.length > 0 ? [`in ${output}`] : [])].join("\n")}\n`;
}
