import type { Diagnostic, DiagnosticCode, SourceSpan } from "../code/diagnostic.js";
import { didYouMean } from "../code/suggest.js";

/** An error at a place. */
export function error(code: DiagnosticCode, message: string, fix: string, at: SourceSpan): Diagnostic {
  return { code, severity: "error", message, fix, at };
}

/** Something that is worth a look, and stops nothing. */
export function warning(code: DiagnosticCode, message: string, fix: string, at: SourceSpan): Diagnostic {
  return { code, severity: "warning", message, fix, at };
}

/** A name that nothing goes by. */
export function unknownName(
  code: DiagnosticCode,
  what: string,
  name: string,
  known: readonly string[],
  at: SourceSpan,
): Diagnostic {
  const near = didYouMean(name, known);
  const some =
    known.length === 0
      ? "None is defined"
      : known.length > 12
        ? `${known.length} are defined`
        : `Defined: ${known.join(", ")}`;
  const fix = near === undefined ? "Define it, or use one that is." : `Did you mean ${JSON.stringify(near)}?`;
  return error(code, `Unknown ${what} ${JSON.stringify(name)}. ${some}.`, fix, at);
}
