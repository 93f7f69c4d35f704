import { type DiagnosticCode, DiagnosticError } from "../../code/diagnostic.js";

/** Something that a command met outside of the spec, and that stops it. */
export function commandFault(code: DiagnosticCode, message: string, fix: string): DiagnosticError {
  return new DiagnosticError([{ code, severity: "error", message, fix }]);
}
