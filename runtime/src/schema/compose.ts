import type * as z from "zod";
import { fails, fault, holdsTrue, made, matches, nothing, type Outcome, type Run } from "./made.js";
import { merge } from "./merge.js";
import { isObject } from "./values.js";

// What is taken is core's type: to compare a schema with `z.ZodType`, and its hundred methods, costs a compiler 78,000 instantiations.
type Branches = readonly z.core.$ZodType[];
/** One by one: an intersection over the union of all would take the alternatives of a branch apart. */
type Outputs<T extends Branches> = T extends readonly [
  infer One extends z.core.$ZodType,
  ...infer Rest extends Branches,
]
  ? Told<z.output<One>> & Outputs<Rest>
  : unknown;
type Inputs<T extends Branches> = T extends readonly [infer One extends z.core.$ZodType, ...infer Rest extends Branches]
  ? Told<z.input<One>> & Inputs<Rest>
  : unknown;

/** To zod an object without keys has none. A branch that names no key says nothing of those that the others name. */
type Told<T> = [T] extends [never] ? T : string extends keyof T ? ([T[keyof T]] extends [never] ? unknown : T) : T;

/** Every branch holds; the value keeps what any of them knows. */
export function allOf<const T extends Branches>(branches: T): z.ZodType<Outputs<T>, Inputs<T>> {
  return made((value, run) => all(value, branches, run));
}

/** At least one branch holds; the value keeps what any branch that holds knows. */
export function anyOf<const T extends Branches>(branches: T): z.ZodType<z.output<T[number]>, z.input<T[number]>> {
  return made((value, run) => {
    const outcomes = branches.map((branch) => run(branch, value));
    const matching = outcomes.filter(matches);
    return matching.length === 0 ? nearest(value, outcomes) : together(matching);
  });
}

/** Exactly one branch holds. That a branch does not know a key does not keep it from holding. */
export function oneOf<const T extends Branches>(branches: T): z.ZodType<z.output<T[number]>, z.input<T[number]>> {
  return made((value, run) => {
    const outcomes = branches.map((branch) => run(branch, value));
    const matching = outcomes.filter(matches);
    if (matching.length === 0) return nearest(value, outcomes);
    return matching.length === 1
      ? together(matching)
      : fails(value, [fault(value, "more than one of the alternatives holds")]);
  });
}

/** The branch must not hold. */
export function not(branch: z.core.$ZodType): z.ZodType {
  return made((value, run) =>
    matches(run(branch, value)) ? fails(value, [fault(value, "is what it must not be")]) : holdsTrue(),
  );
}

/** Where the condition holds, the second schema must; elsewhere the third. */
export function conditional(
  condition: z.core.$ZodType,
  holding?: z.core.$ZodType,
  otherwise?: z.core.$ZodType,
): z.ZodType {
  return made((value, run) => {
    const judged = run(condition, value);
    if (!matches(judged)) return otherwise === undefined ? holdsTrue() : run(otherwise, value);
    const then = holding === undefined ? holdsTrue() : run(holding, value);
    return matches(then) ? together([judged, then]) : then;
  });
}

/** An object has no key but those that the schema, a request's, knows: `additionalProperties: false` said by one of several branches. */
export function closed<T extends z.core.$ZodType>(schema: T): z.ZodType<z.output<T>, z.input<T>> {
  return made((value, run) => {
    const outcome = run(schema, value);
    return refuse(value, outcome, outcome.unknown);
  });
}

/** As `closed`, for a schema that drops what it does not know instead of naming it: a response's. */
export function closedDropping<T extends z.core.$ZodType>(schema: T): z.ZodType<z.output<T>, z.input<T>> {
  return made((value, run) => {
    const outcome = run(schema, value);
    if (!isObject(value) || !isObject(outcome.value)) return outcome;
    const kept = outcome.value;
    return refuse(
      value,
      outcome,
      Object.keys(value).filter((key) => !Object.hasOwn(kept, key)),
    );
  });
}

/** A schema that only asserts: it has no say in what is kept or judged of the value. */
export function asserts(schema: z.core.$ZodType): z.ZodType {
  return made((value, run) => {
    const outcome = run(schema, value);
    return matches(outcome) ? holdsTrue() : outcome;
  });
}

/** The outcome of several branches that must all hold. */
export function all(value: unknown, branches: Branches, run: Run): Outcome {
  const outcomes = branches.map((branch) => run(branch, value));
  const faults = outcomes.flatMap((one) => one.faults);
  return faults.length > 0 ? fails(value, faults) : together(outcomes);
}

/** Outcomes that hold, in one. Those that keep nothing have no say in what is known. */
function together(outcomes: readonly Outcome[]): Outcome {
  const [first, ...rest] = outcomes.filter((one) => one.value !== nothing);
  const items = judgedItems(outcomes);
  const some = items === undefined ? {} : { items };
  if (first === undefined) return { ...holdsTrue(), ...some };
  return {
    value: rest.reduce((sum, one) => merge(sum, one.value), first.value),
    faults: [],
    unknown: first.unknown.filter((key) => rest.every((one) => one.unknown.includes(key))),
    ...some,
  };
}

function judgedItems(outcomes: readonly Outcome[]): ReadonlySet<number> | undefined {
  const sets = outcomes.flatMap(({ items }) => (items === undefined ? [] : [items]));
  const isWhole = outcomes.some(({ items, value }) => items === undefined && value !== nothing);
  return isWhole || sets.length === 0 ? undefined : new Set(sets.flatMap((one) => [...one]));
}

/** The faults of the one branch that fits the value as a whole tell the caller most; where none or several do, that none holds. */
function nearest(value: unknown, outcomes: readonly Outcome[]): Outcome {
  const [only, another] = outcomes.filter((one) => one.faults.every((fault) => (fault.path?.length ?? 0) > 0));
  return only !== undefined && another === undefined
    ? fails(value, only.faults)
    : fails(value, [fault(value, "none of the alternatives holds")]);
}

function refuse(value: unknown, outcome: Outcome, keys: readonly string[]): Outcome {
  if (!matches(outcome) || keys.length === 0) return outcome;
  return fails(
    value,
    keys.map((key) => fault(value, "is not allowed here", [key])),
  );
}
