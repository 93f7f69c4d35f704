import { type DiagnosticCode, DiagnosticError } from "../../code/diagnostic.js";

/** A call that cannot be carried out as it was made. */
export function usageFault(code: DiagnosticCode, message: string, fix: string): DiagnosticError {
  return new DiagnosticError([{ code, severity: "error", message, fix }], 2);
}
