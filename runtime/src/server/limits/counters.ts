import type { Log } from "../../observe/log.js";
import type { Refusal } from "../../problem/refusal.js";
import { unavailable } from "../../problem/refusals.js";
import type { LimitCheck, LimitStore, LimitVerdict } from "../../stores/limits.js";
import { memoryLimits } from "../../stores/memory-limits.js";
import { isThenable } from "../guard.js";
import type { Asked, Counters, Ruling } from "./rate.js";

/** How long a store may take, in milliseconds. */
const patience = 250;
/** How long one that did not answer in time is left alone. */
const rest = 1_000;

/** Watches over a store. */
export function countersOf(store: LimitStore, log: Log, now: () => number): Counters {
  const own = memoryLimits();
  const ask = steady(store, log);
  const fallBack = (asked: readonly Asked[], at: number, cause: unknown): Ruling | Refusal => {
    if (asked.some(({ rate }) => rate.onStoreError === "deny")) return unavailable(cause);
    const local = asked.filter(({ rate }) => rate.onStoreError === "local");
    const verdicts = own.take(
      local.map(({ check }) => check),
      at,
    );
    const byCheck = new Map(local.map((one, index) => [one, verdicts[index]]));
    return { verdicts: asked.map((one) => byCheck.get(one)), store: own };
  };
  return {
    remote: store.remote === true,
    take: (asked, at) => {
      try {
        const verdicts = ask(checksOf(asked), at);
        if (!isThenable(verdicts)) return { verdicts: complete(verdicts, asked.length), store };
        return verdicts
          .then((all): Ruling => ({ verdicts: complete(all, asked.length), store }))
          .catch((cause: unknown) => fallBack(asked, at, cause));
      } catch (cause) {
        return fallBack(asked, at, cause);
      }
    },
    settle: (where, checks) => {
      try {
        const done = where === store ? ask(checks, now()) : where.take(checks, now());
        if (isThenable(done)) return Promise.resolve(done).then(ignore, ignore);
      } catch {
        // What is not given back stays counted, and what is not released lapses.
      }
    },
  };
}

function ignore(): void {}

/** Most calls are counted by one limit at a time, and a list that is written down is made faster than one that is mapped. */
function checksOf(asked: readonly Asked[]): readonly LimitCheck[] {
  const [only] = asked;
  return only !== undefined && asked.length === 1 ? [only.check] : asked.map(({ check }) => check);
}

/** A limit that cannot be read must not become no limit. */
function complete(verdicts: readonly LimitVerdict[], wanted: number): readonly LimitVerdict[] {
  const whole = Array.isArray(verdicts) && verdicts.length === wanted;
  if (!whole || !verdicts.every(isVerdict)) throw new TypeError("The limit store did not answer for every limit.");
  return verdicts;
}

function isVerdict(one: LimitVerdict | undefined): boolean {
  return typeof one?.allowed === "boolean";
}

/** Asks with a deadline. A store that let one pass is not waited for again at once: else every call would wait as long. */
function steady(store: LimitStore, log: Log): LimitStore["take"] {
  let resting = 0;
  const fail = (cause: unknown): never => {
    const time = performance.now();
    if (time >= resting) log.warn({ err: cause }, "The limit store has failed");
    resting = time + rest;
    throw cause;
  };
  return (checks, now) => {
    if (resting > 0 && performance.now() < resting) throw new Error("The limit store has failed a moment ago.");
    const verdicts = store.take(checks, now);
    return isThenable(verdicts) ? inTime(verdicts).catch(fail) : verdicts;
  };
}

function inTime<T>(pending: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The limit store took longer than ${patience} ms.`)), patience);
    pending.then(resolve, reject).then(() => clearTimeout(timer));
  });
}
