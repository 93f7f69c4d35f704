import { describe, expect, it } from "vitest";
import { memoryReplay } from "../../../../runtime/src/credentials/dpop/memory-replay.js";
import { holdsReplayContract } from "./once.contract.js";

describe("the replay store in memory", () => {
  holdsReplayContract(() => memoryReplay());

  it("is bounded: a full one refuses, and never forgets a key that still matters", () => {
    const store = memoryReplay({ capacity: 2 });
    store.remember("a", 5_000, 0);
    store.remember("b", 1_500, 0);
    expect(() => store.remember("c", 5_000, 0)).toThrow(RangeError);
    expect(store.remember("a", 5_000, 0)).toBe(false);
    expect(store.remember("c", 5_000, 2_000)).toBe(true);
    expect(store.remember("a", 5_000, 2_000)).toBe(false);
    expect(() => store.remember("d", 9_000, 2_000)).toThrow(RangeError);
  });

  it("sweeps once a second at most, and at once when the clock was set back", () => {
    const store = memoryReplay({ capacity: 1 });
    store.remember("a", 10_100, 10_000);
    expect(() => store.remember("b", 20_000, 10_050)).toThrow(RangeError);
    expect(() => store.remember("b", 20_000, 10_200)).toThrow(RangeError);
    expect(store.remember("b", 20_000, 11_100)).toBe(true);
    expect(() => store.remember("c", 9_000, 5_000)).toThrow(RangeError);
  });
});
