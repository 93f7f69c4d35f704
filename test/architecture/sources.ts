import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** One hand-written source file, with what it imports. */
export interface Source {
  /** Relative to the repository, with `/`. */
  readonly file: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly string[];
  readonly tree: ts.SourceFile;
}

/** Every hand-written source file of the generator and the runtime. */
export function sources(): readonly Source[] {
  return ["generator", "runtime/src"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith("precompiled.ts"))
      .map((name) => read(`${folder}/${name.split(path.sep).join("/")}`))
      .sort((a, b) => (a.file < b.file ? -1 : 1)),
  );
}

function read(file: string): Source {
  const text = readFileSync(path.join(root, file), "utf8");
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return { file, text, lines: text.split("\n").length, imports: importsOf(tree, file), tree };
}

function importsOf(tree: ts.SourceFile, file: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      found.push((node.moduleSpecifier as ts.StringLiteral).text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [target] = node.arguments;
      if (target && ts.isStringLiteral(target)) found.push(target.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found.map((name) => (name.startsWith(".") ? resolve(file, name) : name));
}

function resolve(file: string, specifier: string): string {
  return path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, ".ts");
}
