import ts from "typescript";
import { expect, it } from "vitest";
import { type Source, sources } from "./sources.js";

const files = new Map(sources().map((one) => [one.file, one]));

/** What a file loads at once: neither types nor what it imports when it is needed. */
function loads({ file, tree }: Source): readonly string[] {
  return tree.statements.flatMap((node) => {
    if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return [];
    if (node.moduleSpecifier === undefined || isTypeOnly(node)) return [];
    const name = (node.moduleSpecifier as ts.StringLiteral).text;
    if (!name.startsWith(".")) return [name];
    return [new URL(name, `file:///${file}`).pathname.slice(1).replace(/\.js$/, ".ts")];
  });
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  const named = clause?.namedBindings;
  const areTypes = named !== undefined && ts.isNamedImports(named) && named.elements.every((one) => one.isTypeOnly);
  return clause !== undefined && (clause.isTypeOnly || (clause.name === undefined && areTypes));
}

/** What a file loads at once, and what that loads. */
function closureOf(entry: string): ReadonlySet<string> {
  const seen = new Set<string>([entry]);
  for (const name of seen) for (const one of files.has(name) ? loads(files.get(name) as Source) : []) seen.add(one);
  return seen;
}

it.each([
  ["a command that has nothing to do, typed as before, loads no package at all", "generator/cli.ts", []],
  ["a run with nothing to do loads nothing heavy", "generator/command-line.ts", ["picocolors", "yargs"]],
])("%s", (_, entry, expected) => {
  const seen = closureOf(entry);
  expect(seen.has("generator/output/memory.ts")).toBe(true);
  expect([...seen].filter((name) => !files.has(name) && !name.startsWith("node:")).sort()).toEqual(expected);
});

it("a client that asks no authorization server loads nothing of OAuth", () => {
  const seen = closureOf("runtime/src/client/index.ts");
  expect(seen.has("runtime/src/client/connect.ts")).toBe(true);
  expect([...seen].filter((name) => /oauth|credentials\/(session|sign|discover|reach)/.test(name))).toEqual([]);
});
