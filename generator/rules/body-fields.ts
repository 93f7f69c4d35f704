import { unescaped } from "../model/json-pointer.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { follow } from "./operations.js";
import { isObject } from "./places.js";

/** Whether a schema knows a value at a pointer; where it does not, the names it has where the way ends. */
export interface Knowledge {
  readonly known: boolean;
  readonly names: readonly string[];
}

/** Follows an RFC 6901 pointer through a schema. In doubt it is known: a schema that says nothing of a value allows it. */
export function bodyKnows(spec: Spec, schema: SpecValue | undefined, pointer: string): Knowledge {
  let here: readonly (SpecValue | undefined)[] = [schema];
  for (const token of pointer.split("/").slice(1).map(unescaped)) {
    const all = here.flatMap((one) => sameValue(spec, one, new Set()));
    const next = all.flatMap((one) => partsAt(one, token));
    if (next.length === 0) {
      const isOpen = !all.some((one) => isObject(one.properties));
      return { known: isOpen, names: all.flatMap((one) => keysOf(one.properties)) };
    }
    if (next.includes(true)) return { known: true, names: [] };
    here = next;
  }
  return { known: true, names: [] };
}

/** Every schema that speaks of the very same value: through references and combinators. */
function sameValue(spec: Spec, said: SpecValue | undefined, seen: Set<object>): readonly SpecObject[] {
  if (!isObject(said) || seen.has(said)) return [];
  seen.add(said);
  const target = typeof said.$ref === "string" ? sameValue(spec, follow(spec, said), seen) : [];
  const combined = ["allOf", "anyOf", "oneOf"].flatMap((keyword) => listOf(said[keyword]));
  const branches = [
    said.then,
    said.else,
    ...keysOf(said.dependentSchemas).map((key) => entry(said.dependentSchemas, key)),
  ];
  return [said, ...target, ...[...combined, ...branches].flatMap((one) => sameValue(spec, one, seen))];
}

/** The schemas of a part; `true` where anything may be there. */
function partsAt(schema: SpecObject, token: string): readonly SpecValue[] {
  if (isObject(schema.properties) && Object.hasOwn(schema.properties, token)) {
    return [schema.properties[token] ?? true];
  }
  // Which names a pattern takes is judged later, with the model.
  const rest = [schema.additionalProperties, schema.unevaluatedProperties].find((one) => one === true || isObject(one));
  const isMap = rest !== undefined || keysOf(schema.patternProperties).length > 0;
  const items = /^\d+$/.test(token)
    ? [schema.items, ...listOf(schema.prefixItems)].filter((one) => one !== undefined)
    : [];
  return isMap ? [true] : items;
}

function listOf(said: SpecValue | undefined): readonly SpecValue[] {
  return Array.isArray(said) ? said : [];
}

function keysOf(said: SpecValue | undefined): readonly string[] {
  return isObject(said) ? Object.keys(said) : [];
}

function entry(said: SpecValue | undefined, key: string): SpecValue | undefined {
  return isObject(said) ? said[key] : undefined;
}
