import yargs, { type Argv } from "yargs";
import { show } from "./code/frame.js";
import { runAuditVerify } from "./commands/audit.js";
import { runCheck } from "./commands/check.js";
import { runGenerate } from "./commands/generate.js";
import { runCreate, runList, runRevoke, runRotate, runVerify } from "./commands/keys/commands.js";
import { runPin } from "./commands/pin/command.js";
import type { Streams } from "./commands/print.js";
import { version } from "./output/version.js";

const inputs = <T>(y: Argv<T>) =>
  y
    .positional("spec", { type: "string", describe: "OpenAPI 3.0, 3.1 or 3.2, YAML or JSON" })
    .option("output", { alias: "o", type: "string", requiresArg: true, describe: "Folder of the generated files" })
    .option("overlay", { type: "string", array: true, nargs: 1, describe: "OpenAPI Overlay to apply; may be repeated" })
    .option("only", { type: "string", array: true, nargs: 1, describe: "Files to generate: types,client,…" })
    .option("formats", { type: "boolean", describe: "Check formats; --no-formats only notes them" })
    .option("int64", {
      choices: ["number", "bigint", "string"],
      describe: "What code holds 64-bit integers as",
    } as const)
    .option("dates", { choices: ["string", "Date", "Temporal"], describe: "What code holds dates as" } as const)
    .option("also", { type: "string", array: true, nargs: 1, describe: "What else: webhooks,callbacks,fakes" })
    .option("package", { type: "string", requiresArg: true, describe: "An npm package of the client: NAME@VERSION" })
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

const storing = <T>(y: Argv<T>) =>
  y
    .option("store", { type: "string", requiresArg: true, describe: "Folder, postgres:// URL, or env:NAME of one" })
    .option("json", { type: "boolean", describe: "JSON on standard output" })
    .option("quiet", { type: "boolean", describe: "Nothing but the result" })
    .option("audit", { type: "string", requiresArg: true, describe: "File that audit lines are added to" })
    .option("actor", { type: "string", requiresArg: true, describe: "Who does it, for the audit line" });

const keyed = <T>(y: Argv<T>) =>
  storing(y)
    .option("spec", { type: "string", requiresArg: true, describe: "The spec that says how keys are made" })
    .option("overlay", { type: "string", array: true, nargs: 1, describe: "OpenAPI Overlay to apply; may be repeated" })
    .option("scheme", { type: "string", requiresArg: true, describe: "Its security scheme, where there are several" });

const id = {
  type: "string",
  demandOption: true,
  describe: "The id of the key: what stands before its secret",
} as const;
const expires = { type: "string", requiresArg: true, describe: "90d, or a date" } as const;

/** `sallyport keys …`: its commands, each of which leaves an exit code. */
const keys = (y: Argv, streams: Streams, cwd: string, leave: (code: number) => void) =>
  y
    .command(
      "create",
      "Make a key; it is shown once",
      (one) =>
        keyed(one)
          .option("owner", {
            type: "string",
            demandOption: true,
            requiresArg: true,
            describe: "Whom the key stands for",
          })
          .option("tenant", { type: "string", requiresArg: true, describe: "The owner's tenant" })
          .option("client", { type: "string", requiresArg: true, describe: "The application that calls" })
          .option("role", { type: "string", array: true, nargs: 1, describe: "A role of the spec; may be repeated" })
          .option("scope", { type: "string", array: true, nargs: 1, describe: "A scope of the spec; may be repeated" })
          .option("expires", expires),
      async (flags) => leave(await runCreate(flags, streams, cwd)),
    )
    .command(
      "list",
      "Show the keys, without the keys",
      (one) => storing(one).option("owner", { type: "string", requiresArg: true, describe: "Only this owner's" }),
      async (flags) => leave(await runList(flags, streams, cwd)),
    )
    .command(
      "rotate <id>",
      "Make a new key in the place of an old one",
      (one) =>
        keyed(one)
          .positional("id", id)
          .option("expires", expires)
          .option("overlap", { type: "string", requiresArg: true, describe: "How long the old key still works: 7d" }),
      async (flags) => leave(await runRotate(flags, streams, cwd)),
    )
    .command(
      "revoke <id>",
      "Refuse a key from now on",
      (one) => storing(one).positional("id", id),
      async (flags) => leave(await runRevoke(flags, streams, cwd)),
    )
    .command("verify", "Judge the key that comes on standard input", keyed, async (flags) =>
      leave(await runVerify(flags, streams, cwd)),
    )
    .demandCommand(1, 1, "Say what to do with keys.", "One command at a time.")
    .strict();

const pinning = <T>(y: Argv<T>) =>
  y
    .positional("from", {
      type: "string",
      array: true,
      demandOption: true,
      describe: "https URL, or a file in PEM or DER",
    })
    .option("new-key", { type: "string", requiresArg: true, describe: "Make a backup key, and write it to this file" })
    .option("ca", { type: "string", requiresArg: true, describe: "File of the authorities to trust, in PEM" })
    .option("servername", {
      type: "string",
      requiresArg: true,
      describe: "The name to ask for and check, if not the URL's",
    })
    .option("json", { type: "boolean", describe: "JSON on standard output" });

/**
 * Parses a command line, and runs what it says.
 * @returns the exit code: 0 fine, 1 the spec is wrong, 2 the call is, 3 the output is stale.
 */
export async function runLine(args: readonly string[], streams: Streams, cwd: string): Promise<number> {
  let code = 0;
  const parser = yargs([...args], cwd)
    .scriptName("sallyport")
    .usage("sallyport <command>: an annotated OpenAPI spec in; a secured server, client and tRPC router out")
    .command("generate [spec]", "Generate the files", running, async (flags) => {
      code = await runGenerate({ ...flags, line: args }, streams, cwd);
    })
    .command("check [spec]", "Exit 3 and print the diff when they are stale", inputs, async (flags) => {
      code = await runCheck({ ...flags, line: args }, streams, cwd);
    })
    .command("audit", "Verify an audit trail", (y) =>
      y
        .command(
          "verify [files..]",
          "Exit 1 and name the first line that was changed, moved, or is missing",
          (one) =>
            one
              .positional("files", {
                type: "string",
                array: true,
                default: [] as string[],
                describe: "Every file of the trail",
              })
              .option("database", {
                type: "string",
                requiresArg: true,
                describe: "Where the trail is, if not in files: postgres:// URL, folder, or env:NAME of one",
              })
              .option("chain", { type: "string", requiresArg: true, describe: "Its chain there; main where absent" })
              .option("head", { type: "string", requiresArg: true, describe: "The hash that the trail must reach" })
              .option("after", { type: "string", requiresArg: true, describe: "The hash of the line before the first" })
              .option("key", { type: "string", requiresArg: true, describe: "env:NAME of the key of the chain" }),
          async (flags) => {
            code = await runAuditVerify(flags, streams, cwd);
          },
        )
        .demandCommand(1, 1, "Say what to do with an audit trail.", "One command at a time.")
        .strict(),
    )
    .command("keys", "Make, list, rotate, revoke and verify API keys", (y) =>
      keys(y, streams, cwd, (left) => {
        code = left;
      }),
    )
    .command(
      "pin <from..>",
      "Compute the pins of servers, certificates and keys: the current one first",
      pinning,
      async (flags) => {
        code = await runPin(flags, streams, cwd);
      },
    )
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
