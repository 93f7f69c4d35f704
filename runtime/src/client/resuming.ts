import type { CallOptions } from "./contract.js";
import { Failure, type FailureCode } from "./failure.js";
import { sleep } from "./sleep.js";

/** Options of `resuming`. */
export interface ResumingOptions {
  /** Ends it: a loop that runs gets a Failure `aborted`. */
  readonly signal?: AbortSignal;
  /** The id of an event that was seen already: it begins behind that one. */
  readonly lastEventId?: string;
  /** Connections that fail one after another before it gives up; 10 where absent. */
  readonly attempts?: number;
  /** Milliseconds until the next connection, where the server does not say (`retry`); 3,000 where absent, as browsers wait. */
  readonly wait?: number;
  /** Waiting, for tests. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** A number from 0 up to 1 for the jitter, for tests. */
  readonly random?: () => number;
}

/** Where a reader is. */
interface Place {
  id: string;
  wait: number;
  /** Connections in a row that failed. */
  failures: number;
  /** Connections in a row that brought nothing, those that failed among them. */
  idle: number;
}

/**
 * Server-sent events over as many connections as it takes (HTML Standard, 9.2.3): when one ends or breaks, the next begins behind the last
 * id that was seen, no sooner than the server wants. Each connection is a call of its own, so that it has a fresh credential and proof. An
 * answer of 204 ends it, and so does a failure that waiting does not mend.
 * @throws Failure in the loop; `configuration` for options that are no numbers.
 * @param open connects: `(options) => bank.payments.followPayments({ accountId }, options)`.
 */
export async function* resuming<Item>(
  open: (options: CallOptions) => Promise<AsyncIterable<Item> | undefined>,
  options: ResumingOptions = {},
): AsyncGenerator<Item, void> {
  const { attempts = 10, wait = 3_000, random = Math.random, lastEventId = "" } = options;
  if (!isCount(attempts) || !isCount(wait))
    throw new Failure("configuration", "attempts and wait of resuming are numbers, 0 or more");
  const signal = options.signal ?? new AbortController().signal;
  const place: Place = { id: lastEventId, wait, failures: 0, idle: 0 };
  for (;;) {
    let asked = 0;
    place.idle += 1;
    try {
      if (yield* connection(open, place, signal)) return;
    } catch (thrown) {
      if (signal.aborted) throw aborted(signal);
      place.failures += 1;
      if (!(thrown instanceof Failure) || !passing.has(thrown.code) || place.failures >= attempts) throw thrown;
      asked = thrown.retryAfter ?? 0;
    }
    await (options.sleep ?? sleep)(pauseOf(place, asked, random()), signal).catch((thrown) => {
      throw signal.aborted ? aborted(signal) : thrown;
    });
  }
}

/** The events of one connection, and whether it was the last. What listens to the caller's signal goes with it. */
async function* connection<Item>(
  open: (options: CallOptions) => Promise<AsyncIterable<Item> | undefined>,
  place: Place,
  outer: AbortSignal,
): AsyncGenerator<Item, boolean> {
  const controller = new AbortController();
  const end = () => controller.abort(outer.reason);
  if (outer.aborted) end();
  outer.addEventListener("abort", end, { once: true });
  try {
    const { signal } = controller;
    const events = await open({ signal, ...(place.id === "" ? {} : { headers: { "last-event-id": place.id } }) });
    if (events === undefined) return true;
    for await (const event of events) {
      mark(place, event);
      yield event;
    }
    return false;
  } finally {
    outer.removeEventListener("abort", end);
  }
}

/** What another connection, later, may mend. */
const passing: ReadonlySet<FailureCode> = new Set([
  "network",
  "timeout",
  "rate_limited",
  "server_error",
  "circuit_open",
] as const);

function mark(place: Place, event: unknown): void {
  place.failures = 0;
  place.idle = 0;
  if (typeof event !== "object" || event === null) return;
  const { id, retry } = event as { readonly id?: unknown; readonly retry?: unknown };
  // An id that is not text for a header would end it for good.
  if (typeof id === "string" && /^[\x20-\x7e]*$/.test(id)) place.id = id;
  if (isCount(retry)) place.wait = retry;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}

/** The longest that doubles: half an hour. */
const longest = 1_800_000;
/** The longest that a timer can wait: a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** What doubles, at least, behind a second connection without anything: a server may want no wait at all (`retry: 0`). */
const leastBase = 1_000;

/**
 * Never less than the server wants. Those who were cut off at the same time do not all come back at the same time; and a server that is
 * down, or has nothing, is asked less and less.
 */
function pauseOf({ wait, idle }: Place, asked: number, random: number): number {
  const least = Math.min(longestTimer, Math.max(wait, asked));
  const base = idle > 1 ? Math.max(wait, leastBase) : wait;
  const ceiling = Math.min(longest, base * 2 ** Math.min(idle, 10));
  return Math.min(longestTimer, least + random * Math.max(least / 10, ceiling - least));
}

function aborted(signal: AbortSignal): Failure {
  return new Failure("aborted", "The caller aborted the call", { cause: signal.reason });
}
