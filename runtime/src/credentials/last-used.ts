import type { Log } from "../observe/log.js";
import type { ApiKeyRecord, KeyFinder } from "../secrets/key-record.js";

/** Writes down that a key was used. */
export type Touch = (record: ApiKeyRecord, at: number) => void;

const most = 10_000;

/**
 * Remembers when keys were last used: each at most once every `every` milliseconds, and never so that a call waits or fails for it.
 */
export function lastUsed(store: KeyFinder, every: number, log: Log | undefined): Touch {
  if (store.touch === undefined) return () => {};
  // What this process has written, or tries to: the record says it too, but not where it comes from a cache or the store is slow.
  const written = new Map<string, number>();
  const failed = (err: unknown) => log?.warn({ err }, "The last use of an API key was not written down");
  return ({ id, lastUsedAt = Number.NEGATIVE_INFINITY }, at) => {
    if (at - Math.max(lastUsedAt, written.get(id) ?? Number.NEGATIVE_INFINITY) < every) return;
    const [oldest] = written.keys();
    if (written.size >= most && oldest !== undefined) written.delete(oldest);
    written.delete(id);
    written.set(id, at);
    void attempt(() => store.touch?.(id, at)).catch(failed);
  };
}

async function attempt(write: () => unknown): Promise<void> {
  await write();
}
