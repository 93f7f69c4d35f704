import type { AuditLine } from "../observe/audit.js";
import { mask } from "../observe/mask.js";
import type { Audit } from "../policy/index.js";
import type { Refusal, RefusalCode } from "../problem/refusal.js";
import type { Blueprint } from "./blueprint.js";
import { foreignItem } from "./guards/items.js";
import { foreignObject } from "./guards/object.js";
import { memberOf, tokensOf, valueAt } from "./pointer.js";
import type { CallRecord, Input } from "./states.js";

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
export function compileTrail({ id, policy }: Blueprint): Trail {
  const { audit } = policy;
  return (call, refusal) => {
    const security = refusal === undefined ? undefined : securityEvent(refusal);
    const event = security ?? audit?.event;
    if (event === undefined) return undefined;
    const subject = subjectOf(audit, call);
    const fields = audit === undefined ? undefined : fieldsOf(audit, call.input.body);
    return {
      time: new Date(call.at).toISOString(),
      event,
      level: security === undefined ? (audit?.level ?? "access") : "security",
      outcome: refusal === undefined ? "allowed" : refusal.status >= 500 ? "failed" : "refused",
      status: refusal?.status ?? call.projection.status,
      ...(refusal === undefined ? {} : { code: refusal.code }),
      ...reasonOf(event, refusal),
      operation: id,
      requestId: call.requestId,
      ...(call.principal === undefined ? {} : { principal: call.principal.id, scheme: call.principal.scheme }),
      ...(call.exchange.address === undefined ? {} : { address: call.exchange.address }),
      ...(subject === undefined ? {} : { subject }),
      ...(fields === undefined ? {} : { fields }),
    };
  };
}

/** ASVS 16.3.1: which credential failed, and why. Verifiers say it in words that hold no secret; other causes are for the log. */
function reasonOf(event: string, refusal: Refusal | undefined): Pick<AuditLine, "reason"> {
  const cause = event === "authentication.refused" ? refusal?.cause : undefined;
  return typeof cause === "string" ? { reason: cause } : {};
}

function securityEvent(refusal: Refusal): string | undefined {
  if (refusal.cause === foreignObject) return "authorization.refused";
  // The caller did nothing wrong: the server was about to.
  return refusal.cause === foreignItem ? "authorization.failed" : securityEvents[refusal.code];
}

/** What the call was about: as validated, or as it stands in the path where the call did not get that far. */
function subjectOf(audit: Audit | undefined, call: CallRecord): string | undefined {
  if (audit?.subject === undefined) return undefined;
  const { from, mask: style } = audit.subject;
  const cut = from.indexOf(":");
  const part = from.slice(0, cut) as "path" | "query" | "header";
  const name = from.slice(cut + 1);
  const validated = memberOf(call.input[part as keyof Input], name);
  const value = validated ?? (part === "path" ? memberOf(call.captured, name) : undefined);
  if (value === undefined) return undefined;
  const shown = mask(value, style);
  return shown === undefined ? undefined : String(shown);
}

function fieldsOf(audit: Audit, body: unknown): Readonly<Record<string, unknown>> | undefined {
  const shown = Object.entries(audit.fields).flatMap(([pointer, style]) => {
    const value = valueAt(body, tokensOf(pointer));
    const masked = value === undefined ? undefined : mask(value, style);
    return masked === undefined ? [] : [[pointer, masked] as const];
  });
  return shown.length === 0 ? undefined : Object.fromEntries(shown);
}
