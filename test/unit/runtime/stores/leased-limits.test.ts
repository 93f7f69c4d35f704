import { describe, expect, it } from "vitest";
import { leasedLimits } from "../../../../runtime/src/stores/leased-limits.js";
import type { LimitAlgorithm, LimitStore } from "../../../../runtime/src/stores/limits.js";
import { memoryLimits } from "../../../../runtime/src/stores/memory-limits.js";
import { checkOf, takeOne } from "../../../support/limit-checks.js";
import { holdsLimitContract } from "./limits.contract.js";

const start = 1_800_000_000_000;

/** A store that answers later, and counts how often it is asked. */
function shared() {
  const store = memoryLimits();
  const seen = { asked: 0 };
  const remote: LimitStore = {
    take: async (checks, now) => {
      seen.asked += 1;
      await Promise.resolve();
      return store.take(checks, now);
    },
  };
  return { remote, seen };
}

/** Numbers that are the same each time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("units that are leased, one at a time", () =>
  holdsLimitContract(() => leasedLimits(memoryLimits(), { size: 1, every: "1ms" })));

describe("leased limits", () => {
  it("a hot counter needs a round trip for every so many calls, and a refused one none", async () => {
    const { remote, seen } = shared();
    const store = leasedLimits(remote, { size: 20 });
    const check = checkOf("hot", { limit: 1_000 });
    for (let n = 0; n < 500; n += 1) await takeOne(store, check, start + n / 10);
    expect(seen.asked).toBeLessThanOrEqual(30);
    for (let n = 0; n < 700; n += 1) await takeOne(store, check, start + 60 + n / 10);
    const before = seen.asked;
    for (let n = 0; n < 500; n += 1) expect((await takeOne(store, check, start + 140)).allowed).toBe(false);
    expect(seen.asked - before).toBeLessThanOrEqual(1);
  });

  it("a cold counter is asked for each time, and holds nothing back", async () => {
    const { remote, seen } = shared();
    const [one, other] = [leasedLimits(remote), leasedLimits(remote)];
    const check = checkOf("cold", { limit: 10 });
    for (let n = 0; n < 5; n += 1) {
      await takeOne(one, check, start + n * 2_000);
      await takeOne(other, check, start + n * 2_000 + 1_000);
    }
    expect(seen.asked).toBe(10);
  });

  it("R39 a hundred at once at limit-1, in four processes: exactly one passes", async () => {
    const { remote } = shared();
    const stores = Array.from({ length: 4 }, () => leasedLimits(remote, { size: 8 }));
    const check = checkOf("k", { limit: 100 });
    const [first] = stores;
    if (first === undefined) throw new Error("no store");
    await first.take([{ ...check, cost: 99 }], start);
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, (_, n) => takeOne(stores[n % 4] as LimitStore, check, start)),
    );
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(1);
  });

  it("several limits at once: a unit of one is not used when another refuses", async () => {
    const { remote } = shared();
    const store = leasedLimits(remote, { size: 10 });
    const wide = checkOf("wide", { limit: 50 });
    const narrow = checkOf("narrow", { limit: 2 });
    for (let n = 0; n < 4; n += 1) await takeOne(store, wide, start);
    for (let n = 0; n < 2; n += 1)
      expect((await store.take([wide, narrow], start)).every((one) => one.allowed)).toBe(true);
    for (let n = 0; n < 20; n += 1) expect((await store.take([wide, narrow], start))[1]?.allowed).toBe(false);
    let passed = 0;
    while ((await takeOne(store, wide, start)).allowed) passed += 1;
    expect(passed).toBe(44);
  });

  it("R44 a store that fails fails all who wait for it, and what was set aside is there again", async () => {
    let fails = false;
    const memory = memoryLimits();
    const store = leasedLimits({
      take: async (checks, now) => {
        if (fails) throw new Error("down");
        return memory.take(checks, now);
      },
    });
    const [a, b] = [checkOf("a", { limit: 10 }), checkOf("b", { limit: 10 })];
    await takeOne(store, a, start);
    await takeOne(store, a, start);
    fails = true;
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => store.take([a, b], start)));
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    fails = false;
    let passed = 0;
    while ((await takeOne(store, a, start)).allowed) passed += 1;
    expect(passed).toBe(8);
  });

  it("memory is bounded", async () => {
    const { remote } = shared();
    const store = leasedLimits(remote, { maxKeys: 2 });
    for (const key of ["a", "b", "c", "a"]) expect((await takeOne(store, checkOf(key), start)).allowed).toBe(true);
    expect(() => leasedLimits(remote, { size: 0 })).toThrow(RangeError);
  });
});

/** How many of some instants fall into any length of time at most. */
function densest(instants: readonly number[], length: number): number {
  let most = 0;
  for (let from = 0, to = 0; to < instants.length; to += 1) {
    while ((instants[to] ?? 0) - (instants[from] ?? 0) >= length) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

describe("a simulation of 64 processes that share one limit", () => {
  const processes = 64;
  const size = 10;
  const window = 60_000;
  const limit = 6_000;

  /** Three minutes of calls at twice the rate that is allowed, spread over the processes as `which` says. */
  async function simulate(algorithm: LimitAlgorithm, which: (random: () => number) => number) {
    const { remote, seen } = shared();
    const stores = Array.from({ length: processes }, () => leasedLimits(remote, { size }));
    const random = dice(7);
    const check = checkOf("k", { algorithm, limit, window, burst: 600 });
    const passed: number[] = [];
    let calls = 0;
    for (let now = start; now < start + 3 * window; now += random() * 10) {
      calls += 1;
      const store = stores[which(random)] as LimitStore;
      if ((await takeOne(store, check, now)).allowed) passed.push(now - start);
    }
    return { passed, calls, asked: seen.asked };
  }
  const evenly = (random: () => number) => Math.floor(random() * processes);
  const unevenly = (random: () => number) => Math.floor(processes * random() ** 4);

  it.each([
    ["gcra", "evenly", evenly, 600 + limit],
    ["gcra", "unevenly", unevenly, 600 + limit],
    ["fixed", "evenly", evenly, 2 * limit],
    ["sliding", "evenly", evenly, limit],
    ["sliding", "unevenly", unevenly, limit],
  ] as const)("%s, calls spread %s: the bound holds, and little is lost", async (algorithm, _how, which, exact) => {
    const { passed, calls, asked } = await simulate(algorithm, which);
    expect(densest(passed, window)).toBeLessThanOrEqual(exact + processes * size);
    expect(passed.length).toBeGreaterThanOrEqual(2.7 * limit - processes * size);
    expect(calls).toBeGreaterThan(30_000);
    expect(asked).toBeLessThan(calls);
  });
});
