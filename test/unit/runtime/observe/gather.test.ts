import { describe, expect, it } from "vitest";
import { gather } from "../../../../runtime/src/observe/gather.js";

describe("gather", () => {
  it("writes the lines of one turn at once, in order", async () => {
    const writes: string[] = [];
    const append = gather((lines) => void writes.push(lines));
    await Promise.all([append("a\n"), append("b\n")]);
    await append("c\n");
    expect(writes).toEqual(["a\nb\n", "c\n"]);
  });

  it("acknowledges nothing before it is written", async () => {
    let finish = () => {};
    const written = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let acknowledged = false;
    const append = gather(() => written);
    const line = append("a\n").then(() => {
      acknowledged = true;
    });
    await new Promise(setImmediate);
    expect(acknowledged).toBe(false);
    finish();
    await line;
    expect(acknowledged).toBe(true);
  });

  it("tells everybody whose line was lost, and nobody else", async () => {
    let broken = true;
    const append = gather(() => {
      if (broken) throw new Error("the disk is full");
    });
    const outcomes = await Promise.allSettled([append("a\n"), append("b\n")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    broken = false;
    await expect(append("c\n")).resolves.toBeUndefined();
  });

  it("does not hold more than 64 KiB back, and writes no line twice", async () => {
    const writes: string[] = [];
    const append = gather((lines) => void writes.push(lines));
    const long = `${"x".repeat(70_000)}\n`;
    await Promise.all([append(long), append("a\n"), append("b\n")]);
    await new Promise(setImmediate);
    expect(writes).toEqual([long, "a\nb\n"]);
  });

  it("begins no write before the last has ended", async () => {
    const events: string[] = [];
    const append = gather(async (lines) => {
      events.push(`begin ${lines.trim()}`);
      await new Promise(setImmediate);
      events.push(`end ${lines.trim()}`);
    });
    const first = append("a\n");
    await new Promise(setImmediate);
    await Promise.all([first, append("b\n")]);
    expect(events).toEqual(["begin a", "end a", "begin b", "end b"]);
  });
});
