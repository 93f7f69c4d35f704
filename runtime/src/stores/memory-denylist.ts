import type { DeniableToken, Denylist } from "../secrets/denylist.js";

/** A denylist in this process. */
export interface MemoryDenylist extends Denylist {
  /** Ends one token. It is forgotten when the token would have ended by itself. */
  readonly denyToken: (token: Pick<DeniableToken, "issuer" | "tokenId"> & { readonly expiresAt: number }) => void;
  /** Ends every token of a subject that was issued until now: what disabling an account or changing its roles calls for. */
  readonly denySubject: (subject: Pick<DeniableToken, "issuer" | "subject">, lifetime: number) => void;
}

/** Options of `memoryDenylist`. */
export interface MemoryDenylistOptions {
  /** Entries at most, of each kind; 100,000 where absent. */
  readonly capacity?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface Denied {
  /** Tokens issued until then. */
  readonly at: number;
  readonly until: number;
}

/**
 * A denylist for one process.
 * @returns a list whose `deny…` throw a RangeError when it is full: an entry is never dropped to make room, since that would let a
 * withdrawn token in again.
 */
export function memoryDenylist({ capacity = 100_000, now = Date.now }: MemoryDenylistOptions = {}): MemoryDenylist {
  const tokens = new Map<string, Denied>();
  const subjects = new Map<string, Denied>();
  const write = (entries: Map<string, Denied>, key: string, entry: Denied): void => {
    if (entries.size >= capacity && !entries.has(key)) sweep(entries, now());
    if (entries.size >= capacity && !entries.has(key)) throw new RangeError("The denylist is full");
    entries.set(key, { at: entry.at, until: Math.max(entry.until, entries.get(key)?.until ?? 0) });
  };
  return {
    isDenied: ({ issuer, tokenId, subject, issuedAt }) => {
      const time = now();
      const token = tokens.get(keyOf(issuer, tokenId));
      if (token !== undefined && time < token.until) return true;
      const all = subjects.get(keyOf(issuer, subject));
      return all !== undefined && time < all.until && issuedAt <= all.at;
    },
    denyToken: ({ issuer, tokenId, expiresAt }) =>
      write(tokens, keyOf(issuer, tokenId), { at: now(), until: expiresAt }),
    denySubject: ({ issuer, subject }, lifetime) =>
      write(subjects, keyOf(issuer, subject), { at: now(), until: now() + lifetime }),
  };
}

function keyOf(issuer: string, name: string): string {
  return JSON.stringify([issuer, name]);
}

function sweep(entries: Map<string, Denied>, now: number): void {
  for (const [key, { until }] of entries) if (until <= now) entries.delete(key);
}
