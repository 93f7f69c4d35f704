import type * as z from "zod";
import { assertion, contributes } from "./compose.js";
import { type Fault, fault, holds, made, matches } from "./made.js";
import { isObject } from "./values.js";

/**
 * A request schema that accepts its `readOnly` properties and ignores them, so that a client may send back what it was given
 * (OpenAPI 3.1, 4.8.24.3). The handler never sees them.
 * @param keys the names of the properties.
 */
export function readOnlyKeys<T extends z.ZodType>(
  keys: readonly string[],
  schema: T,
): z.ZodType<z.output<T>, z.input<T>> {
  return made((value, run) => run(schema, isObject(value) ? without(value, keys) : value));
}

/** An object has these keys, whatever they hold. Any other value passes. */
export function requires(keys: readonly string[]): z.ZodType {
  return made((value) => {
    const missing = isObject(value) ? keys.filter((key) => !Object.hasOwn(value, key)) : [];
    const faults = missing.map((key) => fault(value, "is required", [key]));
    return faults.length > 0 ? { value, faults, unknown: [] } : contributes(value);
  });
}

/** An object has between `min` and `max` keys. Any other value passes. */
export function propertyCount(min: number, max = Number.POSITIVE_INFINITY): z.ZodType {
  return assertion((value) => {
    if (!isObject(value)) return undefined;
    const count = Object.keys(value).length;
    if (count < min) return `has fewer than ${min} properties`;
    return count > max ? `has more than ${max} properties` : undefined;
  });
}

/** Every key of an object is as the schema says. Any other value passes. */
export function propertyNames(names: z.ZodType): z.ZodType {
  return made((value, run) => {
    if (!isObject(value)) return holds(value);
    const wrong = Object.keys(value).filter((key) => !matches(run(names, key)));
    const faults = wrong.map((key) => fault(value, "has a name that is not allowed", [key]));
    return faults.length > 0 ? { value, faults, unknown: [] } : contributes(value);
  });
}

/** Where an object has the key, it has the others too. */
export function dependentRequired(property: string, keys: readonly string[]): z.ZodType {
  const required = requires(keys);
  return made((value, run) =>
    isObject(value) && Object.hasOwn(value, property) ? run(required, value) : contributes(value),
  );
}

/** Where an object has the key, the schema holds. */
export function dependentSchema(property: string, schema: z.ZodType): z.ZodType {
  return made((value, run) =>
    isObject(value) && Object.hasOwn(value, property) ? run(schema, value) : contributes(value),
  );
}

/** What `patternKeys` does with the keys of an object. */
export interface PatternKeys {
  /** Declared properties: another schema says what they hold; patterns apply to them too. */
  readonly known: readonly string[];
  readonly patterns: readonly (readonly [RegExp, z.ZodType])[];
  /** What every key holds that is neither declared nor matched. Absent: such a key is unknown. */
  readonly rest?: z.ZodType;
  /** Whether unknown keys are refused, as in requests, or dropped. */
  readonly strict: boolean;
}

/** The properties of an object by the pattern of their names. Any other value passes. */
export function patternKeys(keys: PatternKeys): z.ZodType {
  return made((value, run) => {
    if (!isObject(value)) return holds(value);
    const kept: Record<string, unknown> = Object.create(null);
    const unknown: string[] = [];
    const faults: Fault[] = [];
    for (const [key, item] of Object.entries(value)) {
      const matching = keys.patterns.filter(([pattern]) => pattern.test(key)).map(([, schema]) => schema);
      const schemas = matching.length === 0 && keys.rest && !keys.known.includes(key) ? [keys.rest] : matching;
      if (schemas.length === 0) {
        if (keys.strict) unknown.push(key);
        continue;
      }
      let held = item;
      for (const schema of schemas) {
        const outcome = run(schema, held);
        faults.push(...outcome.faults.map((one) => ({ ...one, path: [key, ...(one.path ?? [])] })));
        faults.push(...outcome.unknown.map((one) => fault(value, "is not known", [key, one])));
        held = outcome.value;
      }
      kept[key] = held;
    }
    return { value: kept, faults, unknown: faults.length > 0 ? [] : unknown };
  });
}

function without(value: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  const rest: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value)) if (!keys.includes(key)) rest[key] = value[key];
  return rest;
}
