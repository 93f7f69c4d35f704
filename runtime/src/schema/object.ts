import type * as z from "zod";
import { all } from "./compose.js";
import { type Fault, fails, fault, faultsBelow, holdsTrue, keptOf, made, matches } from "./made.js";
import { isObject } from "./values.js";

/**
 * A request schema that accepts its `readOnly` properties and ignores them, so that a client may send back what it was given.
 * The handler never sees them.
 * @param keys the names of the properties.
 */
export function readOnlyKeys<T extends z.core.$ZodType>(
  keys: readonly string[],
  schema: T,
): z.ZodType<z.output<T>, z.input<T>> {
  return made((value, run) => run(schema, isObject(value) ? without(value, keys) : value));
}

/** An object has these keys, whatever they hold. Any other value passes. */
export function requires(keys: readonly string[]): z.ZodType {
  return made((value) => {
    const missing = isObject(value) ? keys.filter((key) => !Object.hasOwn(value, key)) : [];
    if (missing.length === 0) return holdsTrue();
    return fails(
      value,
      missing.map((key) => fault(value, "is required", [key])),
    );
  });
}

/** An object has between `min` and `max` keys. Any other value passes. */
export function propertyCount(min: number, max = Number.POSITIVE_INFINITY): z.ZodType {
  return made((value) => {
    if (!isObject(value)) return holdsTrue();
    const count = Object.keys(value).length;
    if (count < min) return fails(value, [fault(value, `has fewer than ${min} properties`)]);
    return count > max ? fails(value, [fault(value, `has more than ${max} properties`)]) : holdsTrue();
  });
}

/** Every key of an object is as the schema says. Any other value passes. */
export function propertyNames(names: z.core.$ZodType): z.ZodType {
  return made((value, run) => {
    const wrong = isObject(value) ? Object.keys(value).filter((key) => !matches(run(names, key))) : [];
    if (wrong.length === 0) return holdsTrue();
    return fails(
      value,
      wrong.map((key) => fault(value, "has a name that is not allowed", [key])),
    );
  });
}

/** Where an object has the key, it has the others too. Any other value passes. */
export function dependentRequired(property: string, keys: readonly string[]): z.ZodType {
  return dependentSchema(property, requires(keys));
}

/** Where an object has the key, the schema holds. Any other value passes. */
export function dependentSchema(property: string, schema: z.core.$ZodType): z.ZodType {
  return made((value, run) => (isObject(value) && Object.hasOwn(value, property) ? run(schema, value) : holdsTrue()));
}

type Patterns = readonly (readonly [RegExp, z.core.$ZodType])[];

/** What `patternKeys` does with the keys of an object. */
export interface PatternKeys<Matched extends Patterns = Patterns, Rest extends z.core.$ZodType = z.core.$ZodType> {
  /** Declared properties: another schema says what they hold; patterns apply to them too. */
  readonly known: readonly string[];
  readonly patterns: Matched;
  /** What every key holds that is neither declared nor matched. Absent: such a key is unknown. */
  readonly rest?: Rest;
  /** Whether unknown keys are named, as in requests, or dropped. */
  readonly strict: boolean;
}

type Keyed<Value> = { [key: string]: Value };

/** The properties of an object by the pattern of their names. Any other value passes. */
export function patternKeys<
  const Matched extends Patterns,
  Rest extends z.core.$ZodType = z.core.$ZodType<never, never>,
>(
  keys: PatternKeys<Matched, Rest>,
): z.ZodType<Keyed<z.output<Matched[number][1] | Rest>>, Keyed<z.input<Matched[number][1] | Rest>>> {
  return made((value, run) => {
    if (!isObject(value)) return holdsTrue();
    const kept: Record<string, unknown> = Object.create(null);
    const unknown: string[] = [];
    const faults: Fault[] = [];
    for (const [key, item] of Object.entries(value)) {
      const schemas = schemasOf(key, keys);
      if (schemas.length === 0) {
        if (keys.strict) unknown.push(key);
        continue;
      }
      const outcome = all(item, schemas, run);
      faults.push(...faultsBelow(outcome, key));
      kept[key] = keptOf(outcome, item);
    }
    return faults.length > 0 ? fails(value, faults) : { value: kept, faults, unknown };
  });
}

function schemasOf(key: string, { known, patterns, rest }: PatternKeys): readonly z.core.$ZodType[] {
  const matching = patterns.filter(([pattern]) => pattern.test(key)).map(([, schema]) => schema);
  return matching.length === 0 && rest !== undefined && !known.includes(key) ? [rest] : matching;
}

function without(value: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  const rest: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value)) if (!keys.includes(key)) rest[key] = value[key];
  return rest;
}
