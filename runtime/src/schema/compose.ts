import type * as z from "zod";
import { fails, holds, type Judge, made, matches, type Outcome } from "./made.js";
import { merge } from "./merge.js";

type Branches = readonly z.ZodType[];
type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** Every branch holds; the value keeps what any of them knows. */
export function allOf<const T extends Branches>(
  branches: T,
): z.ZodType<Intersection<z.output<T[number]>>, Intersection<z.input<T[number]>>> {
  return made((value, run) => {
    const outcomes = branches.map((branch) => run(branch, value));
    const faults = outcomes.flatMap((one) => one.faults);
    return faults.length > 0 ? { value, faults, unknown: [] } : together(value, outcomes);
  });
}

/** At least one branch holds; the value keeps what any branch that holds knows. */
export function anyOf<const T extends Branches>(branches: T): z.ZodType<z.output<T[number]>, z.input<T[number]>> {
  return made((value, run) => {
    const outcomes = branches.map((branch) => run(branch, value));
    const matching = outcomes.filter(matches);
    return matching.length === 0 ? nearest(value, outcomes) : together(value, matching);
  });
}

/** Exactly one branch holds. A key that a branch does not know does not keep it from holding. */
export function oneOf<const T extends Branches>(branches: T): z.ZodType<z.output<T[number]>, z.input<T[number]>> {
  return made((value, run) => {
    const outcomes = branches.map((branch) => run(branch, value));
    const matching = outcomes.filter(matches);
    if (matching.length === 0) return nearest(value, outcomes);
    return matching.length > 1 ? fails(value, "more than one of the alternatives holds") : together(value, matching);
  });
}

/** The branch must not hold. */
export function not(branch: z.ZodType): z.ZodType {
  return made((value, run) =>
    matches(run(branch, value)) ? fails(value, "is what it must not be") : contributes(value),
  );
}

/** Where the first schema holds, the second must; elsewhere the third. */
export function conditional(condition: z.ZodType, holding?: z.ZodType, otherwise?: z.ZodType): z.ZodType {
  return made((value, run) => {
    const judged = run(condition, value);
    const branch = matches(judged) ? holding : otherwise;
    const outcomes = [...(matches(judged) ? [judged] : []), ...(branch === undefined ? [] : [run(branch, value)])];
    const faults = outcomes.flatMap((one) => one.faults);
    if (faults.length > 0) return { value, faults, unknown: [] };
    return outcomes.length === 0 ? contributes(value) : together(value, outcomes);
  });
}

/** The outcome of an assertion that holds without saying anything about the keys of an object: it knows none of them. */
export function contributes(value: unknown): Outcome {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    return holds(value);
  return { value: Object.create(null), faults: [], unknown: Object.keys(value) };
}

/** Schemas whose outcome is decided by what they say of the whole value, never of its keys. */
export function assertion(judge: (value: unknown) => string | undefined): z.ZodType {
  const whole: Judge = (value) => {
    const complaint = judge(value);
    return complaint === undefined ? contributes(value) : fails(value, complaint);
  };
  return made(whole);
}

function together(value: unknown, outcomes: readonly Outcome[]): Outcome {
  const [first, ...rest] = outcomes;
  if (first === undefined) return holds(value);
  return {
    value: rest.reduce((sum, one) => merge(sum, one.value), first.value),
    faults: [],
    unknown: first.unknown.filter((key) => rest.every((one) => one.unknown.includes(key))),
  };
}

/** The faults of the branch that came closest tell the caller most; with several as close, that none holds. */
function nearest(value: unknown, outcomes: readonly Outcome[]): Outcome {
  const deep = outcomes.filter((one) => one.faults.every((fault) => (fault.path?.length ?? 0) > 0));
  const [only] = deep;
  return deep.length === 1 && only !== undefined
    ? { value, faults: only.faults, unknown: [] }
    : fails(value, "none of the alternatives holds");
}
