import { type Diagnostic, DiagnosticError } from "../code/diagnostic.js";
import type { Emitted } from "./emitted.js";

/**
 * Proves that each file parses, so that a broken one is never written. The parser is loaded here and not before: most runs of
 * `check` have nothing to prove.
 * @throws DiagnosticError for a file that does not parse: a fault of ours, not of the spec's author.
 */
export async function prove(files: readonly Emitted[]): Promise<void> {
  const sources = files.filter((one) => one.path.endsWith(".ts"));
  if (sources.length === 0) return;
  const { Project, ScriptTarget } = await import("ts-morph");
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    compilerOptions: { noLib: true, target: ScriptTarget.ES2023 },
  });
  const parsed = sources.map((one) => project.createSourceFile(`/${one.path}`, one.text));
  const program = project.getProgram();
  const problems = parsed.flatMap((file, index): Diagnostic[] => {
    const [first] = program.getSyntacticDiagnostics(file);
    const path = sources[index]?.path ?? "";
    return first === undefined ? [] : [broken(path, first.getLineNumber(), String(first.getMessageText()))];
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
}

function broken(path: string, line: number | undefined, message: string): Diagnostic {
  return {
    code: "SP073",
    severity: "error",
    message: `${path} would not parse (line ${line ?? 1}: ${message}), so nothing was written.`,
    fix: "This is a fault of the generator. Please report it with the part of the spec that the line speaks of.",
  };
}
