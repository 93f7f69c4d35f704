import type { LimitCheck, LimitStore } from "../../stores/limits.js";
import type { Closer } from "../closing.js";
import type { Asked, Counters } from "./rate.js";
import type { Turns } from "./turns.js";

/**
 * What is still to do when a call that was counted is over; `undefined` where nothing is. Failures are counted before anybody knows
 * whether there will be one, and given back when there was none: else a hundred guesses at once would all find room (R39).
 */
export function afterwards(
  counted: readonly Asked[],
  store: LimitStore,
  counters: Counters,
  turns: Turns,
): Closer | undefined {
  const closers = counted.flatMap((one) => closerOf(one, store, counters, turns) ?? []);
  if (closers.length === 0) return undefined;
  return (ending) => {
    for (const closer of closers) closer(ending);
  };
}

function closerOf({ rate, check }: Asked, store: LimitStore, counters: Counters, turns: Turns): Closer | undefined {
  const settle = (change: Partial<LimitCheck>) => counters.settle(store, [{ ...check, always: true, ...change }]);
  switch (rate.kind) {
    case "failures":
    case "lockout":
      return ({ status }) => {
        if (status < 400 || status > 499 || status === 429) settle({ cost: -check.cost });
      };
    case "content":
      return ({ octets }) => {
        if (octets > 0) settle({ cost: octets });
      };
    case "slot": {
      const renewal = setInterval(() => settle({}), check.window / 3);
      renewal.unref?.();
      return () => {
        clearInterval(renewal);
        const free = () => turns.left(check.key);
        const released = settle({ cost: -1 });
        if (released === undefined) free();
        else void released.then(free);
      };
    }
    case "plain":
    case "delay":
      return undefined;
    default:
      return rate.kind satisfies never;
  }
}
