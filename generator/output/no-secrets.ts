import { DiagnosticError } from "../code/diagnostic.js";
import { secretIn } from "../code/secret-shapes.js";
import type { Emitted } from "./emitted.js";

/**
 * Proves that no emitted file holds what looks like a secret (R7). The rules complain of one in a description, with its place; this
 * finds what came by another way.
 * @throws DiagnosticError naming the files, and nothing of what they hold.
 */
export function checkSecrets(files: readonly Emitted[]): void {
  const found = files.flatMap(({ path, text }) => {
    const look = secretIn(text);
    return look?.certain === true ? [{ path, what: look.what }] : [];
  });
  if (found.length === 0) return;
  throw new DiagnosticError(
    found.map(({ path, what }) => ({
      code: "SP077",
      severity: "error",
      message: `${path} would hold what looks like ${what}, so nothing was written.`,
      fix: "Take it out of the description, and replace the secret where it is used: it is known now.",
    })),
  );
}
