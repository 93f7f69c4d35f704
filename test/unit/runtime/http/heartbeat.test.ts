import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lastEventIdOf } from "../../../../runtime/src/http/events.js";
import { withHeartbeat } from "../../../../runtime/src/http/heartbeat.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const text = (octets: Uint8Array | undefined) => new TextDecoder().decode(octets);
const after = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

async function* slowly(...waits: readonly number[]): AsyncGenerator<Uint8Array, void> {
  for (const wait of waits) {
    await after(wait);
    yield new TextEncoder().encode(`data: ${wait}\n\n`);
  }
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const one of chunks) found.push(text(one));
  return found;
}

describe("a stream of events that is silent", () => {
  it("says with a comment that it lives, and loses nothing", async () => {
    const read = all(withHeartbeat(slowly(10, 250, 99), 100));
    await vi.advanceTimersByTimeAsync(400);
    expect(await read).toEqual(["data: 10\n\n", ":\n\n", ":\n\n", "data: 250\n\n", "data: 99\n\n"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("makes no comment that nobody asks for", async () => {
    const chunks = withHeartbeat(slowly(1_000), 100)[Symbol.asyncIterator]();
    const first = chunks.next();
    await vi.advanceTimersByTimeAsync(900);
    expect(text((await first).value ?? undefined)).toBe(":\n\n");
    const second = chunks.next();
    await vi.advanceTimersByTimeAsync(200);
    expect(text((await second).value ?? undefined)).toBe("data: 1000\n\n");
    await chunks.return?.(undefined);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is left at once, whatever it still waits for", async () => {
    let left = false;
    const source = async function* (): AsyncGenerator<Uint8Array, void> {
      try {
        await after(60_000);
        yield new Uint8Array();
      } finally {
        left = true;
      }
    };
    const chunks = withHeartbeat(source(), 100)[Symbol.asyncIterator]();
    const first = chunks.next();
    await vi.advanceTimersByTimeAsync(100);
    await first;
    await chunks.return?.(undefined);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(left).toBe(true);
  });

  it("hands on what its source throws", async () => {
    const source = async function* (): AsyncGenerator<Uint8Array, void> {
      yield new Uint8Array();
      throw new Error("broken");
    };
    await expect(all(withHeartbeat(source(), 100))).rejects.toThrow("broken");
  });
});

describe("Last-Event-ID", () => {
  const of = (...lines: readonly string[]) => lastEventIdOf({ all: () => lines });
  it.each([
    [of(), undefined],
    [of("7"), "7"],
    [of(""), ""],
    [of("1", "2"), undefined],
    [of(Buffer.from("é ü", "utf8").toString("latin1")), "é ü"],
    [of("\u00ff\u00fe"), undefined],
    [of("é\u0100"), undefined],
  ])("%j", (found, wanted) => expect(found).toBe(wanted));
});
