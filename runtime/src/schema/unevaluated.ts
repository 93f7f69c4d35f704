import type * as z from "zod";
import {
  type Fault,
  fails,
  fault,
  faultsBelow,
  holds,
  keptOf,
  made,
  matches,
  nothing,
  type Outcome,
  type Run,
} from "./made.js";
import { isObject } from "./values.js";

/** What the properties and the items are that a schema has not judged. */
export interface Unevaluated {
  readonly properties?: z.core.$ZodType;
  readonly items?: z.core.$ZodType;
}

/** The schema holds, and what nothing in it has judged is as the others say (JSON Schema core, 11). */
export function unevaluated<T extends z.core.$ZodType>(
  schema: T,
  others: Unevaluated,
): z.ZodType<z.output<T>, z.input<T>> {
  return made((value, run) => {
    const outcome = run(schema, value);
    if (!matches(outcome)) return outcome;
    if (Array.isArray(value) && others.items !== undefined) return judgeItems(value, outcome, others.items, run);
    if (isObject(value) && others.properties !== undefined) return judgeKeys(value, outcome, others.properties, run);
    return outcome;
  });
}

function judgeKeys(
  value: Readonly<Record<string, unknown>>,
  outcome: Outcome,
  schema: z.core.$ZodType,
  run: Run,
): Outcome {
  const kept: Record<string, unknown> = Object.assign(
    Object.create(null),
    isObject(outcome.value) ? outcome.value : {},
  );
  const faults: Fault[] = [];
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(kept, key)) continue;
    const one = judge(value[key], key, schema, run);
    faults.push(...one.faults);
    kept[key] = one.kept;
  }
  return faults.length > 0 ? fails(value, faults) : holds(kept);
}

function judgeItems(value: readonly unknown[], outcome: Outcome, schema: z.core.$ZodType, run: Run): Outcome {
  const isWhole = outcome.items === undefined && outcome.value !== nothing;
  const faults: Fault[] = [];
  const kept = [...(Array.isArray(outcome.value) ? outcome.value : value)];
  for (const [at, item] of value.entries()) {
    if (isWhole || outcome.items?.has(at)) continue;
    const one = judge(item, at, schema, run);
    faults.push(...one.faults);
    kept[at] = one.kept;
  }
  return faults.length > 0 ? fails(value, faults) : holds(kept);
}

function judge(
  part: unknown,
  key: string | number,
  schema: z.core.$ZodType,
  run: Run,
): { readonly faults: readonly Fault[]; readonly kept: unknown } {
  if (schema._zod.def.type === "never") return { faults: [fault(part, "is not allowed here", [key])], kept: part };
  const outcome = run(schema, part);
  return { faults: faultsBelow(outcome, key), kept: keptOf(outcome, part) };
}
