import { keyDigester, type Peppers } from "../secrets/key-digest.js";
import { type IssuedApiKey, makeKey } from "../secrets/key-form.js";
import type { ApiKeyRecord, KeyStore } from "../secrets/key-record.js";
import { type KeyRules, type KeyTerms, keyRulesOf } from "../secrets/key-rules.js";
import { type KeyAct, tell, witnessed } from "./key-trail.js";

/** How keys of a scheme are made. */
export interface KeyMaking extends KeyAct {
  /** The name of the security scheme that the key is for: it opens no other. */
  readonly scheme?: string;
  /** What the spec says about keys of that scheme; `keyScheme` reads it, and the name, from generated `policy.ts`. */
  readonly rules?: KeyTerms;
  /** For `hmac-sha256`: at least 32 characters. */
  readonly pepper?: Peppers;
}

/** What a new key stands for. */
export interface NewApiKey
  extends KeyMaking,
    Pick<ApiKeyRecord, "owner" | "tenant" | "client" | "scopes" | "roles" | "expiresAt"> {
  readonly store: Pick<KeyStore, "insert">;
  /** What the key starts with, where `rules` do not say. */
  readonly prefix?: string;
}

/**
 * Makes an API key and remembers its digest; the key itself is in the answer and nowhere else (R54). Without `expiresAt` it ends at the
 * scheme's `rotation.maxAge`, where there is one.
 * @throws RangeError for rules that cannot be held, a missing owner or pepper, an expiry that is missing, past or beyond `maxAge`.
 */
export async function createApiKey(wanted: NewApiKey): Promise<IssuedApiKey> {
  const { store, prefix, rules: terms, pepper, audit, actor, now = Date.now, ...facts } = wanted;
  const rules = keyRulesOf({ ...(prefix === undefined ? {} : { prefix }), ...terms });
  const { issued, record } = mint(facts, now(), facts.expiresAt, rules, pepper);
  await witnessed({ audit, actor, now }, "api_key.created", record, () => store.insert(record));
  return issued;
}

/** Which key to rotate. */
export interface RotateApiKey extends KeyMaking {
  readonly store: Pick<KeyStore, "find" | "replace">;
  readonly id: string;
  /** When the new key ends. Default: `rotation.maxAge` from now, or as long as the old one was made for. */
  readonly expiresAt?: number;
  /** How long the old key works beside the new one, in milliseconds. Default: `rotation.overlap`, or not at all. */
  readonly overlap?: number;
}

/**
 * Puts a new key in the place of an old one, for the same owner, roles and scopes. The old one works until the overlap is over.
 * @returns `undefined` where there is no such key, or none that may be rotated: a revoked, expired or replaced one has no successor.
 * @throws RangeError as `createApiKey` does, and for a key of another scheme.
 */
export async function rotateApiKey(wanted: RotateApiKey): Promise<IssuedApiKey | undefined> {
  const { store, id, scheme, pepper, audit, actor, now = Date.now } = wanted;
  const rules = keyRulesOf(wanted.rules ?? {});
  const { overlap = rules.overlap } = wanted;
  if (!(overlap >= 0 && Number.isFinite(overlap)))
    throw new RangeError("The overlap of a rotation is a length of time");
  const old = await store.find(id);
  const at = now();
  if (old === undefined || !isAlive(old, at)) return undefined;
  if (scheme !== undefined && old.scheme !== undefined && old.scheme !== scheme)
    throw new RangeError(`The API key ${id} is for the scheme "${old.scheme}"`);
  const kept = { ...factsOf(old), ...(scheme === undefined ? {} : { scheme }) };
  const { issued, record } = mint(kept, at, wanted.expiresAt ?? lastingAs(old, at, rules), rules, pepper);
  const done = await witnessed(
    { audit, actor, now },
    "api_key.rotated",
    record,
    () => store.replace(id, record, at + overlap),
    id,
  );
  return done ? issued : undefined;
}

/** Which key to revoke. */
export interface RevokeApiKey extends KeyAct {
  readonly store: Pick<KeyStore, "revoke">;
  readonly id: string;
}

/**
 * Refuses a key from now on. What was rotated into another key is another key: revoke that as well.
 * @returns whether there is such a key.
 */
export async function revokeApiKey({ store, id, ...act }: RevokeApiKey): Promise<boolean> {
  const { now = Date.now } = act;
  // The act first: a trail that is full must not keep a stolen key alive.
  const done = await store.revoke(id, now());
  await tell({ ...act, now }, "api_key.revoked", id, done ? "allowed" : "refused");
  return done;
}

const facts = ["scheme", "owner", "tenant", "client", "scopes", "roles"] as const;

/** Whom and what a key stands for: what its successor stands for as well. */
type KeyFacts = Pick<ApiKeyRecord, (typeof facts)[number]>;

function factsOf(record: ApiKeyRecord): KeyFacts {
  const { owner } = record;
  return {
    owner,
    ...Object.fromEntries(facts.flatMap((key) => (record[key] === undefined ? [] : [[key, record[key]]]))),
  };
}

function isAlive(record: ApiKeyRecord, at: number): boolean {
  const { revokedAt, replacedBy, expiresAt } = record;
  return revokedAt === undefined && replacedBy === undefined && (expiresAt === undefined || at < expiresAt);
}

function expiryOf(wanted: number | undefined, createdAt: number, rules: KeyRules): number | undefined {
  const latest = rules.maxAge === undefined ? undefined : createdAt + rules.maxAge;
  const expiresAt = wanted ?? latest;
  if (expiresAt === undefined) {
    if (rules.mustExpire) throw new RangeError("An API key of this scheme has an expiry");
    return undefined;
  }
  if (!(expiresAt > createdAt)) throw new RangeError("The expiry of an API key is in the future");
  if (latest !== undefined && expiresAt > latest)
    throw new RangeError("An API key of this scheme does not live longer than rotation.maxAge");
  return expiresAt;
}

/** As long as the old key was made for. */
function lastingAs(old: ApiKeyRecord, at: number, { maxAge = Number.POSITIVE_INFINITY }: KeyRules): number | undefined {
  return old.expiresAt === undefined ? undefined : at + Math.min(old.expiresAt - old.createdAt, maxAge);
}

function mint(facts: KeyFacts, createdAt: number, wanted: number | undefined, rules: KeyRules, pepper?: Peppers) {
  if (facts.owner === "") throw new RangeError("An API key has an owner");
  const expiresAt = expiryOf(wanted, createdAt, rules);
  const issued = makeKey(rules);
  const stamp = keyDigester(rules.hash, pepper).stamp(issued.key);
  const record: ApiKeyRecord = {
    ...facts,
    ...stamp,
    id: issued.id,
    createdAt,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  return { issued, record };
}
