import type { Diagnostic, DiagnosticCode, SourceSpan } from "../code/diagnostic.js";

/** An error of this stage. `at` is left out for what stands in no file. */
export function complaint(code: DiagnosticCode, message: string, fix: string, at?: SourceSpan): Diagnostic {
  return { code, severity: "error", message, fix, ...(at === undefined ? {} : { at }) };
}
