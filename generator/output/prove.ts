import type { DiagnosticWithLocation, SourceFile } from "typescript";
import { type Diagnostic, DiagnosticError } from "../code/diagnostic.js";
import type { Emitted } from "./emitted.js";

/**
 * Proves that each file parses, so that a broken one is never written. The compiler is loaded here and not before: most runs of
 * `check` have nothing to prove. It is the one that printed types.ts, so it is there already.
 * @throws DiagnosticError for a file that does not parse: a fault of ours, not of the spec's author.
 */
export async function prove(files: readonly Emitted[]): Promise<void> {
  const written = files.filter((one) => one.path.endsWith(".ts"));
  if (written.length === 0) return;
  const { default: ts } = await import("typescript");
  // Comments are passed over: what stands in them proves nothing.
  const options = { languageVersion: ts.ScriptTarget.ES2023, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };
  const problems = written.flatMap(({ path, text }): Diagnostic[] => {
    const file = ts.createSourceFile(path, text, options) as Parsed;
    const [first] = file.parseDiagnostics;
    if (first === undefined) return [];
    const { line } = file.getLineAndCharacterOfPosition(first.start);
    return [broken(path, line + 1, ts.flattenDiagnosticMessageText(first.messageText, " "))];
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
}

/** What a parser has found is a part of every file that the compiler's own types do not tell. */
interface Parsed extends SourceFile {
  readonly parseDiagnostics: readonly DiagnosticWithLocation[];
}

function broken(path: string, line: number, message: string): Diagnostic {
  return {
    code: "SP073",
    severity: "error",
    message: `${path} would not parse (line ${line}: ${message}), so nothing was written.`,
    fix: "This is a fault of the generator. Please report it with the part of the spec that the line speaks of.",
  };
}
