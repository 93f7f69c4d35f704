import type { Field } from "../policy/index.js";
import { isWithin } from "./deep.js";
import { propertyKinds } from "./scalar.js";

/** The parameter that a name in a query belongs to; `undefined` where it is nobody's, or nobody could tell whose. */
export type OwnerOf = (name: string) => Field | undefined;

const known = new WeakMap<readonly Field[], OwnerOf>();

/** Who takes which name. A parameter's own name is its own; what two exploded objects would take is nobody's. */
export function ownersOf(fields: readonly Field[]): OwnerOf {
  const found = known.get(fields) ?? judged(fields);
  known.set(fields, found);
  return found;
}

function judged(fields: readonly Field[]): OwnerOf {
  const spread = fields.filter(isSpread);
  const own = new Map(fields.filter((field) => !isSpread(field)).map((field) => [field.name, field]));
  const deep = deepOf(fields);
  const listed = new Map<string, readonly Field[]>();
  for (const field of spread)
    for (const name of Object.keys(namesOf(field))) listed.set(name, [...(listed.get(name) ?? []), field]);
  return (name) => {
    const plain = own.get(name) ?? deep.find((field) => isWithin(field.name, name));
    if (plain !== undefined) return plain;
    // What no object lists is for the one whose names are open.
    const claims = listed.get(name) ?? listed.get("*") ?? [];
    return claims.length === 1 ? claims[0] : undefined;
  };
}

/** The objects in brackets: `a[b]` before `a`, within which it stands. */
function deepOf(fields: readonly Field[]): readonly Field[] {
  return fields.filter(({ style }) => style === "deepObject").sort((a, b) => b.name.length - a.name.length);
}

function namesOf({ kind = "string" }: Field): object {
  return propertyKinds(kind) ?? {};
}

/** Whether a parameter's properties stand among the other parameters. */
export function isSpread({ kind = "string", style = "form", explode = style === "form" }: Field): boolean {
  return explode && style !== "deepObject" && propertyKinds(kind) !== undefined;
}
