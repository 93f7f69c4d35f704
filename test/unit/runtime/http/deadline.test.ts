import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { within } from "../../../../runtime/src/http/deadline.js";

/** Something that ends when it is told to. */
function task() {
  let end: (value: string) => void = () => {};
  const promise = new Promise<string>((resolve) => {
    end = resolve;
  });
  return { promise, end };
}

describe("what is waited for, and not for ever", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "performance"] }));
  afterEach(() => void vi.useRealTimers());

  it("is late by its own deadline, whatever else is waited for, and in whichever order they end", async () => {
    for (const order of ["abc", "acb", "bac", "bca", "cab", "cba"]) {
      const tasks = { a: task(), b: task(), c: task() };
      const names = ["a", "b", "c"] as const;
      const outcomes = names.map((name) => within(tasks[name].promise, 1_000, () => `${name} is late`));
      const [first, second] = order as unknown as readonly (keyof typeof tasks)[];
      if (first !== undefined) tasks[first].end("in time");
      await vi.advanceTimersByTimeAsync(500);
      if (second !== undefined) tasks[second].end("in time");
      await vi.advanceTimersByTimeAsync(600);
      const wanted = names.map((name) => (name === first || name === second ? "in time" : `${name} is late`));
      expect(await Promise.all(outcomes), order).toEqual(wanted);
    }
  });

  it("is late once, and what ends afterwards changes nothing", async () => {
    const { promise, end } = task();
    let calls = 0;
    const outcome = within(promise, 100, () => {
      calls += 1;
      return "late";
    });
    await vi.advanceTimersByTimeAsync(400);
    end("in time");
    expect(await outcome).toBe("late");
    expect(calls).toBe(1);
  });

  it("is late where a longer one was there before, and a shorter one came after", async () => {
    const outcomes = [300, 100, 200].map((milliseconds) => within(task().promise, milliseconds, () => milliseconds));
    const ended: number[] = [];
    for (const one of outcomes) void one.then((value) => ended.push(value as number));
    await vi.advanceTimersByTimeAsync(500);
    expect(ended).toEqual([100, 200, 300]);
  });

  it("rejects with what was thrown, by it or by what says that it is late", async () => {
    await expect(within(Promise.reject(new Error("broken")), 100, () => "late")).rejects.toThrow("broken");
    const late = within(task().promise, 100, () => {
      throw new Error("too late");
    });
    const told = expect(late).rejects.toThrow("too late");
    await vi.advanceTimersByTimeAsync(200);
    await told;
  });

  it("keeps no timer running when nobody waits", async () => {
    const { promise, end } = task();
    const outcome = within(promise, 10_000, () => "late");
    end("in time");
    await outcome;
    await vi.advanceTimersByTimeAsync(100);
    expect(vi.getTimerCount()).toBe(0);
  });
});
