import type { HeldAs } from "../../model/held.js";
import type { Assertions, NamedSchema, Schema } from "../../model/schema.js";

/** Finds a component schema. */
export type Find = (name: string) => Pick<NamedSchema, "schema"> | undefined;

/** What code holds the values of a schema as, where it says so itself. */
export function heldAs({ number, string }: Assertions): HeldAs | undefined {
  return number?.held ?? string?.held;
}

/** The schemas that judge the very value that these assertions judge. `not` is none of them: its values are no values of the schema. */
export function branchesOf({ allOf = [], anyOf = [], oneOf = [], conditional, object }: Assertions): readonly Schema[] {
  const { if: condition, then: holding, else: failing } = conditional ?? {};
  const conditions = [condition, holding, failing].filter((one) => one !== undefined);
  const dependent = (object?.dependentSchemas ?? []).map((one) => one.schema);
  return [...allOf, ...anyOf, ...oneOf, ...conditions, ...dependent];
}

/** The schemas of an object's members and an array's items. */
function partsOf({ object, array }: Assertions): readonly Schema[] {
  const others = [
    object?.additional,
    object?.unevaluated,
    array?.items,
    array?.contains?.schema,
    array?.unevaluatedItems,
  ];
  return [
    ...(object?.properties ?? []).map((one) => one.schema),
    ...(object?.patterns ?? []).map((one) => one.schema),
    ...(array?.prefixItems ?? []),
    ...others.filter((one) => one !== undefined),
  ];
}

/**
 * Whether code holds anything in a schema's values as something else than it is on the wire.
 * @param asks which of what is held is asked for.
 */
export function holds(schema: Schema, find: Find, asks: (as: HeldAs) => boolean = () => true): boolean {
  const seen = new Set<string>();
  const open: Schema[] = [schema];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === "any" || next.kind === "never") continue;
    if (next.kind === "ref" && !seen.has(next.name)) {
      seen.add(next.name);
      const target = find(next.name);
      if (target !== undefined) open.push(target.schema);
    }
    const said = next.kind === "ref" ? next.siblings : next.assertions;
    if (said === undefined) continue;
    const as = heldAs(said);
    if (as !== undefined && asks(as)) return true;
    open.push(...branchesOf(said), ...partsOf(said));
  }
  return false;
}
