/** How a value is shown in a log or an audit line. */
export type Mask = "plain" | "last4" | "hash" | "drop";

/** What is remembered of a call. */
export interface Audit {
  readonly level: "access" | "write";
  readonly event: string;
  /** The parameter that names what the call was about, and how it is shown. */
  readonly subject?: { readonly from: `path:${string}` | `query:${string}` | `header:${string}`; readonly mask: Mask };
  /** Values of the request body (RFC 6901 pointers) that go into the line, and how each is shown. */
  readonly fields: Readonly<Record<string, Mask>>;
}

type AuditDetail = Partial<Pick<Audit, "subject" | "fields">>;

/** Remember that something was read. */
/* @__NO_SIDE_EFFECTS__ */
export function access(event: string, detail: AuditDetail = {}): Audit {
  return { level: "access", event, fields: {}, ...detail };
}

/** Remember that something was changed. */
/* @__NO_SIDE_EFFECTS__ */
export function write(event: string, detail: AuditDetail = {}): Audit {
  return { level: "write", event, fields: {}, ...detail };
}
