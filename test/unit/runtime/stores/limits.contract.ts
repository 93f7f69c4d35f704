import { beforeEach, describe, expect, it } from "vitest";
import type { LimitStore } from "../../../../runtime/src/stores/limits.js";
import { checkOf, counting, takeOne } from "../../../support/limit-checks.js";

const start = 1_800_000_000_000;
const minute = 60_000;

/** What every store of limits must do: run it against one of your own. `open` gives an empty one that counts by the caller's clock. */
export function holdsLimitContract(open: () => LimitStore | Promise<LimitStore>): void {
  let store: LimitStore;
  beforeEach(async () => {
    store = await open();
  });

  describe.each(counting)("%s", (algorithm) => {
    const check = checkOf("k", { algorithm });

    it("allows as many as it says, then none until Retry-After is over, and not a moment before", async () => {
      for (const left of [4, 3, 2, 1, 0])
        expect(await takeOne(store, check, start)).toMatchObject({ allowed: true, remaining: left });
      const refused = await takeOne(store, check, start);
      expect(refused).toMatchObject({ allowed: false, remaining: 0 });
      expect(refused.retryAfter).toBeGreaterThan(0);
      expect(refused.reset).toBeGreaterThanOrEqual(refused.retryAfter);
      expect((await takeOne(store, check, start + refused.retryAfter - 1)).allowed).toBe(false);
      expect((await takeOne(store, check, start + refused.retryAfter)).allowed).toBe(true);
    });

    it("R39 a hundred at once at limit-1: exactly one passes", async () => {
      const narrow = checkOf("n", { algorithm, limit: 100 });
      for (let n = 0; n < 99; n += 1) await store.take([narrow], start);
      const verdicts = await Promise.all(Array.from({ length: 100 }, () => takeOne(store, narrow, start)));
      expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(1);
    });

    it("R39 several at once: none is counted when one refuses, whichever it is", async () => {
      const wide = checkOf("wide", { algorithm, limit: 100 });
      await store.take([check, wide], start);
      const full = checkOf("full", { algorithm, limit: 1 });
      await store.take([full], start);
      for (const checks of [
        [full, wide],
        [wide, full],
      ]) {
        const verdicts = await store.take(checks, start);
        expect(verdicts.map(({ allowed }) => allowed)).toEqual(checks.map((one) => one === wide));
      }
      expect((await takeOne(store, wide, start)).remaining).toBe(98);
    });

    it("counts one key twice when two checks name it", async () => {
      expect((await store.take([check, check], start))[1]?.remaining).toBe(3);
      await store.take([check, check], start);
      expect((await store.take([check, check], start)).some(({ allowed }) => !allowed)).toBe(true);
      expect((await takeOne(store, check, start)).allowed).toBe(true);
    });

    it("counts what a call costs, and takes more where there is room and it is wanted", async () => {
      expect((await takeOne(store, { ...check, cost: 3 }, start)).remaining).toBe(2);
      expect((await takeOne(store, { ...check, cost: 3 }, start)).allowed).toBe(false);
      expect(await takeOne(store, { ...check, upTo: 10 }, start)).toMatchObject({
        allowed: true,
        taken: 2,
        remaining: 0,
      });
      expect(await takeOne(store, { ...check, upTo: 10 }, start)).toMatchObject({ allowed: false, taken: 0 });
    });

    it("gives back, never more than was taken, and keys are apart", async () => {
      for (let n = 0; n < 5; n += 1) await store.take([check], start);
      await store.take([{ ...check, cost: -1, always: true }], start);
      expect(await takeOne(store, check, start)).toMatchObject({ allowed: true, remaining: 0 });
      await store.take([{ ...check, cost: -50, always: true }], start);
      expect((await takeOne(store, check, start)).remaining).toBe(4);
      expect((await takeOne(store, { ...check, key: "other" }, start)).remaining).toBe(4);
    });

    it("what costs more than there can ever be is refused, and says when to give up", async () => {
      const verdict = await takeOne(store, { ...check, cost: 6 }, start);
      expect(verdict.allowed).toBe(false);
      expect(verdict.retryAfter).toBeGreaterThanOrEqual(0);
    });

    it("a clock that is set back neither opens a full limit nor locks anybody out for more than two windows", async () => {
      for (let n = 0; n < 6; n += 1) await store.take([check], start);
      expect((await takeOne(store, check, start - 1_000)).allowed).toBe(false);
      expect((await takeOne(store, check, start - minute / 2)).allowed).toBe(false);
      expect((await takeOne(store, check, start - minute / 2 + 2.2 * minute)).allowed).toBe(true);
      for (let n = 0; n < 6; n += 1) await store.take([check], start + 3 * minute);
      expect((await takeOne(store, check, start - 86_400_000)).allowed).toBe(true);
    });

    it("a check that makes no sense is refused, not ignored", async () => {
      const broken = [
        { limit: 0 },
        { limit: 1.5 },
        { window: 0 },
        { window: -1 },
        { window: Number.NaN },
        { burst: 0 },
      ];
      for (const fault of broken)
        await expect((async () => store.take([{ ...check, ...fault }], start))()).rejects.toThrow(RangeError);
    });
  });

  it("fixed: a window begins with the first request, and everything comes back at its end", async () => {
    const check = checkOf("k", { algorithm: "fixed" });
    await store.take([check], start);
    for (let n = 0; n < 4; n += 1) await store.take([check], start + 59_999);
    expect(await takeOne(store, check, start + 59_999)).toMatchObject({ allowed: false, retryAfter: 1 });
    expect((await takeOne(store, check, start + minute)).remaining).toBe(4);
  });

  it("sliding: no window anywhere holds more than the limit", async () => {
    const check = checkOf("k", { algorithm: "sliding" });
    const passed: number[] = [];
    for (let now = start; now < start + 5 * minute; now += 777)
      if ((await takeOne(store, check, now)).allowed) passed.push(now);
    for (const from of passed)
      expect(passed.filter((at) => at >= from && at < from + minute).length).toBeLessThanOrEqual(5);
    // A tenth of the window is what it may be late by.
    expect(passed.length).toBeGreaterThanOrEqual(20);
  });

  it("lockout: is full for a window after the last, and forgets when nothing came for one", async () => {
    const check = checkOf("k", { algorithm: "lockout", limit: 3 });
    for (let n = 0; n < 3; n += 1) await store.take([check], start + n * 50_000);
    expect((await takeOne(store, check, start + 100_000 + minute - 1)).allowed).toBe(false);
    expect((await takeOne(store, check, start + 100_000 + minute)).remaining).toBe(2);
    expect((await takeOne(store, check, start + 100_000 + 3 * minute)).remaining).toBe(2);
  });

  it("gcra: what is counted beyond the burst is owed for a window at most, where it is owed at all", async () => {
    const owing = checkOf("owing", { debt: true });
    await store.take([{ ...owing, cost: 1_000, always: true }], start);
    expect(await takeOne(store, owing, start)).toMatchObject({ allowed: false, remaining: -5 });
    expect((await takeOne(store, owing, start + minute)).allowed).toBe(false);
    expect((await takeOne(store, owing, start + minute + 12_000)).allowed).toBe(true);
    const light = checkOf("light");
    await store.take([{ ...light, cost: 1_000, always: true }], start);
    expect((await takeOne(store, light, start + 12_000)).allowed).toBe(true);
  });

  it("what is counted always is counted beyond the limit too, and says by how much", async () => {
    const check = checkOf("k", { algorithm: "fixed", limit: 2, always: true });
    const left = [];
    for (let n = 0; n < 4; n += 1) left.push((await takeOne(store, check, start)).remaining);
    expect(left).toEqual([1, 0, -1, -2]);
  });

  it("slots: so many are inside, each once; who leaves makes room, and so does who is not heard of", async () => {
    const inside = (slot: number) => checkOf("s", { algorithm: "slots", limit: 2, slot });
    expect((await takeOne(store, inside(1), start)).allowed).toBe(true);
    expect((await takeOne(store, inside(2), start)).allowed).toBe(true);
    expect((await takeOne(store, inside(3), start)).allowed).toBe(false);
    await store.take([{ ...inside(1), cost: -1, always: true }], start);
    expect((await takeOne(store, inside(3), start)).allowed).toBe(true);
    // Renewed by its holder, the other one lapses.
    await store.take([{ ...inside(2), always: true }], start + 50_000);
    expect((await takeOne(store, inside(4), start + minute)).allowed).toBe(true);
    expect((await takeOne(store, inside(5), start + minute)).allowed).toBe(false);
    await store.take([{ ...inside(77), cost: -1, always: true }], start + minute);
    expect((await takeOne(store, inside(5), start + minute)).allowed).toBe(false);
  });
}
