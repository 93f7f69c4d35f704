#!/usr/bin/env node
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import yargs, { type Argv } from "yargs";
import { show } from "./code/frame.js";
import { runCheck } from "./commands/check.js";
import { runGenerate } from "./commands/generate.js";
import type { Streams } from "./commands/print.js";
import { version } from "./output/version.js";

const inputs = <T>(y: Argv<T>) =>
  y
    .positional("spec", { type: "string", describe: "OpenAPI 3.0, 3.1 or 3.2, YAML or JSON" })
    .option("output", { alias: "o", type: "string", requiresArg: true, describe: "Folder of the generated files" })
    .option("overlay", { type: "string", array: true, nargs: 1, describe: "OpenAPI Overlay to apply; may be repeated" })
    .option("only", { type: "string", array: true, nargs: 1, describe: "Files to generate: types,client,…" })
    .option("formats", { type: "boolean", describe: "Check formats; --no-formats only notes them" })
    .option("also", { type: "string", array: true, nargs: 1, describe: "What the API sends: webhooks,callbacks" })
    .option("allow-ref", {
      type: "string",
      array: true,
      nargs: 1,
      describe: "https origin that a $ref may lead to; may be repeated",
    })
    .option("allow-widening", { type: "boolean", describe: "Let an overlay widen access" });

const running = <T>(y: Argv<T>) =>
  inputs(y)
    .option("watch", { type: "boolean", describe: "Generate again on every change" })
    .option("dry-run", { type: "boolean", describe: "Say what would change, write nothing" });

/**
 * The command line.
 * @returns the exit code: 0 fine, 1 the spec is wrong, 2 the call is, 3 the output is stale.
 */
export async function main(args: readonly string[], streams: Streams, cwd: string): Promise<number> {
  let code = 0;
  const parser = yargs([...args], cwd)
    .scriptName("sallyport")
    .usage("sallyport <command>: an annotated OpenAPI spec in; a secured server, client and tRPC router out")
    .command("generate [spec]", "Generate the files", running, async (flags) => {
      code = await runGenerate(flags, streams, cwd);
    })
    .command("check [spec]", "Exit 3 and print the diff when they are stale", inputs, async (flags) => {
      code = await runCheck(flags, streams, cwd);
    })
    .demandCommand(1, 1, "Say what to do.", "One command at a time.")
    .epilogue(
      "Options may stand in sallyport.config.ts; flags win. Exit codes: 0 fine, 1 the spec is wrong, 2 wrong usage, 3 stale.",
    )
    .strict()
    .version(version)
    .help()
    .alias({ h: "help" })
    .parserConfiguration({ "duplicate-arguments-array": true })
    .locale("en")
    .wrap(100)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw error ?? new Usage(message);
    });
  try {
    await parser.parseAsync([...args], {}, (_error, _flags, output) => {
      if (output !== "") streams.out(`${output}\n`);
    });
    return code;
  } catch (error) {
    streams.err(`${show(error instanceof Error ? error.message : String(error))}\n\n${await parser.getHelp()}\n`);
    return 2;
  }
}

class Usage extends Error {}

function isEntry(): boolean {
  const entry = process.argv[1];
  return entry !== undefined && realpathSync(entry) === fileURLToPath(import.meta.url);
}

if (isEntry()) {
  const colour = process.stderr.isTTY === true && !process.env.NO_COLOR;
  const streams: Streams = {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    colour,
  };
  process.exitCode = await main(process.argv.slice(2), streams, process.cwd());
}
