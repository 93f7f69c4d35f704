import type { Diagnostic, DiagnosticCode, Severity } from "../code/diagnostic.js";
import type { DraftSchema } from "../model/draft.js";
import { plainValues, type ValueOptions } from "../model/held.js";
import type { Spec, SpecObject } from "../model/spec.js";
import { type DynamicAnchors, type DynamicScope, dynamicAnchorsOf, startingScope } from "./dynamic-scope.js";

/** One run of lowering: the spec, and what has been found out so far. */
export interface Lowering {
  readonly spec: Spec;
  /** Only the client half is wanted: an operation whose security nobody declared is public to it. */
  readonly clientOnly: boolean;
  /** What code holds values as. */
  readonly values: ValueOptions;
  readonly diagnostics: Diagnostic[];
  /** Schemas on a cycle of `$ref`s that runs outside `components.schemas`, by pointer: each has become a name. */
  readonly lifted: Map<string, DraftSchema>;
  /** Whether the schema at a pointer reaches itself: remembered answers. */
  readonly cyclic: Map<string, boolean>;
  readonly anchors: DynamicAnchors;
  /** Where a `$dynamicRef` leads from the schema that is being lowered. */
  readonly scope: DynamicScope;
}

export function startLowering(spec: Spec, clientOnly: boolean, values: ValueOptions = plainValues): Lowering {
  const anchors = dynamicAnchorsOf(spec.root);
  return {
    spec,
    clientOnly,
    values,
    diagnostics: [],
    lifted: new Map(),
    cyclic: new Map(),
    anchors,
    scope: startingScope(anchors),
  };
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
