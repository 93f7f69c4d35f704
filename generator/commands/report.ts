import { readFileSync } from "node:fs";
import path from "node:path";
import { type Diagnostic, DiagnosticError } from "../code/diagnostic.js";
import { show } from "../code/frame.js";
import { renderDiagnostics, type Streams } from "./print.js";

/** Prints complaints with frames from the files that they speak of. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], streams: Streams, cwd: string): void {
  streams.err(printed(diagnostics, streams, cwd));
}

/** What is printed of complaints; nothing where there are none. */
export function printed(diagnostics: readonly Diagnostic[], { colour }: Streams, cwd: string): string {
  return diagnostics.length === 0
    ? ""
    : renderDiagnostics(diagnostics, (file) => textOf(path.resolve(cwd, file)), colour);
}

/**
 * Runs a command and prints what stops it.
 * @returns the exit code: the command's own, or that of what stopped it.
 */
export async function reporting(streams: Streams, cwd: string, command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof DiagnosticError) {
      printDiagnostics(error.diagnostics, streams, cwd);
      return error.exitCode;
    }
    streams.err(internalFault(error));
    return 1;
  }
}

/** A fault of ours: no stack trace unless somebody asks for it. */
function internalFault(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const stack = process.env.SALLYPORT_DEBUG === "1" && error instanceof Error ? `\n${error.stack ?? ""}` : "";
  return [
    `sallyport failed where it should not: ${show(message)}${stack}`,
    "This is a fault of ours. Please report it, with the spec if you may share it.",
    ...(stack === "" ? ["SALLYPORT_DEBUG=1 shows where it happened."] : []),
    "",
  ].join("\n");
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
