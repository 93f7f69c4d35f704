import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LimitCheck, LimitVerdict } from "../../../../runtime/src/stores/limits.js";
import { memoryLimits } from "../../../../runtime/src/stores/memory-limits.js";
import { bucket, checkOf } from "../../../support/limit-checks.js";

const start = 1_800_000_000_000;

function counter(check: LimitCheck, options = {}) {
  const store = memoryLimits(options);
  return (now: number): LimitVerdict | undefined => {
    const [verdict] = store.take([check], now);
    expect(verdict?.taken).toBe(verdict?.allowed === true ? 1 : 0);
    return verdict;
  };
}

describe("limits in memory", () => {
  it("allow a burst, then one an interval", () => {
    const take = counter(bucket("k", 1_000, 3));
    expect(take(start)).toMatchObject({ allowed: true, remaining: 2, retryAfter: 0, reset: 1_000 });
    expect(take(start)).toMatchObject({ allowed: true, remaining: 1, retryAfter: 0, reset: 2_000 });
    expect(take(start)).toMatchObject({ allowed: true, remaining: 0, retryAfter: 1_000, reset: 3_000 });
    expect(take(start)).toMatchObject({ allowed: false, remaining: 0, retryAfter: 1_000, reset: 3_000 });
    expect(take(start + 999)).toMatchObject({ allowed: false, remaining: 0, retryAfter: 1, reset: 2_001 });
    expect(take(start + 1_000)?.allowed).toBe(true);
    expect(take(start + 1_000)?.allowed).toBe(false);
    expect(take(start + 60_000)?.remaining).toBe(2);
  });

  it("are exact for intervals that are no whole milliseconds", () => {
    for (const limit of [3, 7, 300, 999, 1_000]) {
      const take = counter(checkOf("k", { limit }));
      const passed = Array.from({ length: limit + 5 }, () => take(start)).filter((one) => one?.allowed);
      expect(passed).toHaveLength(limit);
    }
  });

  it("allow the call that waited for retryAfter, and not the one a millisecond early", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 60 }),
        (limit, burst, gaps) => {
          const take = counter(checkOf("k", { limit, burst }));
          let now = start;
          for (const gap of gaps) {
            const verdict = take(now);
            if (verdict !== undefined && !verdict.allowed) {
              expect(verdict.retryAfter).toBeGreaterThan(0);
              if (verdict.retryAfter > 1) expect(take(now + verdict.retryAfter - 2)?.allowed).toBe(false);
              expect(take(now + verdict.retryAfter)?.allowed).toBe(true);
              now += verdict.retryAfter;
            }
            now += gap;
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("never let more through than the burst and the rate of the time that passed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat(400), { maxLength: 200 }),
        (interval, burst, gaps) => {
          const take = counter(bucket("k", interval, burst));
          let now = start;
          let passed = 0;
          for (const gap of gaps) {
            now += gap;
            if (take(now)?.allowed) passed += 1;
          }
          expect(passed).toBeLessThanOrEqual(burst + Math.floor((now - start) / interval));
        },
      ),
    );
  });

  it("are bounded by a number that makes sense", () => {
    expect(() => memoryLimits({ maxKeys: 0 })).toThrow(RangeError);
  });

  it("under a flood of keys, the caller who is being refused stays refused", () => {
    const store = memoryLimits({ maxKeys: 640 });
    const attacker = bucket("attacker", 60_000, 5);
    for (let n = 0; n < 6; n += 1) store.take([attacker], start);
    for (let n = 0; n < 20_000; n += 1) store.take([bucket(`other-${n}`, 60_000, 5)], start);
    expect((store.take([attacker], start) as LimitVerdict[])[0]?.allowed).toBe(false);
  });

  it("memory is bounded: when every counter is live, the one nearest to being full again is forgotten", () => {
    const store = memoryLimits({ maxKeys: 64 });
    const take = (key: string, interval: number) =>
      (store.take([bucket(key, interval, 1)], start) as LimitVerdict[])[0]?.allowed;
    for (let n = 0; n < 63; n += 1) take(`far-${n}`, 100_000);
    take("near", 1_000);
    expect(take("near", 1_000)).toBe(false);
    expect(take("one more", 100_000)).toBe(true);
    expect(take("far-0", 100_000)).toBe(false);
    expect(take("near", 1_000)).toBe(true);
  });

  it("memory is bounded, and counters that are full again go first", () => {
    const store = memoryLimits({ maxKeys: 64 });
    const live = bucket("live", 10_000, 1);
    for (let n = 0; n < 63; n += 1) store.take([bucket(`old-${n}`, 1, 1)], start);
    store.take([live], start + 1_000);
    for (let n = 0; n < 63; n += 1) store.take([bucket(`new-${n}`, 100_000, 1)], start + 1_000);
    expect((store.take([live], start + 1_000) as LimitVerdict[])[0]?.allowed).toBe(false);
  });
});
