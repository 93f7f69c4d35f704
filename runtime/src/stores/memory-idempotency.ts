import type { Claim, Found, IdempotencyStore } from "./idempotency.js";

/** Options of `memoryIdempotency`. */
export interface MemoryIdempotencyOptions {
  /** Keys at most; 100,000 where absent. */
  readonly maxKeys?: number;
  /** Characters of results at most; 64 Mi where absent. */
  readonly maxSize?: number;
}

interface Entry {
  readonly claim: Claim;
  /** Until when the call counts as running. */
  running: number;
  readonly ends: number;
  result: string | undefined;
}

/**
 * Keys in the memory of one process, bounded. A full store throws: to forget a key that still matters would do something twice. It is
 * for one process, and forgets all when that ends.
 */
export function memoryIdempotency(options: MemoryIdempotencyOptions = {}): IdempotencyStore {
  const { maxKeys = 100_000, maxSize = 67_108_864 } = options;
  const entries = new Map<string, Entry>();
  let size = 0;
  const drop = (key: string): void => {
    size -= entries.get(key)?.result?.length ?? 0;
    entries.delete(key);
  };
  const makeRoom = (now: number): void => {
    if (entries.size < maxKeys && size < maxSize) return;
    for (const [key, { ends }] of entries) if (ends <= now) drop(key);
    if (entries.size >= maxKeys || size >= maxSize) throw new RangeError("The idempotency store is full");
  };
  const held = (key: string, { owner }: Claim): Entry | undefined => {
    const entry = entries.get(key);
    return entry?.claim.owner === owner && entry.result === undefined ? entry : undefined;
  };
  return {
    begin: (key, claim, now) => {
      const found = foundIn(entries.get(key), claim, now);
      if (found.kind !== "new") return found;
      drop(key);
      makeRoom(now);
      entries.set(key, { claim, running: now + claim.lease, ends: now + claim.ttl, result: undefined });
      return found;
    },
    renew: (key, claim, now) => {
      const entry = held(key, claim);
      if (entry !== undefined) entry.running = now + claim.lease;
    },
    settle: (key, claim, how, now) => {
      const entry = held(key, claim);
      if (entry === undefined) return;
      if (how.kind === "forgotten") drop(key);
      if (how.kind === "unknown") entry.running = now;
      if (how.kind !== "done") return;
      entry.result = how.result;
      size += how.result.length;
    },
  };
}

function foundIn(entry: Entry | undefined, claim: Claim, now: number): Found {
  if (entry === undefined || entry.ends <= now) return { kind: "new" };
  if (entry.claim.fingerprint !== claim.fingerprint) return { kind: "other" };
  if (entry.result !== undefined) return { kind: "done", result: entry.result };
  if (now < entry.running) return { kind: "running" };
  return { kind: claim.again ? "new" : "unknown" };
}
