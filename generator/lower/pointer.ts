import type { SpecObject, SpecValue } from "../model/spec.js";
import { listOf, objectOf } from "./node.js";

/** The tokens of a same-document reference: `#` and a JSON Pointer (RFC 6901, 6: percent-encoded in a fragment). */
export function tokensOf(reference: string): readonly string[] | undefined {
  if (reference === "#") return [];
  if (!reference.startsWith("#/")) return undefined;
  return reference
    .slice(2)
    .split("/")
    .map((token) => unescapeToken(decode(token)));
}

/** The key under `components.schemas` that a reference names, if it names one as a whole. */
export function componentKey(reference: string): string | undefined {
  const [first, second, key, ...rest] = tokensOf(reference) ?? [];
  return first === "components" && second === "schemas" && rest.length === 0 ? key : undefined;
}

export interface Place {
  readonly node: SpecValue;
  readonly parent: SpecObject | readonly SpecValue[];
  readonly key: string;
}

/** The node that a reference points at. It follows no reference on the way: a pointer runs through the document as written. */
export function placeOf(root: SpecObject, reference: string): Place | undefined {
  let place: Place | undefined;
  for (const key of tokensOf(reference) ?? []) {
    const parent = place === undefined ? root : (objectOf(place.node) ?? listOf(place.node));
    const node = parent === undefined ? undefined : childOf(parent, key);
    if (parent === undefined || node === undefined) return undefined;
    place = { node, parent, key };
  }
  return place;
}

function childOf(parent: SpecObject | readonly SpecValue[], key: string): SpecValue | undefined {
  const list = listOf(parent as SpecValue);
  if (list !== undefined) return /^(0|[1-9]\d*)$/.test(key) ? list[Number(key)] : undefined;
  return Object.hasOwn(parent, key) ? (parent as SpecObject)[key] : undefined;
}

function decode(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

function unescapeToken(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}
