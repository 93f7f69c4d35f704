import type { Exchange, Reply } from "../http/exchange.js";
import { isIterable } from "../http/streams.js";
import type { Log } from "../observe/log.js";
import { toMilliseconds } from "../policy/index.js";
import { Refusal } from "../problem/refusal.js";
import { StartError } from "../problem/start-error.js";
import type { Api, OverloadOptions } from "./contract.js";
import { encodeProblem, toReply } from "./reply.js";

type Entry = Pick<Api, "handle" | "invoke">;

/** What pages of other origins are told all the same: how else would they read that they may come again? */
export interface PageAnswers {
  /** The answer to a preflight; `undefined` where it is none. */
  readonly preflight: (exchange: Exchange) => Reply | undefined;
  /** Headers of an answer, flat. */
  readonly headers: (exchange: Exchange) => readonly string[];
}

/**
 * Sends callers away that would only make it worse for all: with 503, before anything of the call is looked at but where it goes. Nothing
 * is counted for calls that are answered at once.
 * @throws StartError for a bound that is none.
 */
export function sheltered(api: Entry, pages: PageAnswers, options: OverloadOptions = {}, log?: Log): Entry {
  const { maxInFlight = 10_000, maxDelay } = options;
  if (!Number.isSafeInteger(maxInFlight) || maxInFlight < 1) throw invalid("maxInFlight is a count of 1 or more");
  const isLate = maxDelay === undefined ? () => false : watchLoop(toMilliseconds(maxDelay));
  const tell = teller(log);
  let inFlight = 0;
  const leave = () => {
    inFlight -= 1;
  };
  const isFull = () => inFlight >= maxInFlight || isLate();
  const left = (reply: Reply | undefined): Reply | undefined => {
    leave();
    return counted(reply);
  };
  const failed = (thrown: unknown): never => {
    leave();
    throw thrown;
  };
  const counted = (reply: Reply | undefined): Reply | undefined => {
    if (reply === undefined || !isIterable(reply.body)) return reply;
    inFlight += 1;
    return { ...reply, body: until(reply.body, leave) };
  };
  return {
    handle: (exchange) => {
      if (isFull()) return pages.preflight(exchange) ?? shed(exchange, pages, tell);
      const reply = api.handle(exchange);
      if (!(reply instanceof Promise)) return counted(reply);
      inFlight += 1;
      return reply.then(left, failed);
    },
    invoke: async (operation, exchange, input) => {
      if (isFull()) return busy(tell);
      inFlight += 1;
      return api.invoke(operation, exchange, input).finally(leave);
    },
  };
}

// draft-ietf-httpapi-ratelimit-headers: the problem type of a server that is not at its full capacity.
function busy(tell: () => void): Refusal {
  tell();
  return new Refusal("unavailable", {
    status: 503,
    title: "The server is busy",
    headers: ["Retry-After", "1"],
    extensions: { type: "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity" },
  });
}

function shed(exchange: Exchange, pages: PageAnswers, tell: () => void): Reply {
  const refusal = busy(tell);
  const received = { exchange, requestId: crypto.randomUUID() };
  return toReply(received, refusal.status, encodeProblem(refusal, received.requestId), [
    ...refusal.headers,
    ...pages.headers(exchange),
  ]);
}

async function* until(pieces: AsyncIterable<Uint8Array>, end: () => void): AsyncGenerator<Uint8Array, void> {
  try {
    yield* pieces;
  } finally {
    end();
  }
}

function invalid(what: string): StartError {
  return new StartError([{ code: "invalid_option", message: `overload: ${what}.` }]);
}

/** How often the loop is looked at, in milliseconds. */
const beat = 100;

/** Whether timers fire too late, now or the last time. */
function watchLoop(most: number): () => boolean {
  if (!(most > 0)) throw invalid("maxDelay is more than nothing");
  let last = performance.now();
  let late = 0;
  const timer: { unref?: () => unknown } = setInterval(() => {
    const time = performance.now();
    late = time - last - beat;
    last = time;
  }, beat) as never;
  timer.unref?.();
  return () => late > most || performance.now() - last - beat > most;
}

/** The log hears of it once a second. */
function teller(log: Log | undefined): () => void {
  let count = 0;
  let next = 0;
  return () => {
    count += 1;
    const time = performance.now();
    if (time < next) return;
    next = time + 1_000;
    log?.warn({ shed: count }, "Calls are sent away: the server has too much to do");
    count = 0;
  };
}
