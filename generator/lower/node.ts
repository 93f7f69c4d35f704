import type { SpecObject, SpecValue } from "../model/spec.js";

/** An object node; `undefined` for everything else. */
export function objectOf(value: SpecValue | undefined): SpecObject | undefined {
  return typeof value === "object" && value !== null && !isList(value) ? value : undefined;
}

export function listOf(value: SpecValue | undefined): readonly SpecValue[] | undefined {
  return isList(value) ? value : undefined;
}

export function textOf(value: SpecValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function textsOf(value: SpecValue | undefined): readonly string[] {
  return (listOf(value) ?? []).filter((one) => typeof one === "string");
}

/** Those of the nodes that are objects. */
export function objectsOf(values: readonly (SpecValue | undefined)[]): readonly SpecObject[] {
  return values.map(objectOf).filter((one) => one !== undefined);
}

/** The entries of an object node, in the order of the spec. */
export function entriesOf(value: SpecValue | undefined): readonly (readonly [string, SpecValue])[] {
  const node = objectOf(value);
  if (node === undefined) return [];
  return Object.keys(node).flatMap((key) => {
    const child = node[key];
    return child === undefined ? [] : [[key, child] as const];
  });
}

/** By UTF-16 units: the same on every machine, whatever its locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function sorted(names: Iterable<string>): readonly string[] {
  return [...new Set(names)].sort(byText);
}

// A type guard of its own: Array.isArray does not narrow readonly arrays.
function isList(value: SpecValue | undefined): value is readonly SpecValue[] {
  return Array.isArray(value);
}
