import type { Diagnostic, DiagnosticCode, Severity } from "../code/diagnostic.js";
import type { DraftSchema } from "../model/draft.js";
import type { Spec, SpecObject } from "../model/spec.js";

/** One run of lowering: the spec, and what has been found out so far. */
export interface Lowering {
  readonly spec: Spec;
  /** Only the client half is wanted: an operation whose security nobody declared is public to it. */
  readonly clientOnly: boolean;
  readonly diagnostics: Diagnostic[];
  /** Schemas on a cycle of `$ref`s that runs outside `components.schemas`, by pointer: each has become a name. */
  readonly lifted: Map<string, DraftSchema>;
  /** Whether the schema at a pointer reaches itself: remembered answers. */
  readonly cyclic: Map<string, boolean>;
}

export function startLowering(spec: Spec, clientOnly: boolean): Lowering {
  return { spec, clientOnly, diagnostics: [], lifted: new Map(), cyclic: new Map() };
}

export interface Complaint {
  readonly code: DiagnosticCode;
  readonly severity?: Severity;
  readonly message: string;
  readonly fix?: string;
}

/** Records a complaint about a node, or about one entry of it. */
export function complain(
  run: Lowering,
  node: SpecObject | undefined,
  key: string | undefined,
  complaint: Complaint,
): void {
  const at = node === undefined ? undefined : run.spec.at(node, key);
  const { severity = "error", ...rest } = complaint;
  run.diagnostics.push({ severity, ...rest, ...(at === undefined ? {} : { at }) });
}
