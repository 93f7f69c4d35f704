import type { ReplayStore } from "../../secrets/replay.js";

/** Options of `memoryReplay`. */
export interface MemoryReplayOptions {
  /** Keys at most; 200,000 where absent. */
  readonly capacity?: number;
}

/**
 * A replay store for one process, bounded. A full one throws: forgetting a key that still matters would let it be used again.
 */
export function memoryReplay({ capacity = 200_000 }: MemoryReplayOptions = {}): ReplayStore {
  const keys = new Map<string, number>();
  let swept = 0;
  const sweep = (now: number): void => {
    swept = now;
    for (const [key, until] of keys) if (until <= now) keys.delete(key);
  };
  return {
    remember: (key, until, now) => {
      const known = keys.get(key);
      if (known !== undefined && now < known) return false;
      // Once a second at most: else a flood would make every call a walk over all keys.
      if (keys.size >= capacity && (now < swept || now - swept >= 1_000)) sweep(now);
      if (keys.size >= capacity && known === undefined) throw new RangeError("The replay store is full");
      keys.set(key, until);
      return true;
    },
  };
}
