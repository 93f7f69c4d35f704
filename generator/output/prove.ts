import type { CompilerHost } from "typescript";
import { type Diagnostic, DiagnosticError } from "../code/diagnostic.js";
import type { Emitted } from "./emitted.js";

/**
 * Proves that each file parses, so that a broken one is never written. The compiler is loaded here and not before: most runs of
 * `check` have nothing to prove. It is the one that printed types.ts, so it is there already.
 * @throws DiagnosticError for a file that does not parse: a fault of ours, not of the spec's author.
 */
export async function prove(files: readonly Emitted[]): Promise<void> {
  const texts = new Map(files.filter((one) => one.path.endsWith(".ts")).map((one) => [`/${one.path}`, one.text]));
  if (texts.size === 0) return;
  const { default: ts } = await import("typescript");
  const host: CompilerHost = {
    fileExists: (name) => texts.has(name),
    readFile: (name) => texts.get(name),
    getSourceFile: (name, target) => {
      const text = texts.get(name);
      return text === undefined ? undefined : ts.createSourceFile(name, text, target);
    },
    getDefaultLibFileName: () => "lib.d.ts",
    writeFile: () => {},
    getCurrentDirectory: () => "/",
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
  };
  const options = { noLib: true, noResolve: true, types: [], target: ts.ScriptTarget.ES2023 };
  const program = ts.createProgram([...texts.keys()], options, host);
  const problems = [...texts.keys()].flatMap((name): Diagnostic[] => {
    const file = program.getSourceFile(name);
    const [first] = program.getSyntacticDiagnostics(file);
    if (file !== undefined && first === undefined) return [];
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(first?.start ?? 0).line;
    const message = first === undefined ? "it is missing" : ts.flattenDiagnosticMessageText(first.messageText, " ");
    return [broken(name.slice(1), line + 1, message)];
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
}

function broken(path: string, line: number, message: string): Diagnostic {
  return {
    code: "SP073",
    severity: "error",
    message: `${path} would not parse (line ${line}: ${message}), so nothing was written.`,
    fix: "This is a fault of the generator. Please report it with the part of the spec that the line speaks of.",
  };
}
