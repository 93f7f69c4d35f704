import type { Refusal } from "../problem/refusal.js";
import type { Blueprint, Ground } from "./blueprint.js";
import type { CallRecord } from "./states.js";

/** Proves one thing more about a call, or refuses it. It cannot call the rest twice, or forget to. */
export type Step<In, Out> = (call: In) => Out | Refusal | PromiseLike<Out | Refusal>;

/** What makes a step for an operation. `undefined`: there is nothing to prove. */
export interface Guard<In, Out extends In> {
  readonly name: string;
  readonly compile: (operation: Blueprint, ground: Ground) => Step<In, Out> | undefined;
}

/** A step whose states were checked when the order was written down. */
export type PlainStep = (call: CallRecord) => unknown;

/** Guards in order. `State` is what is proved of a call that has passed all of them. */
export interface Climb<State> {
  readonly guards: readonly string[];
  /** Adds a guard. It does not compile where the guard needs a fact that none before it proves. */
  readonly pass: <Out extends State>(guard: Guard<State, Out>) => Climb<Out>;
  /**
   * The steps of one operation.
   * @param around makes of a guard's step another; where absent, it is the step.
   */
  readonly compile: (operation: Blueprint, ground: Ground, around?: Around) => readonly PlainStep[];
}

type Around = (name: string, step: PlainStep) => PlainStep;

interface PlainGuard {
  readonly name: string;
  readonly compile: (operation: Blueprint, ground: Ground) => PlainStep | undefined;
}

/** The beginning of a climb: a call in this state has come in. */
export function from<State>(): Climb<State> {
  return climb<State>([]);
}

function climb<State>(guards: readonly PlainGuard[]): Climb<State> {
  return {
    guards: guards.map((guard) => guard.name),
    pass: (guard) => climb([...guards, guard as unknown as PlainGuard]),
    compile: (operation, ground, around = (_, step) => step) =>
      guards.flatMap((guard) => {
        const step = guard.compile(operation, ground);
        return step === undefined ? [] : [around(guard.name, step)];
      }),
  };
}

/** Whether a value must be awaited. Awaiting what need not be costs more than the guards do. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  // Read, and not asked for with `in`: that is slow where it sees many kinds of objects, and this sees all there are.
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
