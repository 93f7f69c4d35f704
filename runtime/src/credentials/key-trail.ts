import type { AuditSink } from "../observe/audit.js";
import type { ApiKeyRecord } from "../secrets/key-record.js";

/** What every act on a key may be told. */
export interface KeyAct {
  /** Where it is written down who did what to which key. */
  readonly audit?: AuditSink | undefined;
  /** Who does it, for the audit line. */
  readonly actor?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What may happen to a key outside of a call. */
export type KeyEvent = "api_key.created" | "api_key.rotated" | "api_key.revoked";

/**
 * Writes down what is about to happen to a key, and does it: what cannot be remembered does not happen. What comes to nothing after
 * all is written down as well.
 */
export async function witnessed<T>(
  act: KeyAct,
  event: KeyEvent,
  made: ApiKeyRecord,
  run: () => T | Promise<T>,
  subject = made.id,
): Promise<T> {
  await tell(act, event, subject, "allowed", fieldsOf(made, subject));
  try {
    const result = await run();
    if (result === false) await tell(act, event, subject, "refused");
    return result;
  } catch (thrown) {
    await tell(act, event, subject, "failed");
    throw thrown;
  }
}

/** Writes one line about a key. */
export async function tell(
  { audit, actor, now = Date.now }: KeyAct,
  event: KeyEvent,
  subject: string,
  outcome: "allowed" | "refused" | "failed",
  fields?: Readonly<Record<string, unknown>>,
): Promise<void> {
  await audit?.write({
    time: new Date(now()).toISOString(),
    event,
    level: "security",
    outcome,
    ...(actor === undefined ? {} : { principal: actor }),
    subject,
    ...(fields === undefined ? {} : { fields }),
  });
}

function fieldsOf(made: ApiKeyRecord, subject: string): Readonly<Record<string, unknown>> {
  const { id, owner, tenant, scheme, scopes, roles, expiresAt } = made;
  const expires = expiresAt === undefined ? undefined : new Date(expiresAt).toISOString();
  const said = { owner, tenant, scheme, scopes, roles, expires, ...(id === subject ? {} : { replacedBy: id }) };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
