import type { Field } from "../policy/index.js";
import { propertyKinds } from "./scalar.js";

/** Names of one query that several parameters would take. Nobody could tell whose value it is. */
export interface Rivals {
  /** Whether an exploded object may have a property of this name: nothing else is called so. */
  readonly owns: (field: Field, property: string) => boolean;
}

const known = new WeakMap<readonly Field[], Rivals>();

/** Who takes which name. A parameter's own name is its own; what two exploded objects would take is nobody's. */
export function rivalsOf(fields: readonly Field[]): Rivals {
  const found = known.get(fields) ?? judged(fields);
  known.set(fields, found);
  return found;
}

function judged(fields: readonly Field[]): Rivals {
  const spread = fields.filter(isSpread);
  const own = new Set(fields.filter((field) => !isSpread(field)).map(({ name }) => name));
  const listed = new Map<string, number>();
  for (const name of spread.flatMap((field) => Object.keys(namesOf(field))))
    listed.set(name, (listed.get(name) ?? 0) + 1);
  return {
    owns: (field, property) => {
      if (own.has(property)) return false;
      const claims = listed.get(property);
      // What no object lists is for the one whose names are open.
      if (claims === undefined || property === "*") return listed.get("*") === 1 && Object.hasOwn(namesOf(field), "*");
      return claims === 1 && Object.hasOwn(namesOf(field), property);
    },
  };
}

function namesOf({ kind = "string" }: Field): object {
  return propertyKinds(kind) ?? {};
}

/** Whether a parameter's properties stand among the other parameters. */
export function isSpread({ kind = "string", style = "form", explode = style === "form" }: Field): boolean {
  return explode && style !== "deepObject" && propertyKinds(kind) !== undefined;
}
