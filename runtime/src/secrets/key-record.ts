/** How a key is remembered: by its SHA-256, or by its HMAC-SHA-256 under a pepper that is kept elsewhere. */
export type KeyHash = "sha256" | "hmac-sha256";

/** What is remembered of an API key: everything but the key. Times are milliseconds since 1970. */
export interface ApiKeyRecord {
  /** The public half of the key: it finds the record, and may be shown and logged. */
  readonly id: string;
  /** The security scheme that the key was made for, where it was made for one: it opens no other. */
  readonly scheme?: string;
  /** Hash of the whole key, base64url. Its secret has 128 random bits or more, so a slow hash would protect nothing more. */
  readonly digest: string;
  readonly hash: KeyHash;
  /** The id of the pepper, where there is one. */
  readonly pepper?: string;
  /** The caller that the key stands for: its `principal.id`. Two owners never share one. */
  readonly owner: string;
  readonly tenant?: string;
  readonly client?: string;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  readonly createdAt: number;
  /** The key is refused from then on. */
  readonly expiresAt?: number;
  readonly revokedAt?: number;
  /** The id of the key that a rotation put in its place. */
  readonly replacedBy?: string;
  /** When it was last used, to within what the verifier's `lastUsedEvery` says. */
  readonly lastUsedAt?: number;
}

/** Finds keys by their id: what a verifier needs of a store. A store that throws, rejects or hangs refuses the call (R12). */
export interface KeyFinder {
  readonly find: (id: string) => ApiKeyRecord | undefined | Promise<ApiKeyRecord | undefined>;
  /** Writes down when a key was last used. A later time stays. */
  readonly touch?: (id: string, at: number) => void | Promise<void>;
}

/** Where API keys are kept. */
export interface KeyStore extends Required<KeyFinder> {
  /** Remembers a new key. Rejects when the id is taken. */
  readonly insert: (record: ApiKeyRecord) => void | Promise<void>;
  /** The keys of an owner, or all of them, oldest first. */
  readonly list: (filter?: { readonly owner?: string }) => readonly ApiKeyRecord[] | Promise<readonly ApiKeyRecord[]>;
  /**
   * Rotation, in one step: remembers `next`, and lets the key `id` end at `until`, or sooner where it ends sooner. Answers false, and
   * does nothing, where there is no such key, or it is revoked, replaced already, or expired at `next.createdAt`.
   */
  readonly replace: (id: string, next: ApiKeyRecord, until: number) => boolean | Promise<boolean>;
  /** Refuses a key from now on. Answers whether there is such a key; of one that was revoked before, the first time stays. */
  readonly revoke: (id: string, at: number) => boolean | Promise<boolean>;
}
