import type { GenerateResult } from "../generate.js";

/** What became of the files, in a few lines. */
export function summaryOf({ files }: Pick<GenerateResult, "files">, output: string, dryRun: boolean): string {
  const changed = files.filter((one) => one.status !== "unchanged");
  const wouldBe = { written: "would write", removed: "would remove", unchanged: "" };
  const lines = changed.map(
    (one) => `${(dryRun ? wouldBe[one.status] : one.status).padEnd(dryRun ? 12 : 8)} ${one.path}`,
  );
  const rest = files.length - changed.length;
  return `${[...lines, ...(rest > 0 ? [`${rest} unchanged`] : []), ...(files.length > 0 ? [`in ${output}`] : [])].join("\n")}\n`;
}
