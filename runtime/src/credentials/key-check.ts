import { type KeyDigester, keyDigester, type Peppers } from "../secrets/key-digest.js";
import { keyIdOf } from "../secrets/key-form.js";
import type { ApiKeyRecord, KeyFinder } from "../secrets/key-record.js";
import { type KeyRules, type KeyTerms, keyRulesOf } from "../secrets/key-rules.js";

/** What keys of one scheme are judged by. */
export interface KeyCheck {
  /** The name of the scheme; a key that was made for another one is refused. */
  readonly scheme: string | undefined;
  readonly rules: KeyRules;
  readonly digester: KeyDigester;
  readonly now: () => number;
}

/** Why a key is refused, for logs: never with more of the key than its id. `undefined`: it is good. */
export function faultOf(key: string, record: ApiKeyRecord | undefined, check: KeyCheck): string | undefined {
  const { rules, digester, scheme } = check;
  // The comparison first: how long an answer takes says nothing of what the record holds.
  const right = digester.matches(key, record);
  if (record === undefined) return "unknown API key";
  const at = check.now();
  const about = (what: string) => `${what} API key ${record.id}`;
  if (!right) return about("wrong secret or hash of");
  if (record.revokedAt !== undefined) return about("revoked");
  if (record.expiresAt !== undefined && !(at < record.expiresAt)) return about("expired");
  if (record.expiresAt === undefined && rules.mustExpire) return about("never expiring");
  if (rules.maxAge !== undefined && !(at < record.createdAt + rules.maxAge)) return about("too old:");
  if (record.scheme !== undefined && scheme !== undefined && record.scheme !== scheme) return about("another scheme's");
  return record.owner === "" ? about("ownerless") : undefined;
}

/** Options of `verifyApiKey`. */
export interface VerifyApiKey {
  readonly store: Pick<KeyFinder, "find">;
  readonly scheme?: string;
  readonly rules?: KeyTerms;
  readonly pepper?: Peppers;
  readonly now?: () => number;
}

/** What `verifyApiKey` answers. */
export type KeyVerdict =
  | { readonly valid: true; readonly record: ApiKeyRecord }
  | { readonly valid: false; readonly reason: string };

/**
 * Judges a key as the server would, and says why it is refused: for operators, not for callers.
 * @throws RangeError for rules or peppers that cannot be used; and whatever the store throws.
 */
export async function verifyApiKey(options: VerifyApiKey, key: string): Promise<KeyVerdict> {
  const rules = keyRulesOf(options.rules ?? {});
  const digester = keyDigester(rules.hash, options.pepper);
  const id = keyIdOf(key, rules);
  if (id === undefined) return { valid: false, reason: "not the form of an API key: mistyped, or of another scheme" };
  const record = await options.store.find(id);
  const reason = faultOf(key, record, { scheme: options.scheme, rules, digester, now: options.now ?? Date.now });
  return record === undefined || reason !== undefined
    ? { valid: false, reason: reason ?? "unknown API key" }
    : { valid: true, record };
}
