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

/** So many tokens are held for a moment, with their digests. */
const most = 256;
/** How long that is, in milliseconds. */
const moment = 1_000;
/** The end of a signed token is its signature: no two of them have the same. */
const tail = 32;

/**
 * Digests of tokens, each taken once a moment: it is a fair part of what a call costs. A token is found by its end and compared whole, so a
 * digest is never another token's; whoever sends many that end alike has each of them hashed, as before. What is held is no more than
 * what the requests of that moment hold, and is let go of when it is over: nothing here outlives the calls as the cache does.
 */
export function digests(): (token: string) => string {
  const held = new Map<string, { readonly token: string; readonly digest: string }>();
  return (token) => {
    const end = token.slice(-tail);
    const known = held.get(end);
    if (known !== undefined && known.token === token) return known.digest;
    const digest = digestOf(token);
    if (held.size >= most) held.clear();
    if (held.size === 0) letGo(held);
    held.set(end, { token, digest });
    return digest;
  };
}

function letGo(held: Map<string, unknown>): void {
  const timer = setTimeout(() => held.clear(), moment);
  // What keeps a process alive is its sockets.
  if (typeof timer === "object" && "unref" in timer) timer.unref();
}
