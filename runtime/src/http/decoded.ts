import type { Field } from "../policy/index.js";
import type { ProblemDetail } from "../problem/problem.js";
import { Unreadable } from "./scalar.js";

/** The parameters of one place, keyed by their names on the wire, in an object without prototype; or what makes them malformed. */
export type Decoded = { readonly value: Record<string, unknown> } | { readonly faults: readonly ProblemDetail[] };

/** Reads each field, and gathers every fault. A field that reads as `undefined` is absent. */
export function decodeFields(
  place: ProblemDetail["in"],
  fields: readonly Field[],
  read: (field: Field) => unknown,
  value: Record<string, unknown> = Object.create(null),
): Decoded {
  const faults: ProblemDetail[] = [];
  for (const field of fields) {
    try {
      const found = read(field);
      if (found !== undefined) value[field.name] = found;
    } catch (thrown) {
      if (!(thrown instanceof Unreadable)) throw thrown;
      faults.push(faultOf(place, field.name, thrown.message));
    }
  }
  return faults.length === 0 ? { value } : { faults };
}

/** A fault of one parameter. */
export function faultOf(place: ProblemDetail["in"], name: string, detail: string): ProblemDetail {
  return { detail, in: place, pointer: `#/${name.replaceAll("~", "~0").replaceAll("/", "~1")}` };
}
