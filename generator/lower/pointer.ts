import type { SpecObject, SpecValue } from "../model/spec.js";
import { follow, fragmentOf, tokensOf } from "../source/pointer.js";

/** The tokens of a same-document reference: `#` and a JSON Pointer. */
function tokensIn(reference: string): readonly string[] | undefined {
  return reference.startsWith("#") ? tokensOf(reference.slice(1)) : undefined;
}

/** The key under `components.schemas` that a reference names, if it names one as a whole. */
export function componentKey(reference: string): string | undefined {
  const [first, second, key, ...rest] = tokensIn(reference) ?? [];
  return first === "components" && second === "schemas" && rest.length === 0 ? key : undefined;
}

export function componentPointer(key: string): string {
  return `#${fragmentOf(["components", "schemas", key])}`;
}

export interface Place {
  readonly node: SpecValue;
  /** The object or list that holds the node, and where in it. */
  readonly holder: object;
  readonly key: string;
}

/** The node that a reference points at. It follows no reference on the way: a pointer runs through the document as written. */
export function placeOf(root: SpecObject, reference: string): Place | undefined {
  const tokens = tokensIn(reference) ?? [];
  const key = tokens.at(-1);
  const node = follow(root, tokens);
  const holder = follow(root, tokens.slice(0, -1));
  if (key === undefined || node === undefined || typeof holder !== "object" || holder === null) return undefined;
  return { node, holder, key };
}
