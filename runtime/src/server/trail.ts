import { memberOf, tokensOf, valueAt } from "../http/pointer.js";
import type { AuditLine } from "../observe/audit.js";
import { mask } from "../observe/mask.js";
import type { ApiPolicy, Audit } from "../policy/index.js";
import type { Refusal, RefusalCode } from "../problem/refusal.js";
import type { Blueprint } from "./blueprint.js";
import { foreignItem } from "./guards/items.js";
import { foreignObject } from "./guards/object.js";
import type { CallRecord } from "./states.js";
import { outOfReach } from "./url-checks.js";
import { shownPrincipal, traceOfCall } from "./watch.js";

/** Refusals that a security officer asks about (ASVS 16.3), whether or not the operation is audited. */
const securityEvents: Readonly<Partial<Record<RefusalCode, string>>> = {
  bad_request: "validation.refused",
  body_too_large: "validation.refused",
  forbidden: "authorization.refused",
  insufficient_scope: "authorization.refused",
  invalid_input: "validation.refused",
  invalid_request: "authentication.refused",
  insufficient_user_authentication: "authentication.refused",
  invalid_token: "authentication.refused",
  rate_limited: "limit.refused",
  unauthenticated: "authentication.refused",
  unsupported_media_type: "validation.refused",
};

/** Makes the audit line of a call; `undefined` where there is nothing to remember. */
export type Trail = (call: CallRecord, refusal: Refusal | undefined) => AuditLine | undefined;

/** The audit trail of one operation. */
export function compileTrail({ id, policy }: Blueprint, api: ApiPolicy): Trail {
  const { audit } = policy;
  const subjectOf = compileSubject(audit);
  const timeOf = compileTime();
  return (call, refusal) => {
    const security = refusal === undefined ? undefined : securityEvent(refusal);
    const event = security ?? audit?.event;
    if (event === undefined) return undefined;
    const line: { -readonly [K in keyof AuditLine]: AuditLine[K] } = {
      time: timeOf(call.at),
      event,
      level: security === undefined ? (audit?.level ?? "access") : "security",
      outcome: refusal === undefined ? "allowed" : refusal.status >= 500 ? "failed" : "refused",
      status: refusal?.status ?? call.projection.status,
      operation: id,
      requestId: call.requestId,
    };
    if (refusal !== undefined) explain(line, refusal);
    const trace = traceOfCall(call).id;
    if (trace !== undefined) line.traceId = trace;
    if (call.principal !== undefined) {
      const { id: principal, scheme } = shownPrincipal(call.principal, api);
      if (principal !== undefined) line.principal = principal;
      line.scheme = scheme;
    }
    if (call.exchange.address !== undefined) line.address = call.exchange.address;
    const subject = subjectOf(call);
    if (subject !== undefined) line.subject = subject;
    const fields = audit === undefined ? undefined : fieldsOf(audit, call.input.body);
    if (fields !== undefined) line.fields = fields;
    return line;
  };
}

/** Many calls come in one millisecond, and a date is dear to write. */
function compileTime(): (at: number) => string {
  let last = Number.NaN;
  let text = "";
  return (at) => {
    if (at !== last) text = new Date(at).toISOString();
    last = at;
    return text;
  };
}

function explain(line: { code?: string; reason?: string; readonly event: string }, { code, cause }: Refusal): void {
  line.code = code;
  // ASVS 16.3.1: which credential failed, and why. Verifiers say it in words that hold no secret; other causes are for the log.
  const isTold = line.event === "authentication.refused" || cause === outOfReach;
  if (isTold && typeof cause === "string") line.reason = cause;
}

function securityEvent(refusal: Refusal): string | undefined {
  if (refusal.cause === foreignObject) return "authorization.refused";
  // The caller did nothing wrong: the server was about to.
  return refusal.cause === foreignItem ? "authorization.failed" : securityEvents[refusal.code];
}

/** What the call was about: as validated, or as it stands in the path where the call did not get that far. */
function compileSubject(audit: Audit | undefined): (call: CallRecord) => string | undefined {
  // Its own, and not what somebody has polluted the prototype of every object with (R32).
  if (audit?.subject === undefined || !Object.hasOwn(audit, "subject")) return () => undefined;
  const { from, mask: style } = audit.subject;
  const cut = from.indexOf(":");
  const part = from.slice(0, cut) as "path" | "query" | "header";
  const name = from.slice(cut + 1);
  return ({ input, captured }) => {
    const value = memberOf(input[part], name) ?? (part === "path" ? memberOf(captured, name) : undefined);
    const shown = value === undefined ? undefined : mask(value, style);
    return shown === undefined ? undefined : String(shown);
  };
}

function fieldsOf(audit: Audit, body: unknown): Readonly<Record<string, unknown>> | undefined {
  if (body === undefined) return undefined;
  const shown = Object.entries(audit.fields).flatMap(([pointer, style]) => {
    const value = valueAt(body, tokensOf(pointer));
    const masked = value === undefined ? undefined : mask(value, style);
    return masked === undefined ? [] : [[pointer, masked] as const];
  });
  return shown.length === 0 ? undefined : Object.fromEntries(shown);
}
