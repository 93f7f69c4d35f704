import { describe, expect, it } from "vitest";
import { memoryLimits } from "../../runtime/src/stores/memory-limits.js";
import { checkOf } from "../support/limit-checks.js";

const hourly = (key: string, limit: number) => checkOf(key, { limit, window: 3_600_000 });

describe("R39 a limit counts every request, and lets exactly as many through", () => {
  it("R39 a hundred in parallel at limit-1: exactly one passes", async () => {
    const store = memoryLimits();
    const check = hourly("perUser|ann", 1_000);
    for (let n = 0; n < 999; n += 1) expect((await store.take([check], 0))[0]?.allowed).toBe(true);
    const verdicts = await Promise.all(Array.from({ length: 100 }, async () => (await store.take([check], 0))[0]));
    expect(verdicts.filter((verdict) => verdict?.allowed)).toHaveLength(1);
  });

  it("R39 several limits at once: none is counted when one refuses", async () => {
    const store = memoryLimits();
    const wide = hourly("wide", 100);
    const narrow = hourly("narrow", 1);
    await store.take([wide, narrow], 0);
    for (let n = 0; n < 50; n += 1)
      expect((await store.take([wide, narrow], 0)).map((one) => one.allowed)).toEqual([true, false]);
    expect((await store.take([wide], 0))[0]?.remaining).toBe(98);
  });
});
