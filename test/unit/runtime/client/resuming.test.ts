import { type CallOptions, Failure, resuming } from "@sallyport/runtime/client";
import { describe, expect, it, vi } from "vitest";
import { failureOf } from "../../../support/client.js";

interface Event {
  readonly data: string;
  readonly id?: string;
  readonly retry?: number;
}

type Connection = readonly Event[] | Failure | undefined;

/** Connections that are what the test says, one after the other, and how long was waited between them. */
function feed(connections: readonly Connection[], random = 0) {
  const asked: (CallOptions["headers"] | undefined)[] = [];
  const waits: number[] = [];
  const open = async ({ headers }: CallOptions) => {
    const connection = connections[asked.push(headers) - 1];
    if (connection instanceof Failure) throw connection;
    return connection === undefined ? undefined : all(connection);
  };
  const sleep = async (milliseconds: number) => void waits.push(milliseconds);
  return { events: resuming(open, { sleep, random: () => random, wait: 100 }), asked, waits };
}

async function* all<Item>(items: readonly Item[]) {
  yield* items;
}

async function gather(events: AsyncIterable<Event>) {
  const data: string[] = [];
  for await (const event of events) data.push(event.data);
  return data.join("");
}

const broken = new Failure("network", "broke");

describe("events over several connections", () => {
  it("the last id is the last that there was; an empty one forgets it, and one that is no header text is passed over", async () => {
    const { events, asked } = feed([
      [{ data: "a", id: "1" }, { data: "b" }],
      [{ data: "c", id: "ü\n" }],
      [{ data: "d", id: "" }],
      undefined,
    ]);
    expect(await gather(events)).toBe("abcd");
    expect(asked.map((headers) => headers?.["last-event-id"])).toEqual([undefined, "1", "1", undefined]);
  });

  it("waits as long as the server wants, and with jitter no less", async () => {
    const least = feed([[{ data: "a", retry: 5_000 }], [{ data: "b" }], undefined]);
    await gather(least.events);
    expect(least.waits).toEqual([5_000, 5_000]);
    const most = feed([[{ data: "a", retry: 5_000 }], undefined], 1);
    await gather(most.events);
    expect(most.waits).toEqual([5_500]);
  });

  it("Retry-After is kept to, and what a timer cannot hold is as long as it can", async () => {
    const busy = new Failure("rate_limited", "busy", { retryAfter: 7_000 });
    const { events, waits } = feed([busy, [{ data: "a", retry: 1e12 }], undefined]);
    await gather(events);
    expect(waits).toEqual([7_000, 2 ** 31 - 1]);
  });

  it("a server that is down, or has nothing, is asked less and less; one event, and all is forgotten", async () => {
    const { events, waits } = feed([broken, [], broken, [{ data: "a" }], undefined], 1);
    expect(await gather(events)).toBe("a");
    expect(waits).toEqual([200, 4_000, 8_000, 110]);
  });

  it("a server that wants no wait is asked less and less all the same, once nothing comes", async () => {
    const { events, waits } = feed([[{ data: "a", retry: 0 }], [], [], [], undefined], 0.5);
    expect(await gather(events)).toBe("a");
    expect(waits).toEqual([0, 0, 2_000, 4_000]);
  });

  it.each([{ wait: Number.NaN }, { wait: -1 }, { wait: "3s" as never }, { attempts: Number.NaN }, { attempts: -1 }])(
    "%j is no number to wait, or to try",
    async (options) => {
      const open = vi.fn(async () => undefined);
      expect((await failureOf(resuming(open, options).next())).code).toBe("configuration");
      expect(open).not.toHaveBeenCalled();
    },
  );

  it.each([Number.NaN, -1])("a wait of %d that a server wants is none", async (retry) => {
    const { events, waits } = feed([[{ data: "a", retry }], undefined]);
    await gather(events);
    expect(waits).toEqual([100]);
  });

  it("a wait without end is as long as a timer can hold", async () => {
    const waits: number[] = [];
    const sleep = async (milliseconds: number) => void waits.push(milliseconds);
    let left = 1;
    const open = async () => (left-- > 0 ? all<Event>([]) : undefined);
    await gather(resuming(open, { wait: Number.POSITIVE_INFINITY, random: () => 0, sleep }));
    expect(waits).toEqual([2 ** 31 - 1]);
  });

  it("gives up after ten connections in a row that fail, and counts anew behind each event", async () => {
    const { events, asked } = feed(Array(20).fill(broken));
    expect((await failureOf(gather(events))).code).toBe("network");
    expect(asked).toHaveLength(10);
    const again = feed([...Array(9).fill(broken), [{ data: "a" }], ...Array(9).fill(broken), undefined]);
    expect(await gather(again.events)).toBe("a");
  });

  it.each(["forbidden", "unauthenticated", "session_ended", "response_invalid", "pin_mismatch"] as const)(
    "%s is nothing that waiting mends",
    async (code) => {
      const { events, asked } = feed([new Failure(code, "no")]);
      expect((await failureOf(gather(events))).code).toBe(code);
      expect(asked).toHaveLength(1);
    },
  );

  it("listens to the caller's signal once, however many connections there are", async () => {
    const { signal } = new AbortController();
    let listening = 0;
    const watched = Object.assign(signal, {
      addEventListener: () => void listening++,
      removeEventListener: () => void listening--,
    });
    let left = 20;
    const open = async () => (left-- > 0 ? all<Event>([{ data: "a" }]) : undefined);
    const seen: number[] = [];
    for await (const _ of resuming(open, { signal: watched, sleep: async () => {} })) seen.push(listening);
    expect(seen).toEqual(Array(20).fill(1));
    expect(listening).toBe(0);
  });
});
