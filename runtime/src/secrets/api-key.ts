import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What is remembered of an API key: everything but the key. */
export interface ApiKeyRecord {
  /** The public half of the key: it finds the record, and may be shown and logged. */
  readonly id: string;
  /** SHA-256 of the whole key, base64url. The secret has 192 random bits, so a slow hash would protect nothing more. */
  readonly digest: string;
  /** The caller that the key stands for: its `principal.id`. Two owners never share one. */
  readonly owner: string;
  readonly tenant?: string;
  readonly client?: string;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970; the key is refused from then on. */
  readonly expiresAt?: number;
  readonly revoked?: boolean;
}

/** Finds keys by their id. A store that throws or rejects refuses the call (R12). */
export interface KeyFinder {
  readonly find: (id: string) => ApiKeyRecord | undefined | Promise<ApiKeyRecord | undefined>;
}

/** Where API keys are kept. */
export interface KeyStore extends KeyFinder {
  /** Remembers a new key. Rejects when the id is taken. */
  readonly insert: (record: ApiKeyRecord) => void | Promise<void>;
  /** Refuses a key from now on. Answers whether there is such a key. */
  readonly revoke: (id: string) => boolean | Promise<boolean>;
}

/** What a new key stands for. */
export interface NewApiKey
  extends Pick<ApiKeyRecord, "owner" | "tenant" | "client" | "scopes" | "roles" | "expiresAt"> {
  readonly store: Pick<KeyStore, "insert">;
  /** What the key starts with, as the scheme's `apiKey.prefix` says. */
  readonly prefix?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** A key that was just made. `key` is shown to its owner once and is kept nowhere. */
export interface IssuedApiKey {
  readonly key: string;
  readonly id: string;
}

const idOctets = 8;
const secretOctets = 24;
const body = /^([0-9a-f]{16})_[0-9a-f]{48}$/;
const prefixForm = /^[A-Za-z0-9_.-]{0,32}$/;
const longest = 128;

/**
 * Makes an API key, `<prefix><id>_<secret>`, and remembers its digest. The secret is 192 bits from the system's generator (R54).
 * @throws RangeError when the prefix cannot stand in a header or a cookie, or when there is no owner.
 */
export async function createApiKey(wanted: NewApiKey): Promise<IssuedApiKey> {
  const { store, prefix = "", now = Date.now, ...facts } = wanted;
  if (!prefixForm.test(prefix)) throw new RangeError("The prefix of an API key is at most 32 of A-Z a-z 0-9 _ . -");
  if (facts.owner === "") throw new RangeError("An API key has an owner");
  const id = randomBytes(idOctets).toString("hex");
  const key = `${prefix}${id}_${randomBytes(secretOctets).toString("hex")}`;
  await store.insert({ ...facts, id, digest: digestOf(key).toString("base64url"), createdAt: now() });
  return { key, id };
}

/** The id that a key names, where it has the form of one of ours. */
export function keyIdOf(key: string, prefix = ""): string | undefined {
  if (key.length > longest || !key.startsWith(prefix)) return undefined;
  return body.exec(key.slice(prefix.length))?.[1];
}

const dummy = createHash("sha256").update(randomBytes(32)).digest();

/**
 * Whether a key is the one that was remembered. The comparison takes the same time for a right key, a wrong one, and one of
 * which there is no record (R54).
 */
export function isKeyOf(key: string, record: Pick<ApiKeyRecord, "digest"> | undefined): boolean {
  const stored = record === undefined ? dummy : Buffer.from(record.digest, "base64url");
  const comparable = stored.length === dummy.length;
  const equal = timingSafeEqual(digestOf(key), comparable ? stored : dummy);
  return equal && comparable && record !== undefined;
}

function digestOf(key: string): Buffer {
  return createHash("sha256").update(key, "utf8").digest();
}
