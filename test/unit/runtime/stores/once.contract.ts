import { expect, it } from "vitest";
import type { ReplayStore } from "../../../../runtime/src/secrets/replay.js";

/** What every replay store must do: run it against one of your own. */
export function holdsReplayContract(open: () => ReplayStore | Promise<ReplayStore>): void {
  it("a key is new once, until it no longer matters", async () => {
    const store = await open();
    expect(await store.remember("a", 1_000, 0)).toBe(true);
    expect(await store.remember("a", 1_000, 0)).toBe(false);
    expect(await store.remember("b", 1_000, 0)).toBe(true);
    expect(await store.remember("a", 2_000, 999)).toBe(false);
    expect(await store.remember("a", 2_000, 1_000)).toBe(true);
  });

  it("R39 of a hundred at the same time exactly one is told that it is new", async () => {
    const store = await open();
    const answers = await Promise.all(Array.from({ length: 100 }, () => store.remember("a", 1_000, 0)));
    expect(answers.filter((isNew) => isNew)).toHaveLength(1);
  });
}
