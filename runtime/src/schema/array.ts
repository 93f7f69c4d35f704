import type * as z from "zod";
import { assertion } from "./compose.js";
import { type Fault, fault, holds, made, matches } from "./made.js";
import { sameJson } from "./values.js";

/** No two items of an array are equal (JSON Schema validation, 6.4.3). Any other value passes. */
export function unique(): z.ZodType {
  return assertion((value) => (Array.isArray(value) && hasTwins(value) ? "has two equal items" : undefined));
}

/** Between `min` and `max` items of an array are as the schema says. Any other value passes. */
export function contains(schema: z.ZodType, min: number, max = Number.POSITIVE_INFINITY): z.ZodType {
  return made((value, run) => {
    if (!Array.isArray(value)) return holds(value);
    const count = value.filter((item) => matches(run(schema, item))).length;
    if (count >= min && count <= max) return holds(value);
    return {
      value,
      faults: [fault(value, `holds ${count < min ? "too few" : "too many"} of the required items`)],
      unknown: [],
    };
  });
}

/** The first items of an array by their places, the others by `rest`. An array may end early (JSON Schema core, 10.3.1.1). Any other value passes. */
export function tuple(first: readonly z.ZodType[], rest?: z.ZodType): z.ZodType {
  return made((value, run) => {
    if (!Array.isArray(value)) return holds(value);
    const faults: Fault[] = [];
    const items = value.map((item: unknown, index) => {
      const schema = first[index] ?? rest;
      if (schema === undefined) return item;
      const outcome = run(schema, item);
      faults.push(...outcome.faults.map((one) => ({ ...one, path: [index, ...(one.path ?? [])] })));
      faults.push(...outcome.unknown.map((one) => fault(value, "is not known", [index, one])));
      return outcome.value;
    });
    return { value: items, faults, unknown: [] };
  });
}

function hasTwins(items: readonly unknown[]): boolean {
  const plain = new Set<unknown>();
  const deep: unknown[] = [];
  for (const item of items) {
    if (typeof item !== "object" || item === null) {
      if (plain.has(item)) return true;
      plain.add(item);
    } else {
      if (deep.some((other) => sameJson(item, other))) return true;
      deep.push(item);
    }
  }
  return false;
}
