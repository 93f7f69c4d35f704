import type * as z from "zod";
import { fails, fault, faultsBelow, holds, holdsTrue, keptOf, made, matches } from "./made.js";
import { canonical } from "./values.js";

/** No two items of an array are equal (JSON Schema validation, 6.4.3). Any other value passes. */
export function unique(): z.ZodType {
  return made((value) =>
    Array.isArray(value) && hasTwins(value) ? fails(value, [fault(value, "has two equal items")]) : holdsTrue(),
  );
}

/** An array has between `min` and `max` items. Any other value passes. */
export function itemCount(min: number, max = Number.POSITIVE_INFINITY): z.ZodType {
  return made((value) => {
    if (!Array.isArray(value)) return holdsTrue();
    if (value.length < min) return fails(value, [fault(value, `has fewer than ${min} items`)]);
    return value.length > max ? fails(value, [fault(value, `has more than ${max} items`)]) : holdsTrue();
  });
}

/** Between `min` and `max` items of an array are as the schema says. Any other value passes. */
export function contains(schema: z.core.$ZodType, min: number, max = Number.POSITIVE_INFINITY): z.ZodType {
  return made((value, run) => {
    if (!Array.isArray(value)) return holdsTrue();
    const items = new Set([...value.keys()].filter((at) => matches(run(schema, value[at]))));
    const count = items.size;
    if (count < min) return fails(value, [fault(value, "holds too few of the required items")]);
    return count > max
      ? fails(value, [fault(value, "holds too many of the counted items")])
      : { ...holdsTrue(), items };
  });
}

type Outputs<First extends readonly z.core.$ZodType[]> = { -readonly [At in keyof First]?: z.output<First[At]> };

type Others<Item> = [Item] extends [never] ? [] : Item[];

/** An array whose first items are as their places say and the others as `rest`. It may end early (JSON Schema core, 10.3.1.1). */
export function tuple<const First extends readonly z.core.$ZodType[], Rest extends z.core.$ZodType = z.ZodType>(
  first: First,
  rest?: Rest,
): z.ZodType<[...Outputs<First>, ...Others<z.output<Rest>>]> {
  return made((value, run) => {
    if (!Array.isArray(value)) return fails(value, [fault(value, "is not an array")]);
    const outcomes = value.map((item: unknown, index) => {
      const schema = first[index] ?? rest;
      return schema === undefined ? holds(item) : run(schema, item);
    });
    const faults = outcomes.flatMap((one, index) => faultsBelow(one, index));
    if (faults.length > 0) return fails(value, faults);
    const kept = holds(outcomes.map((one, index) => keptOf(one, value[index])));
    return rest === undefined ? { ...kept, items: new Set(first.keys()) } : kept;
  });
}

/** In one pass: a caller chooses how many items there are to be compared. */
function hasTwins(items: readonly unknown[]): boolean {
  const seen = new Set<unknown>();
  for (const item of items) {
    const known = canonical(item);
    if (seen.has(known)) return true;
    seen.add(known);
  }
  return false;
}
