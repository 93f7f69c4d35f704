/** A stretch of a source file. Lines and columns count from 1; columns count UTF-16 units, as editors do. */
export interface SourceSpan {
  /** The file as the user would name it: relative to the working folder where it lies in it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export type Severity = "error" | "warning" | "info";

/** A complaint with an address and a remedy. */
export interface Diagnostic {
  /** `SP` and three digits; docs/diagnostics.md has an entry for each. */
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** What is wrong, in one sentence. It may quote the spec: printers escape control characters. */
  readonly message: string;
  /** How to mend it. */
  readonly fix?: string;
  /** Lines that may be copied into a file, where a fix takes more than one. */
  readonly example?: string;
  /** Absent for complaints about no place in a file (a missing file, an unwritable folder). */
  readonly at?: SourceSpan;
}

/** Families: SP0 files and output, SP1 OpenAPI itself, SP2 security, SP3 annotations, SP4 schemas, SP5 names, SP6 overlays, SP9 not enforced yet. */
export type DiagnosticCode = `SP${0 | 1 | 2 | 3 | 4 | 5 | 6 | 9}${number}`;

/** What stops generation: every complaint at once. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  /** The exit code of a command that ends with it: 1 the spec is wrong, 2 the call is. */
  readonly exitCode: 1 | 2;

  constructor(diagnostics: readonly Diagnostic[], exitCode: 1 | 2 = 1) {
    super(diagnostics.map((one) => `${one.code} ${one.message}`).join("\n"));
    this.name = "DiagnosticError";
    this.diagnostics = diagnostics;
    this.exitCode = exitCode;
  }
}
