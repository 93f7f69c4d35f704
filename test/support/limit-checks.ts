import type { LimitAlgorithm, LimitCheck, LimitStore, LimitVerdict } from "../../runtime/src/stores/limits.js";

/** A check of 5 a minute, unless something else is said. */
export function checkOf(key: string, facts: Partial<LimitCheck> = {}): LimitCheck {
  const limit = facts.limit ?? 5;
  return { key, algorithm: "gcra", limit, window: 60_000, burst: limit, cost: 1, ...facts };
}

/** A bucket that gets one unit back each interval. */
export function bucket(key: string, interval: number, burst: number): LimitCheck {
  return checkOf(key, { limit: 1, window: interval, burst });
}

/** Every algorithm that counts units. */
export const counting: readonly LimitAlgorithm[] = ["gcra", "fixed", "sliding", "lockout"];

/** Asks for one check. */
export async function takeOne(store: LimitStore, check: LimitCheck, now: number): Promise<LimitVerdict> {
  const [verdict] = await store.take([check], now);
  if (verdict === undefined) throw new Error("no verdict");
  return verdict;
}
