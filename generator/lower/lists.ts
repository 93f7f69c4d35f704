import type { Assertions, Schema } from "../model/schema.js";
import { type Components, sameValue, schemasAt } from "./mask.js";

/** Whether the value at a pointer is a list; and whether a list on the way to it, or it, may have any number of items. */
export interface Lists {
  readonly kind: "list" | "single" | "mixed" | "unknown";
  readonly unbounded: boolean;
}

/** Follows a pointer in which `*` is every item of a list. */
export function listsAt(schema: Schema, pointer: string, components: Components): Lists {
  const tokens = pointer.split("/").slice(1);
  const passed = tokens.flatMap((token, at) =>
    token === "*" ? [assertionsAt(schema, tokens.slice(0, at), components) ?? []] : [],
  );
  const last = assertionsAt(schema, tokens, components);
  if (last === undefined) return { kind: "unknown", unbounded: false };
  const kind = !last.some(isList) ? "single" : last.every(isListOrSilent) ? "list" : "mixed";
  const bounded = (all: readonly Assertions[]) => all.some(({ array }) => array?.maxItems !== undefined);
  return { kind, unbounded: [...passed, ...(kind === "list" ? [last] : [])].some((all) => !bounded(all)) };
}

/** Everything that is asserted of the value at a place; `undefined` where there is none. */
function assertionsAt(
  schema: Schema,
  tokens: readonly string[],
  components: Components,
): readonly Assertions[] | undefined {
  // Item 0 stands for all of them.
  const pointer = tokens.map((token) => `/${token === "*" ? "0" : token}`).join("");
  const schemas = schemasAt(schema, pointer, components);
  return schemas.length === 0 ? undefined : schemas.flatMap((one) => sameValue(one, components));
}

function isList({ types, array }: Assertions): boolean {
  return types === undefined
    ? array !== undefined
    : types.every((type) => type === "array" || type === "null") && types.includes("array");
}

/** Assertions that only say something beside others, and nothing of the type. */
function isListOrSilent(one: Assertions): boolean {
  return isList(one) || (one.types === undefined && one.enum === undefined && one.const === undefined);
}
