import { isObject } from "./values.js";

/**
 * Two readings of one value in one: branches keep different properties of an object, and the whole keeps what any of them kept.
 * Where they disagree on a plain value (a default beside none), the first wins.
 */
export function merge(first: unknown, second: unknown): unknown {
  if (first === second) return first;
  if (isObject(first) && isObject(second)) return mergeObjects(first, second);
  if (Array.isArray(first) && Array.isArray(second) && first.length === second.length) {
    return first.map((item, index) => merge(item, second[index]));
  }
  return first;
}

function mergeObjects(
  first: Readonly<Record<string, unknown>>,
  second: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const both: Record<string, unknown> = Object.assign(Object.create(null), first);
  for (const key of Object.keys(second)) both[key] = key in both ? merge(both[key], second[key]) : second[key];
  return both;
}
