import { Refusal } from "../problem/refusal.js";
import { internal } from "../problem/refusals.js";
import { isThenable, type PlainStep } from "./guard.js";
import type { CallRecord } from "./states.js";

/**
 * The one loop. A step hands on the very call it was given; whatever else it answers ends the call (R12). It never throws and never
 * rejects, and answers at once where every step did.
 * @returns the refusal, or `undefined` at the top.
 */
export function climb(
  call: CallRecord,
  steps: readonly PlainStep[],
  from = 0,
): Refusal | undefined | Promise<Refusal | undefined> {
  try {
    for (let at = from; at < steps.length; at++) {
      const outcome = steps[at]?.(call);
      if (outcome === call) continue;
      return isThenable(outcome) ? resume(outcome, call, steps, at + 1) : endOf(outcome);
    }
    return undefined;
  } catch (thrown) {
    return internal(thrown);
  }
}

function resume(pending: PromiseLike<unknown>, call: CallRecord, steps: readonly PlainStep[], next: number) {
  const onward = (outcome: unknown) => (outcome === call ? climb(call, steps, next) : endOf(outcome));
  return Promise.resolve(pending).then(onward, internal);
}

/** A refusal that looks like success would be taken for one. */
function endOf(outcome: unknown): Refusal {
  return outcome instanceof Refusal && outcome.status >= 400
    ? outcome
    : internal(new TypeError("A guard answered neither call nor refusal"));
}

/** Goes on at once where there is nothing to wait for: to wait for what is there costs more than the guards do. */
export function after<T, Out>(value: T | Promise<T>, next: (value: T) => Out | Promise<Out>): Out | Promise<Out> {
  return value instanceof Promise ? value.then(next) : next(value);
}
