import { type GenerateResult, generate } from "../generate.js";
import { type Flags, optionsOf } from "./flags.js";
import type { Streams } from "./print.js";
import { printDiagnostics, reporting } from "./report.js";
import { watchInputs } from "./watch.js";

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
      const result = await generate({ ...options, dryRun });
      for (const input of result.inputs) inputs.add(input);
      printDiagnostics(result.warnings, streams, cwd);
      streams.out(summaryOf(result, options.output, dryRun));
      return 0;
    });
  const code = await once();
  if (!flags.watch || code === 2) return code;
  await watchInputs({ inputs, cwd, onChange: once, say: streams.err });
  return 0;
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
