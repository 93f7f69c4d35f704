import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { digestOf, digests } from "../../../../runtime/src/credentials/token-cache.js";

const end = "x".repeat(40);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("digests of tokens", () => {
  it("are those of SHA-256, the first time and the next", () => {
    const of = digests();
    for (const token of ["", "short", `eyJ.${end}`]) {
      expect(of(token)).toBe(digestOf(token));
      expect(of(token)).toBe(digestOf(token));
    }
  });

  it("are never those of another token that ends alike", () => {
    const of = digests();
    const tokens = Array.from({ length: 20 }, (_, at) => `${at}.${end}`);
    for (let round = 0; round < 2; round++) for (const token of tokens) expect(of(token)).toBe(digestOf(token));
    expect(new Set(tokens.map(of)).size).toBe(tokens.length);
  });

  it("hold no token for longer than a moment, and no more than a few", () => {
    const held = vi.spyOn(Map.prototype, "clear");
    const of = digests();
    of(`a.${end}`);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(held).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
    for (let at = 0; at < 257; at++) of(`${end}.${String(at).padStart(32, "0")}`);
    expect(held).toHaveBeenCalledTimes(2);
    held.mockRestore();
  });
});
