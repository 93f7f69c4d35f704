import { DiagnosticError } from "../code/diagnostic.js";
import type { AlsoName, Config, EmitOptions, GenerateOptions } from "../generate.js";
import { type FileName, fileNames } from "../view/file-names.js";
import { type FoundConfig, readConfig } from "./config.js";

/** What `generate` and `check` take on the command line. */
export interface Flags {
  readonly spec?: string | undefined;
  readonly output?: string | undefined;
  readonly overlay?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly allowWidening?: boolean | undefined;
  readonly allowRef?: readonly string[] | undefined;
  readonly also?: readonly string[] | undefined;
  /** `NAME` or `NAME@VERSION`. */
  readonly package?: string | undefined;
  /** `--formats` and `--no-formats`. */
  readonly formats?: boolean | undefined;
  /** The whole command line, as it was typed. */
  readonly line?: readonly string[] | undefined;
  readonly int64?: Config["int64"];
  readonly dates?: Config["dates"];
}

/**
 * Flags over configuration.
 * @throws DiagnosticError where neither says what to read or where to write.
 */
export async function optionsOf(
  flags: Flags,
  cwd: string,
): Promise<GenerateOptions & { readonly cwd: string; readonly configFile: string | undefined }> {
  const { config, file }: FoundConfig = await readConfig(cwd);
  const input = inputOf(flags, config, cwd, "sallyport generate SPEC -o DIR");
  const output = flags.output ?? config.output;
  if (output === undefined) throw missing("output folder", "sallyport generate SPEC -o DIR");
  const formats = flags.formats === undefined ? config.formats : flags.formats ? "assert" : "annotate";
  const only = flags.only?.flatMap((list) => list.split(",")).map(emittedName) ?? config.only;
  const also = (flags.also?.flatMap((list) => list.split(",")) ?? config.also)?.map(alsoName);
  const int64 = flags.int64 ?? config.int64;
  const packed = flags.package === undefined ? config.package : packageOf(flags.package, config.package);
  const dates = flags.dates ?? config.dates;
  return {
    ...input,
    output,
    ...(packed === undefined ? {} : { package: packed }),
    ...(only === undefined ? {} : { only }),
    ...(formats === undefined ? {} : { formats }),
    ...(int64 === undefined ? {} : { int64 }),
    ...(dates === undefined ? {} : { dates }),
    ...(also === undefined ? {} : { also }),
    configFile: file,
  };
}

/**
 * What to read, for commands that write no files.
 * @throws DiagnosticError where neither flags nor configuration say it.
 */
export async function specOf(flags: Flags, cwd: string): Promise<EmitOptions> {
  return inputOf(flags, (await readConfig(cwd)).config, cwd, "--spec SPEC");
}

function inputOf(flags: Flags, config: Config, cwd: string, example: string) {
  const spec = flags.spec ?? config.spec;
  if (spec === undefined) throw missing("spec", example);
  return {
    spec,
    overlays: flags.overlay ?? config.overlays ?? [],
    allowWidening: flags.allowWidening ?? config.allowWidening ?? false,
    allowRefs: flags.allowRef ?? config.allowRefs ?? [],
    cwd,
  };
}

/** `@bank/sdk@1.2.0`: the name may begin with the sign that parts it from the version. */
function packageOf(said: string, config: Config["package"]): NonNullable<Config["package"]> {
  const at = said.lastIndexOf("@");
  return at > 0 ? { ...config, name: said.slice(0, at), version: said.slice(at + 1) } : { ...config, name: said };
}

function missing(what: string, example: string): DiagnosticError {
  const fix = `Say it on the command line (${example}) or in sallyport.config.ts.`;
  return new DiagnosticError([{ code: "SP081", severity: "error", message: `No ${what} was given.`, fix }], 2);
}

const alsoNames = ["webhooks", "callbacks", "fakes"] as const;

function alsoName(name: string): AlsoName {
  const known = alsoNames.find((one) => one === name.trim());
  if (known !== undefined) return known;
  const message = `--also does not know ${JSON.stringify(name)}.`;
  const fix = `It takes ${alsoNames.join(", ")}.`;
  throw new DiagnosticError([{ code: "SP083", severity: "error", message, fix }], 2);
}

function emittedName(name: string): FileName {
  const known = fileNames.find((one) => one === name.trim());
  if (known !== undefined) return known;
  const message = `--only does not know ${JSON.stringify(name)}.`;
  throw new DiagnosticError(
    [{ code: "SP083", severity: "error", message, fix: `It takes ${fileNames.join(", ")}.` }],
    2,
  );
}
