/** One line of the audit trail: who did what to what, from where, and what came of it. */
export interface AuditLine {
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly event: string;
  readonly level: "access" | "write" | "security";
  readonly outcome: "allowed" | "refused" | "failed";
  /** Of the response. Absent, as are `operation` and `requestId`, for what happens outside of a call, such as to an API key. */
  readonly status?: number;
  /** The refusal's code, where there is one. */
  readonly code?: string;
  /** Why a credential was refused: what the caller is not told. */
  readonly reason?: string;
  readonly operation?: string;
  readonly requestId?: string;
  /** The trace that the caller says it belongs to (W3C Trace Context): it leads to other logs, and proves nothing. */
  readonly traceId?: string;
  readonly principal?: string;
  readonly scheme?: string;
  readonly address?: string;
  readonly subject?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Takes audit lines. A sink that throws or rejects fails the call: what cannot be remembered does not happen unseen. */
export interface AuditSink {
  readonly write: (line: AuditLine) => void | Promise<void>;
  /**
   * Why nothing can be written, where that is known. It is asked before the handler of an operation with `audit: {level: write}` runs: what could
   * not be remembered is then not done.
   */
  readonly ready?: () => Error | undefined;
}
