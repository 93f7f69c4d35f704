import { hash } from "node:crypto";

/** A verified token, and from when to when it is what it was found to be. Milliseconds since 1970. */
export interface Remembered<T> {
  readonly value: T;
  /** Not before this. */
  readonly from: number;
  /** Not from this on. */
  readonly until: number;
}

/** Verified tokens of one verifier. Two verifiers never share one: what one accepts the other need not. */
export interface TokenCache<T> {
  /** What was found, where it still holds: both ends are checked at every hit. */
  readonly get: (digest: string, now: number) => T | undefined;
  readonly set: (digest: string, entry: Remembered<T>) => void;
  readonly drop: (digest: string) => void;
}

/** A cache of at most `capacity` tokens. The oldest entry makes room. */
export function tokenCache<T>(capacity: number): TokenCache<T> {
  const entries = new Map<string, Remembered<T>>();
  return {
    get: (digest, now) => {
      const entry = entries.get(digest);
      if (entry === undefined) return undefined;
      if (entry.from <= now && now < entry.until) return entry.value;
      entries.delete(digest);
      return undefined;
    },
    set: (digest, entry) => {
      if (capacity === 0) return;
      const oldest = entries.size >= capacity ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
      entries.set(digest, entry);
    },
    drop: (digest) => void entries.delete(digest),
  };
}

/** What a token is remembered by: a heap dump holds no credential of the cache. */
export function digestOf(token: string): string {
  return hash("sha256", token, "base64");
}
