import type { Field, FieldPlace } from "../model/api.js";
import type { DraftField, DraftOperation } from "../model/draft.js";
import { pascalCase } from "./identifier.js";
import { objectNames } from "./reserved.js";
import { firstFree } from "./unique.js";

type Request = DraftOperation["request"];

/** Keys of an operation's flat input, by parameter; and the key of its body. */
export interface InputKeys {
  readonly fieldKey: (field: DraftField) => string;
  readonly bodyKey: string;
}

const places: readonly FieldPlace[] = ["path", "query", "header", "cookie"];

/**
 * A parameter keeps its wire name. Where two places share one, the first place of path, query, header, cookie keeps it, so that a
 * query parameter added later does not rename what callers already pass.
 */
export function keysOf(request: Request): InputKeys {
  const taken = new Set<string>();
  const keys = new Map<DraftField, string>();
  for (const field of places.flatMap((place) => request[place])) {
    const isFree = (name: string) => !taken.has(name) && !objectNames.has(name);
    const key = isFree(field.name) ? field.name : firstFree(`${field.name}${pascalCase(field.in)}`, isFree);
    taken.add(key);
    keys.set(field, key);
  }
  const bodyKey = taken.has("body") ? firstFree("requestBody", (name) => !taken.has(name)) : "body";
  return { fieldKey: (field) => keys.get(field) ?? field.name, bodyKey };
}

export function settleFields(fields: readonly DraftField[], keys: InputKeys): readonly Field[] {
  return fields.map((field) => ({ ...field, key: keys.fieldKey(field) }));
}
