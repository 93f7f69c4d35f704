import type { GuardWatch, Watch } from "../observe/observer.js";
import { Refusal } from "../problem/refusal.js";
import { internal } from "../problem/refusals.js";
import { isThenable, type PlainStep } from "./guard.js";
import { inside, quietly } from "./onlookers.js";

/** What watches the guards of one call; `undefined` where nobody does. */
export function guardWatches(watches: readonly Watch[]): ((name: string) => readonly GuardWatch[]) | undefined {
  const asked = watches.filter((one) => one.guard !== undefined);
  return asked.length === 0 ? undefined : (name) => asked.flatMap((one) => quietly(() => one.guard?.(name)) ?? []);
}

/** A step of a guard that is watched: what it answers, and what it throws, stays what it is. */
export function watchedStep(name: string, step: PlainStep): PlainStep {
  return (call) => {
    const watches = call.sighting?.guards?.(name) ?? [];
    if (watches.length === 0) return step(call);
    const tell = (refusal: Refusal | undefined) => {
      for (const watch of watches) quietly(() => watch.end(refusal));
    };
    const pass = (outcome: unknown) => {
      tell(outcome instanceof Refusal ? outcome : undefined);
      return outcome;
    };
    const fail = (thrown: unknown): never => {
      tell(thrown instanceof Refusal ? thrown : internal(thrown));
      throw thrown;
    };
    try {
      const outcome = inside(watches, () => step(call));
      return isThenable(outcome) ? outcome.then(pass, fail) : pass(outcome);
    } catch (thrown) {
      return fail(thrown);
    }
  };
}
