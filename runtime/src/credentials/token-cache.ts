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
  readonly get: (token: string, now: number) => T | undefined;
  readonly set: (token: string, entry: Remembered<T>) => void;
}

/** A cache of at most `capacity` tokens, by digest: a heap dump holds no credential of it. The oldest entry makes room. */
export function tokenCache<T>(capacity: number): TokenCache<T> {
  const entries = new Map<string, Remembered<T>>();
  return {
    get: (token, now) => {
      if (capacity === 0) return undefined;
      const key = digest(token);
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.from <= now && now < entry.until) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set: (token, entry) => {
      if (capacity === 0) return;
      const oldest = entries.size >= capacity ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
      entries.set(digest(token), entry);
    },
  };
}

function digest(token: string): string {
  return hash("sha256", token, "base64");
}
