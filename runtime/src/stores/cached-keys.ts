import { type Duration, toMilliseconds } from "../policy/index.js";
import type { ApiKeyRecord, KeyStore } from "../secrets/key-record.js";

/** Options of `cachedKeys`. */
export interface CachedKeysOptions {
  /** How long a record is believed: the time that a revocation elsewhere may take to arrive here. Default 5s, at most 60s. */
  readonly maxAge?: Duration;
  /** How many records are kept. Default 10,000. */
  readonly size?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface Entry {
  readonly record: ApiKeyRecord;
  readonly until: number;
}

const longest = 60_000;

/**
 * A store of keys that remembers what it found for a moment. Only records are remembered: each call still compares the key and looks at
 * its expiry. What is changed through this store is forgotten at once; a change made elsewhere arrives within `maxAge`.
 * @throws RangeError for a `maxAge` above a minute: that long a stolen key would outlive its revocation.
 */
export function cachedKeys(store: KeyStore, options: CachedKeysOptions = {}): KeyStore {
  const { maxAge = "5s", size = 10_000, now = Date.now } = options;
  const lasting = toMilliseconds(maxAge);
  if (lasting > longest) throw new RangeError("Keys are cached for a minute at most");
  const entries = new Map<string, Entry>();
  let changes = 0;
  const keep = (record: ApiKeyRecord | undefined, seen: number) => {
    // What was read before a change may be what the change made untrue.
    if (record === undefined || seen !== changes) return record;
    const [oldest] = entries.keys();
    if (entries.size >= size && oldest !== undefined) entries.delete(oldest);
    entries.set(record.id, { record, until: now() + lasting });
    return record;
  };
  const changing = async <T>(id: string, change: () => T | Promise<T>): Promise<T> => {
    const forget = () => {
      changes += 1;
      entries.delete(id);
    };
    forget();
    try {
      return await change();
    } finally {
      forget();
    }
  };
  return {
    ...store,
    find: (id) => {
      const entry = entries.get(id);
      if (entry !== undefined && now() < entry.until) return entry.record;
      entries.delete(id);
      const seen = changes;
      const found = store.find(id);
      return found instanceof Promise ? found.then((record) => keep(record, seen)) : keep(found, seen);
    },
    replace: (id, next, until) => changing(id, () => store.replace(id, next, until)),
    revoke: (id, at) => changing(id, () => store.revoke(id, at)),
  };
}
