import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { type Diagnostic, DiagnosticError } from "../../generator/code/diagnostic.js";

/** Folders with files in them, removed when the tests of the file are done. */
export function scratch(): (files: Readonly<Record<string, string | Uint8Array>>) => string {
  const root = mkdtempSync(path.join(tmpdir(), "sallyport-files-"));
  let count = 0;
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return (files) => {
    count += 1;
    const folder = path.join(root, `case-${count}`);
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    return folder;
  };
}

/** The complaints that work ends with; none when it succeeds. */
export async function complaintsOf(work: Promise<unknown>): Promise<readonly Diagnostic[]> {
  try {
    await work;
    return [];
  } catch (thrown) {
    if (thrown instanceof DiagnosticError) return thrown.diagnostics;
    throw thrown;
  }
}

/** `SP023 spec.yaml:4:7`: what a complaint is, and where. */
export function gistOf({ code, at }: Diagnostic): string {
  return at === undefined ? code : `${code} ${at.file}:${at.line}:${at.column}`;
}
